"""Beliefs about which location and server take a request: ngx_http_core_module.c, `ngx_http_core_find_location`."""

from tests.nginx.sites.beliefs.belief import Belief
from tests.nginx.sites.experiment import Told

_TO = "proxy_pass http://127.0.0.1:8000;"

CHOICES = (
    Belief(
        "the longest prefix wins over a regex",
        r"location /static/images/ { return 204; } location ~ \.png$ { return 410; }",
        {"GET http://x.test/static/images/a.png": Told(status=410, location=r"\.png$")},
        change=("location /static", "location ^~ /static"),
        told_then={"GET http://x.test/static/images/a.png": Told(status=204, location="/static/images/")},
    ),
    Belief(
        "^~ protects everything below it",
        r"location ^~ /cut/ { return 204; } location /cut/deep/ { return 205; } location ~ \.png$ { return 410; }",
        {
            "GET http://x.test/cut/a.png": Told(status=204, location="/cut/"),
            "GET http://x.test/cut/deep/a.png": Told(status=410, location=r"\.png$"),
        },
        change=("location /cut/deep/", "location ^~ /cut/deep/"),
        told_then={"GET http://x.test/cut/deep/a.png": Told(status=205, location="/cut/deep/")},
    ),
    Belief(
        "the best regex wins",
        r"location ~ ^/a { return 201; } location ~ ^/ab/c\.png$ { return 202; }",
        {"GET http://x.test/ab/c.png": Told(status=201, location="^/a")},
        change=("^/a {", "^/a$ {"),
        told_then={"GET http://x.test/ab/c.png": Told(status=202, location=r"^/ab/c\.png$")},
    ),
    Belief(
        "location /api is /api and what lies below it",
        f"location / {{ return 404; }} location /api {{ {_TO} }}",
        {"GET http://x.test/apix": Told(status=200, location="/api", line="GET /apix")},
        change=("location /api", "location /api/"),
        told_then={"GET http://x.test/apix": Told(status=404, location="/")},
    ),
    Belief(
        "location /ws/ takes /ws, too",
        f"location /ws/ {{ {_TO} }}",
        {
            "GET http://x.test/ws websocket": Told(status=301, redirect_to="http://x.test/ws/", handshake=False),
            "POST http://x.test/ws?token=1": Told(status=301, redirect_to="http://x.test/ws/?token=1"),
        },
        change=("location /ws/", "location /ws"),
        told_then={"GET http://x.test/ws websocket": Told(status=200, line="GET /ws")},
    ),
    Belief(
        "the 301 to a slash is for folders, and never for a location that returns",
        "location /ws/ { return 204; } location / { return 404; }",
        {"GET http://x.test/ws": Told(status=404, location="/")},
        change=("{ return 204; }", f"{{ {_TO} }}"),
        told_then={"GET http://x.test/ws": Told(status=301, redirect_to="http://x.test/ws/")},
    ),
    Belief(
        "the order of prefixes in the file matters",
        "location / { return 404; } location /a { return 201; } location /a/b { return 202; }",
        {"GET http://x.test/a/b": Told(status=202)},
        change=("location /a/b", "location = /a/b/c"),
        told_then={"GET http://x.test/a/b": Told(status=201)},
    ),
    Belief(
        "a location sees the arguments",
        r"location / { return 404; } location ~ \?debug { return 204; } location ~ debug$ { return 205; }",
        {"GET http://x.test/a?debug": Told(status=404), "GET http://x.test/a%3Fdebug": Told(status=204)},
        change=("location / { return 404; }", "location / { if ($args = debug) { return 206; } return 404; }"),
        told_then={"GET http://x.test/a?debug": Told(status=206)},
    ),
    Belief(
        "a nested location inherits proxy_pass",
        f"location /app/ {{ {_TO} location /app/in/ {{ proxy_read_timeout 1h; }} }}",
        {"GET http://x.test/app/in/x": Told(status=404, location="/app/in/", file="/srv/app/in/x", line=None)},
        change=("proxy_read_timeout 1h;", f"proxy_read_timeout 1h; {_TO}"),
        told_then={"GET http://x.test/app/in/x": Told(status=200, location="/app/in/", line="GET /app/in/x")},
    ),
    Belief(
        "server_name _ catches what nobody else takes",
        "return 204; } server { listen 80; server_name _; return 204;",
        {"GET http://nobody.test/": Told(server="x.test"), "GET http://_/": Told(server="_")},
        change=("listen 80; server_name _;", "listen 80 default_server; server_name _;"),
        told_then={"GET http://nobody.test/": Told(server="_")},
    ),
    Belief(
        "the default server is the one without a name, or the one that looks like it",
        "return 204;",
        {"GET http://nobody.test/": Told(server="a.test"), "GET http://x.test/": Told(server="x.test")},
        change=("return 204;", "return 204; } server { listen 80 default_server; return 204;"),
        told_then={"GET http://nobody.test/": Told(server="")},
        around="server { listen 80; server_name a.test; return 204; } server { listen 80; return 204; }",
    ),
    Belief(
        "a name on another address is found from every address",
        "return 204;",
        {
            "GET http://x.test/ @192.0.2.1": Told(server="other.test"),
            "GET http://other.test/ @192.0.2.1": Told(server="other.test"),
        },
        change=("return 204;", "listen 192.0.2.1:80; return 204;"),
        told_then={"GET http://x.test/ @192.0.2.1": Told(server="x.test")},
        around="server { listen 192.0.2.1:80; server_name other.test; return 204; }",
    ),
)
