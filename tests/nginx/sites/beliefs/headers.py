"""Beliefs about headers: ngx_http_proxy_module.c, `ngx_http_proxy_merge_loc_conf`; ngx_http_headers_filter_module.c."""

from tests.nginx.sites.beliefs.belief import Belief
from tests.nginx.sites.experiment import Told

_TO = "proxy_pass http://127.0.0.1:8000;"
_SOCKET = (
    "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; "
    "proxy_set_header Host $host;"
)

HEADERS = (
    Belief(
        "one more proxy_set_header in a location is added to those outside",
        f"{_SOCKET} location /ws/ {{ proxy_set_header X-Real-IP $remote_addr; {_TO} }}",
        {
            "GET http://x.test/ws/room websocket": Told(
                status=200,
                handshake=False,
                sent={"X-Real-IP": "127.0.0.1", "Upgrade": None, "Connection": "close", "Host": "127.0.0.1:8000"},
            )
        },
        change=("proxy_set_header X-Real-IP $remote_addr;", "proxy_read_timeout 1h;"),
        told_then={
            "GET http://x.test/ws/room websocket": Told(
                status=101, handshake=True, sent={"Upgrade": "websocket", "Connection": "upgrade", "Host": "x.test"}
            )
        },
    ),
    Belief(
        "the backend sees the Host that the browser asked for",
        f"location / {{ {_TO} }}",
        {"GET http://x.test/": Told(sent={"Host": "127.0.0.1:8000"})},
        change=("location / {", "location / { proxy_set_header Host $host;"),
        told_then={"GET http://x.test/": Told(sent={"Host": "x.test"})},
    ),
    Belief(
        "$http_host and $host are the same",
        f"proxy_set_header Host $host; location / {{ {_TO} }}",
        {"GET http://x.test/ | Host: X.test:8080": Told(sent={"Host": "x.test"})},
        change=("Host $host", "Host $http_host"),
        told_then={"GET http://x.test/ | Host: X.test:8080": Told(sent={"Host": "X.test:8080"})},
    ),
    Belief(
        "a handshake passes a proxy by itself",
        f"proxy_http_version 1.1; location /ws {{ {_TO} }}",
        {"GET http://x.test/ws websocket": Told(status=200, handshake=False, sent={"Upgrade": None})},
        change=(
            "{ proxy_pass",
            "{ proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_pass",
        ),
        told_then={"GET http://x.test/ws websocket": Told(status=101, handshake=True, sent={"Upgrade": "websocket"})},
    ),
    Belief(
        "Upgrade alone is enough for a handshake",
        "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
        f'location /ws {{ {_TO} }} location /other {{ return 204 "proxy_set_header"; }}',
        {"GET http://x.test/ws websocket": Told(status=200, sent={"Upgrade": "websocket", "Connection": "close"})},
        change=("$http_upgrade;", "$http_upgrade; proxy_set_header Connection upgrade;"),
        told_then={"GET http://x.test/ws websocket": Told(status=101, sent={"Connection": "upgrade"})},
    ),
    Belief(
        "a nested location inherits add_header when it adds one of its own",
        """add_header X-Frame-Options DENY;
        location / { add_header X-Outer 1; return 204; location /inner { add_header X-Inner 1; return 204; } }""",
        {
            "GET http://x.test/": Told(added={"X-Outer": "1", "X-Frame-Options": None}),
            "GET http://x.test/inner": Told(added={"X-Inner": "1", "X-Outer": None, "X-Frame-Options": None}),
        },
        change=("{ add_header X-Inner 1; return 204; }", "{ return 204; }"),
        told_then={"GET http://x.test/inner": Told(added={"X-Inner": None, "X-Outer": "1", "X-Frame-Options": None})},
    ),
    Belief(
        "a nested location adds its proxy_set_header to the outer one's",
        f"""location /app/ {{ proxy_set_header X-Outer 1; {_TO}
            location /app/in/ {{ proxy_set_header X-Inner 1; {_TO} }} }}""",
        {"GET http://x.test/app/in/": Told(sent={"X-Inner": "1", "X-Outer": None})},
        change=("proxy_set_header X-Inner 1;", ""),
        told_then={"GET http://x.test/app/in/": Told(sent={"X-Inner": None, "X-Outer": "1"})},
    ),
    Belief(
        "add_header reaches error pages",
        "location / { add_header Access-Control-Allow-Origin *; return 404; }",
        {"GET http://x.test/": Told(status=404, added={"Access-Control-Allow-Origin": None})},
        change=("*;", "* always;"),
        told_then={"GET http://x.test/": Told(status=404, added={"Access-Control-Allow-Origin": "*"})},
    ),
    Belief(
        "a header in an if stands beside those of its location",
        f"""location / {{ add_header X-Main 1; proxy_set_header X-Main 1;
            if ($arg_debug) {{ add_header X-Debug 1; }} {_TO} }}""",
        {"GET http://x.test/?debug=1": Told(added={"X-Debug": "1", "X-Main": None}, sent={"X-Main": "1"})},
        change=("{ add_header X-Debug 1; }", "{ set $debug 1; }"),
        told_then={"GET http://x.test/?debug=1": Told(added={"X-Debug": None, "X-Main": "1"}, sent={"X-Main": "1"})},
    ),
    Belief(
        "a header with an underscore reaches the backend",
        f"location / {{ {_TO} }}",
        {"GET http://x.test/ | X_Token: 1": Told(sent={"X_Token": None})},
        change=("location / {", "underscores_in_headers on; location / {"),
        told_then={"GET http://x.test/ | X_Token: 1": Told(sent={"X_Token": "1"})},
    ),
)
