"""Locations, index, internal, access: ngx_http_core_module.html, request_processing.html."""

from tests.nginx.sites.experiment import Example, Told

_A_TO_E = """
server {
    listen 80;
    location = / { return 200 A; }
    location / { return 200 B; }
    location /documents/ { return 200 C; }
    location ^~ /images/ { return 200 D; }
    location ~* \\.(gif|jpg|jpeg)$ { return 200 E; }
}
"""

_PHP = """
server {
    listen 80;
    server_name example.org www.example.org;
    root /srv/data/www;
    location / { index index.html index.php; }
    location ~* \\.(gif|jpg|png)$ { expires 30d; }
    location ~ \\.php$ {
        fastcgi_pass localhost:9000;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        include fastcgi_params;
    }
}
"""

LOCATIONS = (
    Example(
        "location: the configurations A to E",
        _A_TO_E,
        {
            "GET http://x.test/": Told(status=200, location="=/"),
            "GET http://x.test/index.html": Told(status=200, location="/"),
            "GET http://x.test/documents/document.html": Told(status=200, location="/documents/"),
            "GET http://x.test/images/1.gif": Told(status=200, location="/images/"),
            "GET http://x.test/documents/1.jpg": Told(status=200, location=r"\.(gif|jpg|jpeg)$"),
        },
    ),
    Example(
        "location: it is matched with the decoded path without dots and double slashes",
        _A_TO_E,
        {
            "GET http://x.test//": Told(location="=/"),
            "GET http://x.test/documents/..": Told(location="=/"),
            "GET http://x.test/%64ocuments/x": Told(location="/documents/"),
            "GET http://x.test/x/../documents/1.%4APG?a=b.html": Told(location=r"\.(gif|jpg|jpeg)$"),
            "GET http://x.test/images/../documents/x?y=1.gif": Told(location="/documents/"),
        },
    ),
    Example(
        "location: a name that ends in a slash is sent there, unless = says otherwise",
        """
        server {
            listen 80;
            location /user/ { proxy_pass http://user.test:8001; }
            location = /login { proxy_pass http://login.test:8002; }
            location /login/ { proxy_pass http://user.test:8001; }
            location /static/ { root /srv; }
        }
        """,
        {
            "GET http://x.test/user": Told(status=301, redirect_to="http://x.test/user/"),
            "POST http://x.test/user?a=b": Told(status=301, redirect_to="http://x.test/user/?a=b"),
            "GET http://x.test/login": Told(status=200, location="=/login", line="GET /login"),
            "GET http://x.test/login/": Told(status=200, location="/login/", line="GET /login/"),
            "GET http://x.test/static": Told(status=404, location=""),
        },
    ),
    Example(
        "request_processing: a simple PHP site",
        _PHP,
        {
            "GET http://example.org/logo.gif": Told(
                status=200, location=r"\.(gif|jpg|png)$", file="/srv/data/www/logo.gif"
            ),
            "GET http://example.org/index.php?user=john&page=1": Told(location=r"\.php$", backend="localhost:9000"),
            "GET http://example.org/about.html?x=.php": Told(status=200, location="/", file="/srv/data/www/about.html"),
            "GET http://example.org/": Told(location=r"\.php$", backend="localhost:9000"),
        },
        disk=("/srv/data/www/logo.gif", "/srv/data/www/index.php", "/srv/data/www/about.html"),
    ),
    Example(
        "index: an index file may be served by another location",
        "server { listen 80; root /srv; location = / { index index.html; } location / { add_header X-Second 1; } }",
        {"GET http://x.test/": Told(status=200, location="/", file="/srv/index.html", added={"X-Second": "1"})},
        disk=("/srv/index.html",),
    ),
    Example(
        "internal: only nginx itself may send a request there",
        "server { listen 80; root /srv; error_page 404 /404.html; location = /404.html { internal; } }",
        {
            "GET http://x.test/none": Told(status=404, location="=/404.html", file="/srv/404.html"),
            "GET http://x.test/404.html": Told(status=404),
        },
        disk=("/srv/404.html",),
    ),
    Example(
        "limit_except: GET brings HEAD with it",
        """
        server { listen 80; location / {
            limit_except GET { allow 192.168.1.0/32; deny all; } proxy_pass http://127.0.0.1:8000;
        } }
        """,
        {
            "GET http://x.test/": Told(status=200),
            "HEAD http://x.test/": Told(status=200),
            "POST http://x.test/": Told(status=403),
        },
    ),
    Example(
        "access: the first rule that fits decides",
        """
        server { listen 80;
            location /a { deny 192.168.1.1; allow 127.0.0.0/24; deny all; proxy_pass http://127.0.0.1:8000; }
            location /b { deny 127.0.0.1; allow 127.0.0.0/24; proxy_pass http://127.0.0.1:8000; }
        }
        """,
        {"GET http://x.test/a": Told(status=200), "GET http://x.test/b": Told(status=403)},
    ),
)
