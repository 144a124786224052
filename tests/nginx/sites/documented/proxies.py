"""proxy_pass and its headers, add_header: ngx_http_proxy_module.html, ngx_http_headers_module.html."""

from tests.nginx.sites.experiment import Example, Told

PROXIES = (
    Example(
        "proxy_pass: with a URI the location's name is replaced, without it nothing is",
        """
        server { listen 80;
            location /name/ { proxy_pass http://127.0.0.1:8000/remote/; }
            location /some/path/ { proxy_pass http://127.0.0.1:8000; }
        }
        """,
        {
            "GET http://x.test/name/a%20b/../c?d": Told(line="GET /remote/c?d", sent={"Host": "127.0.0.1:8000"}),
            "GET http://x.test/some/path/a%20b/../c?d": Told(line="GET /some/path/a%20b/../c?d"),
        },
    ),
    Example(
        "proxy_pass: after rewrite ... break its URI is ignored",
        """
        server { listen 80; location /name/ {
            rewrite /name/([^/]+) /users?name=$1 break; proxy_pass http://127.0.0.1:8000/ignored/;
        } }
        """,
        {"GET http://x.test/name/ann?x=1": Told(line="GET /users?name=ann&x=1")},
    ),
    Example(
        "proxy_pass: with variables its URI is passed as it is",
        """
        server { listen 80;
            location /name/ { proxy_pass http://127.0.0.1:8000$request_uri; }
            location /fixed/ { set $path /there; proxy_pass http://127.0.0.1:8000$path; }
        }
        """,
        {
            "GET http://x.test/name/a%20b?c": Told(line="GET /name/a%20b?c"),
            "GET http://x.test/fixed/a?c": Told(line="GET /there"),
        },
    ),
    Example(
        "proxy_pass: a changed path is passed normalised",
        """
        server { listen 80; rewrite ^/old/(.*)$ /new/$1; location /new/ { proxy_pass http://127.0.0.1:8000; } }
        """,
        {
            "GET http://x.test/old/a%20b//c?d": Told(line="GET /new/a%20b/c?d"),
            "GET http://x.test/new/a%20b//c?d": Told(line="GET /new/a%20b//c?d"),
        },
    ),
    Example(
        "proxy_pass: a socket, with a path behind its colon",
        "server { listen 80; location / { proxy_pass http://unix:/run/backend.sock:/uri/; } }",
        {"GET http://x.test/a?b": Told(line="GET /uri/a?b", sent={"Host": "localhost", "Connection": "close"})},
    ),
    Example(
        "proxy_set_header: two defaults, and all or nothing",
        """
        proxy_set_header X-Http 1;
        server { listen 80; proxy_set_header X-Server 1; proxy_set_header Host $http_host;
            location / { proxy_pass http://127.0.0.1:8000; }
            location /own/ { proxy_set_header Accept-Encoding ""; proxy_pass http://127.0.0.1:8000; }
            location /port/ { proxy_set_header Host $host:$proxy_port; proxy_pass http://127.0.0.1:8000; }
        }
        """,
        {
            "GET http://x.test/ | Accept-Encoding: br": Told(
                sent={"Host": "x.test", "X-Server": "1", "X-Http": None, "Connection": "close", "Accept-Encoding": "br"}
            ),
            "GET http://x.test/own/ | Accept-Encoding: br": Told(
                sent={"Host": "127.0.0.1:8000", "X-Server": None, "Connection": "close", "Accept-Encoding": None}
            ),
        },
    ),
    Example(
        "add_header: to some statuses, or always; and all or nothing",
        """
        server { listen 80; add_header X-Some 1; add_header X-Always 1 always;
            location / { return 204; } location /none { return 404; } location /moved { return 301 /; }
            location /own { add_header X-Own 1; return 204; }
        }
        """,
        {
            "GET http://x.test/": Told(status=204, added={"X-Some": "1", "X-Always": "1"}),
            "GET http://x.test/moved": Told(status=301, added={"X-Some": "1", "X-Always": "1"}),
            "GET http://x.test/none": Told(status=404, added={"X-Some": None, "X-Always": "1"}),
            "GET http://x.test/own": Told(status=204, added={"X-Own": "1", "X-Some": None, "X-Always": None}),
        },
    ),
)
