"""error_page: ngx_http_core_module.html."""

from tests.nginx.sites.experiment import Example, Told

ERRORS = (
    Example(
        "error_page: a page, by GET, with the error's status",
        """
        server { listen 80; root /srv; error_page 404 /404.html; error_page 403 =200 /empty.gif;
            location /deny/ { deny all; } location = /404.html { } location = /empty.gif { }
            location /post/ { error_page 404 /app/error; return 404; }
            location /app/ { proxy_pass http://127.0.0.1:8000; }
        }
        """,
        {
            "GET http://x.test/none": Told(status=404, location="=/404.html", file="/srv/404.html"),
            "POST http://x.test/post/x?y=1": Told(location="/app/", line="GET /app/error"),
            "GET http://x.test/deny/x": Told(status=200, location="=/empty.gif", file="/srv/empty.gif"),
        },
        disk=("/srv/404.html", "/srv/empty.gif"),
    ),
    Example(
        "error_page: a named location keeps method and path",
        """
        server { listen 80; root /srv;
            location / { error_page 404 = @fallback; }
            location @fallback { proxy_pass http://127.0.0.1:8000; }
        }
        """,
        {
            "GET http://x.test/a%20b?c=d": Told(status=200, location="@fallback", line="GET /a%20b?c=d"),
            "GET http://x.test/there": Told(status=200, location="/", file="/srv/there"),
        },
        disk=("/srv/there",),
    ),
    Example(
        "error_page: the status that the backend gives",
        """
        server { listen 80; root /srv;
            error_page 404 = /404.php;
            location ~ \\.php$ { proxy_pass http://127.0.0.1:8000; }
        }
        """,
        {"GET http://x.test/none": Told(status=200, location=r"\.php$", line="GET /404.php")},
    ),
    Example(
        "error_page: a URL redirects, with 302 or another status of redirects",
        """
        server { listen 80; root /srv;
            error_page 403 http://example.com/forbidden.html;
            error_page 404 =301 http://example.com/notfound.html;
            location /deny { deny all; }
        }
        """,
        {
            "GET http://x.test/deny": Told(status=302, redirect_to="http://example.com/forbidden.html"),
            "GET http://x.test/none": Told(status=301, redirect_to="http://example.com/notfound.html"),
        },
    ),
    Example(
        "error_page: it is inherited only where a level has none of its own",
        """
        server { listen 80; root /srv; error_page 404 =200 /a; error_page 403 =200 /a; location = /a { return 200; }
            location /own/ { error_page 403 =200 /a; return 404; }
            location /none/ { return 404; }
        }
        """,
        {"GET http://x.test/own/": Told(status=404), "GET http://x.test/none/": Told(status=200, location="=/a")},
    ),
)
