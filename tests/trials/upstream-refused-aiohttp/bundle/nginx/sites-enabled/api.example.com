map $http_upgrade $connection_upgrade {
    default upgrade;
    '' close;
}

server {
    listen 443 ssl;
    server_name api.example.com;
    ssl_certificate /etc/nginx/tls/api.example.com.pem;
    ssl_certificate_key /etc/nginx/tls/api.example.com.key;
    root /usr/share/nginx/html;

    location ~ /\. {
        deny all;
    }

    # everything is the application's
    location / {
        proxy_pass http://[::1]:8088;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
}
