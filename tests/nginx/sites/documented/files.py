"""alias, root, try_files: ngx_http_core_module.html."""

from tests.nginx.sites.experiment import Example, Told

FILES = (
    Example(
        "alias: it stands for the location's name",
        """
        server { listen 80;
            location /i/ { alias /srv/w3/images/; }
            location ~ ^/users/(.+\\.(?:gif|jpe?g|png))$ { alias /srv/w3/users/$1; }
        }
        """,
        {
            "GET http://x.test/i/top.gif": Told(status=200, file="/srv/w3/images/top.gif"),
            "GET http://x.test/users/ann/a.png": Told(status=200, file="/srv/w3/users/ann/a.png"),
        },
        disk=("/srv/w3/images/top.gif", "/srv/w3/users/ann/a.png"),
    ),
    Example(
        "root: the whole path is added to it",
        "server { listen 80; location /i/ { root /srv/w3; } location /images/ { root /srv/w3; } }",
        {
            "GET http://x.test/i/top.gif": Told(status=200, file="/srv/w3/i/top.gif"),
            "GET http://x.test/images/top.gif": Told(status=404, file="/srv/w3/images/top.gif"),
        },
        disk=("/srv/w3/i/top.gif",),
    ),
    Example(
        "try_files: a picture in place of one that is missing",
        """
        server { listen 80; root /srv;
            location /images/ { try_files $uri /images/default.gif; }
            location = /images/default.gif { expires 30s; }
        }
        """,
        {
            "GET http://x.test/images/a.gif": Told(status=200, location="/images/", file="/srv/images/a.gif"),
            "GET http://x.test/images/b.gif": Told(
                status=200, location="=/images/default.gif", file="/srv/images/default.gif"
            ),
        },
        disk=("/srv/images/a.gif", "/srv/images/default.gif"),
    ),
    Example(
        "try_files: a status in the last place",
        "server { listen 80; root /srv; location / { try_files $uri $uri/index.html $uri.html =404; } }",
        {
            "GET http://x.test/a": Told(status=200, file="/srv/a.html"),
            "GET http://x.test/b": Told(status=200, file="/srv/b/index.html"),
            "GET http://x.test/c": Told(status=404),
        },
        disk=("/srv/a.html", "/srv/b/index.html"),
    ),
    Example(
        "try_files: first what closes the site, then files, then the application",
        """
        upstream mongrel { server 127.0.0.1:8000; }
        server { listen 80; root /srv;
            location / { try_files /system/maintenance.html $uri $uri/index.html $uri.html @mongrel; }
            location @mongrel { proxy_pass http://mongrel; }
        }
        """,
        {
            "GET http://x.test/about": Told(status=200, location="/", file="/srv/about.html"),
            "GET http://x.test/posts/a%20b?x=1": Told(
                status=200, location="@mongrel", line="GET /posts/a%20b?x=1", sent={"Host": "mongrel"}
            ),
        },
        disk=("/srv/about.html",),
    ),
    Example(
        "try_files: the same site while it is closed",
        """
        server { listen 80; root /srv;
            location / { try_files /system/maintenance.html $uri @mongrel; }
            location @mongrel { proxy_pass http://127.0.0.1:8000; }
        }
        """,
        {"GET http://x.test/about": Told(status=200, location="/", file="/srv/system/maintenance.html")},
        disk=("/srv/about", "/srv/system/maintenance.html"),
    ),
    Example(
        "try_files: a script is looked for before FastCGI is asked",
        """
        server { listen 80; root /srv;
            location / { try_files $uri $uri/ @drupal; }
            location ~ \\.php$ { try_files $uri @drupal; fastcgi_pass 127.0.0.1:9000; }
            location @drupal { fastcgi_pass 127.0.0.1:9001; }
        }
        """,
        {
            "GET http://x.test/page": Told(location="@drupal", backend="127.0.0.1:9001"),
            "GET http://x.test/there.php": Told(location=r"\.php$", backend="127.0.0.1:9000"),
            "GET http://x.test/none.php": Told(location="@drupal", backend="127.0.0.1:9001"),
            "GET http://x.test/file.txt": Told(status=200, location="/", file="/srv/file.txt"),
        },
        disk=("/srv/there.php", "/srv/file.txt"),
    ),
)
