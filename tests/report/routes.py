"""Routes written by hand: a path that falls to the disk, its working neighbour, and one of which little is known."""

from dataclasses import replace

from analyzer.nginx import (
    AddedHeader,
    BackendRequest,
    Considered,
    Directive,
    Fallback,
    LocationChoice,
    Outcome,
    Phase,
    ProxyPass,
    Request,
    Route,
    ServerChoice,
    Step,
    Timeout,
    Unknown,
    WebSocket,
)

_FILE = "nginx/conf.d/api-calls.conf"
_SERVER = ServerChoice(
    ("api-calls.harx.ai",), ("443 ssl",), _FILE, 5, "api-calls.harx.ai is its server_name", by_name=True
)


def directive(name: str, *args: str, line: int) -> Directive:
    return Directive(name, args, _FILE, line, 9, 0, 0)


FROM_DISK = Route(
    request=Request("GET", "wss", "api-calls.harx.ai", None, "/frontend-audio?id=7", upgrade=True),
    server=_SERVER,
    location=LocationChoice("", "/", _FILE, 28, "/ is the longest prefix of /frontend-audio"),
    considered=(
        Considered("/call-events", "", _FILE, 12, "/frontend-audio does not begin with /call-events"),
        Considered(r"\.php$", "~*", _FILE, 20, "it does not match /frontend-audio"),
    ),
    outcome=Outcome.STATIC,
    status=404,
    body="no such page",
    websocket=WebSocket.FAILS,
    websocket_why="nginx looks for a file, no backend is asked",
    fallback=Fallback("try_files $uri /index.html", "/index.html", _FILE, 30),
    static_file="/var/www/html/frontend-audio",
    assumed=(Unknown("/var/www/html/frontend-audio is not there", _FILE, 29),),
    steps=(
        Step(Phase.SERVER, "the server of api-calls.harx.ai takes it", _FILE, 5),
        Step(Phase.CONTENT, "it looks for a file under /var/www/html", _FILE, 29),
    ),
    response_headers=(
        AddedHeader("X-Frame-Options", "DENY", always=True, file=_FILE, line=7),
        AddedHeader("X-Request", None, always=False, file=_FILE, line=8),
    ),
    by_version=("since 1.29.3 add_header_inherit may add more",),
    decided_by=directive("root", "/var/www/html", line=29),
)
"""Founding incident 1a."""

PROXIED = Route(
    request=Request("GET", "wss", "api-calls.harx.ai", None, "/call-events", upgrade=True),
    server=_SERVER,
    location=LocationChoice("", "/call-events", _FILE, 12, "/call-events is the longest prefix of /call-events"),
    considered=(Considered("/", "", _FILE, 28, "location /call-events beats it"),),
    outcome=Outcome.PROXIED,
    backend=BackendRequest(
        "127.0.0.1:5006",
        "GET",
        "/call-events",
        "1.1",
        (("Upgrade", "websocket"), ("Connection", "upgrade"), ("Host", "api-calls.harx.ai"), ("X-Real-IP", None)),
        ("127.0.0.1:5006",),
        timeouts=(Timeout("proxy_connect_timeout", "60s"), Timeout("proxy_read_timeout", "1h", _FILE, 18)),
    ),
    websocket=WebSocket.PASSES,
    websocket_why="HTTP/1.1, Upgrade and Connection are forwarded",
    proxy_pass=ProxyPass("http://127.0.0.1:5006", has_uri_part=False, file=_FILE, line=13),
    decided_by=directive("proxy_pass", "http://127.0.0.1:5006", line=13),
)
"""Its working neighbour."""

BARELY_KNOWN = replace(
    PROXIED,
    server=None,
    location=None,
    considered=(),
    outcome=Outcome.UNKNOWN,
    backend=None,
    proxy_pass=None,
    decided_by=None,
    websocket=WebSocket.UNKNOWN,
    websocket_why="",
    unknown=(Unknown("$backend, which Lua sets", _FILE, 14),),
)
"""What Lua hides."""


def hostile_route(text: str) -> Route:
    """A route whose every text is this one."""
    return Route(
        request=Request(text, text, text, 1, text, upgrade=True, headers=((text, text),), client=text),
        server=ServerChoice((text,), (text,), text, 1, text),
        location=LocationChoice("", text, text, 1, text),
        considered=(Considered(text, "~", text, 1, text),),
        outcome=Outcome.PROXIED,
        redirect_to=text,
        backend=BackendRequest(text, text, text, text, ((text, text), (text, None)), (text, text), text,
                               (Timeout(text, text, text, 1), Timeout(text, text))),
        websocket_why=text,
        missing_upgrade_headers=(text,),
        proxy_pass=ProxyPass(text, has_uri_part=True, file=text, line=1),
        fallback=Fallback(text, text, text, 1),
        static_file=text,
        body=text,
        unknown=(Unknown(text, text, 1),),
        assumed=(Unknown(text, text, 1),),
        steps=(Step(Phase.ACCESS, text, text, 1),),
        response_headers=(AddedHeader(text, text, True, text, 1), AddedHeader(text, None, False, text, 1)),  # noqa: FBT003
        by_version=(text,),
        decided_by=Directive(text, (text,), text, 2, 1, 0, 0),
    )  # fmt: skip
