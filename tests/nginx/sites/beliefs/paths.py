"""Beliefs about the path that a backend receives: ngx_http_proxy_module.c, `ngx_http_proxy_create_request`."""

from tests.nginx.sites.beliefs.belief import Belief
from tests.nginx.sites.experiment import Told

_TO = "proxy_pass http://127.0.0.1:8000"

PATHS = (
    Belief(
        "a location strips its own prefix when it proxies",
        f"location /api/ {{ {_TO}; }}",
        {"GET http://x.test/api/users?x=1": Told(line="GET /api/users?x=1")},
        change=("8000;", "8000/;"),
        told_then={"GET http://x.test/api/users?x=1": Told(line="GET /users?x=1")},
    ),
    Belief(
        "a lone slash behind the port changes nothing",
        f"location /ws/ {{ {_TO}/; }}",
        {"GET http://x.test/ws/room": Told(line="GET /room")},
        change=("8000/;", "8000;"),
        told_then={"GET http://x.test/ws/room": Told(line="GET /ws/room")},
    ),
    Belief(
        "without a path the backend sees the path cleaned up",
        f"location /api/ {{ {_TO}; }}",
        {"GET http://x.test/api//a/../%62": Told(location="/api/", line="GET /api//a/../%62")},
        change=("8000;", "8000/api/;"),
        told_then={"GET http://x.test/api//a/../%62": Told(location="/api/", line="GET /api/b")},
    ),
    Belief(
        "location /api with a slash behind the port strips the prefix and no more",
        f"location /api {{ {_TO}/; }}",
        {
            "GET http://x.test/api/users": Told(line="GET //users"),
            "GET http://x.test/apix": Told(line="GET /x"),
            "GET http://x.test/api": Told(line="GET /"),
        },
        change=("location /api {", "location /api/ {"),
        told_then={"GET http://x.test/api/users": Told(line="GET /users")},
    ),
    Belief(
        "a path without a slash at its end is joined with one",
        f"location /api/ {{ {_TO}/v1; }}",
        {"GET http://x.test/api/users": Told(line="GET /v1users")},
        change=("/v1;", "/v1/;"),
        told_then={"GET http://x.test/api/users": Told(line="GET /v1/users")},
    ),
    Belief(
        "with a variable the path is replaced as without one",
        "set $up 127.0.0.1:8000; location /api/ { proxy_pass http://$up/; }",
        {"GET http://x.test/api/users?x=1": Told(line="GET /")},
        change=("$up/;", "$up;"),
        told_then={"GET http://x.test/api/users?x=1": Told(line="GET /api/users?x=1")},
    ),
    Belief(
        "a rewrite to $1 and a variable keep the client's encoding",
        r"set $up 127.0.0.1:8000; location ~ ^/files/(.*)$ { proxy_pass http://$up/$1; }",
        {"GET http://x.test/files/a%20b?x=1": Told(line="GET /a b")},
        change=(
            "{ proxy_pass http://$up/$1; }",
            "{ rewrite ^/files/(.*)$ /$1 break; proxy_pass http://$up; }",
        ),
        told_then={"GET http://x.test/files/a%20b?x=1": Told(line="GET /a%20b?x=1")},
    ),
    Belief(
        "after rewrite ... break the path behind proxy_pass is put before the rest",
        f"location /api/ {{ rewrite ^/api/(.*)$ /$1 break; {_TO}/v1/; }}",
        {"GET http://x.test/api/users": Told(line="GET /users")},
        change=("^/api/", "^/nothing/"),
        told_then={"GET http://x.test/api/users": Told(line="GET /v1/users")},
    ),
    Belief(
        "rewrite ... last goes on to the proxy_pass below it",
        f"location / {{ return 404; }} location /api/ {{ rewrite ^/api/(.*)$ /$1 last; {_TO}; }}",
        {"GET http://x.test/api/users": Told(status=404, location="/")},
        change=("last;", "break;"),
        told_then={"GET http://x.test/api/users": Told(location="/api/", line="GET /users")},
    ),
    Belief(
        "try_files sends what is not there on with its arguments",
        f"location / {{ try_files $uri /app; }} location = /app {{ {_TO}; }}",
        {"GET http://x.test/page?x=1": Told(line="GET /app")},
        change=("/app;", "/app?$args;"),
        told_then={"GET http://x.test/page?x=1": Told(line="GET /app?x=1")},
    ),
    Belief(
        "error_page hands the request on as it was",
        f"location / {{ error_page 404 = /app; return 404; }} location = /app {{ {_TO}; }} location @app {{ {_TO}; }}",
        {"POST http://x.test/form?x=1": Told(location="=/app", line="GET /app")},
        change=("= /app;", "= @app;"),
        told_then={"POST http://x.test/form?x=1": Told(location="@app", line="POST /form?x=1")},
    ),
)
