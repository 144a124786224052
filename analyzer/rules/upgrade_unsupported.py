"""The backend cannot speak WebSocket at all: a library is missing, or the wrong server runs it.

What happened
-------------
The handshake arrived with all its headers, and the program that took it has no WebSocket in it: uvicorn without
`websockets` or `wsproto`, a WSGI server under an ASGI application, Flask-SocketIO without a server that can. It treats the
handshake as an ordinary GET, so the answer is mostly a 404 that looks like a missing route.

How it is known
---------------
The server says so, once per handshake or once at the start: `No supported WebSocket library detected`, `Unsupported upgrade
request`, `The WebSocket transport is not available`. Apache before it says so of itself: `AH01144: No protocol handler was
valid for the URL /socket.io/ (scheme 'ws')`, where mod_proxy_wstunnel is not loaded.

What else it could be
---------------------
Without `No supported WebSocket library` beside it, uvicorn says `Unsupported upgrade request` of an upgrade to something else
(`Upgrade: h2c`), and its older versions of `Connection: Upgrade` on an ordinary request (forced-upgrade-header).
The same 404 comes where nginx took the Upgrade header away (missing-upgrade-headers): then the server has nothing to say of
an upgrade. A route that is missing is answered 403 by ASGI servers (backend-route-missing).

What to do
----------
Install the library (`pip install 'uvicorn[standard]'`), or run the application under a server that speaks WebSocket.

References
----------
uvicorn, uvicorn/protocols/http/h11_impl.py, _unsupported_upgrade_warning; Engine.IO, python-engineio;
https://httpd.apache.org/docs/2.4/mod/mod_proxy_wstunnel.html
"""

import polars as pl

from analyzer.rule import GRADE, TOLD, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, evident, graded
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    OUTCOME,
    PATH_KEY,
    SIGN_AT,
    SIGN_SAYS,
    SIGN_WORDS,
    WANTED,
    Hop,
    Outcome,
    Wanted,
)

_TWICE = 2
_ALONE = PATH_KEY.col.is_null()
_UVICORN = SIGN_SAYS.col.str.contains(r"Unsupported upgrade request|No supported WebSocket library")
_NAMES_LIBRARY = SIGN_WORDS.col.str.contains("No supported WebSocket library", literal=True)
_NO_MODULE = r"\bNo protocol handler was valid for the URL (\S+) \(scheme 'wss?'\)"  # Apache, mod_proxy.c, AH01144
_AT_APACHE = SIGN_SAYS.col.str.contains(_NO_MODULE).fill_null(value=False)
_WSGI = SIGN_SAYS.col.str.contains(r"__call__\(\) missing 1 required positional argument: 'send'|__call__\(\) takes")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Handshakes to a server that says it cannot: its words tell that it was one, whatever nginx's log leaves out."""
    handshake = HANDSHAKE.col.fill_null(value=True) | _UVICORN  # which says so of an Upgrade header alone
    vague = _UVICORN & ~pl.lit(journeys.filter(_NAMES_LIBRARY).height > 0)
    again = TOLD.sum().over(PATH_KEY.name) >= _TWICE
    grade = graded(
        (Grade.CONSISTENT, vague & _ALONE),
        (Grade.CORROBORATED, vague & TOLD),
        (Grade.DECISIVE, TOLD & ~_ALONE & handshake & (WANTED.col.is_not_null() | again)),
        (Grade.DECISIVE, TOLD & _ALONE & (WANTED.col == Wanted.PASTE)),
        (Grade.CORROBORATED, TOLD),
    )
    meant = evident(TOLD & ~_ALONE & _UVICORN & again)
    return journeys.filter(OUTCOME.col == Outcome.FAILED).with_columns(meant, grade)


RULE = Rule(
    slug="upgrade-unsupported",
    hop=Hop.BACKEND,
    title=(
        "Apache cannot pass {unpassed} on: it has no module for WebSockets",
        "The backend cannot speak WebSocket: {path} is answered as a plain GET",
        "The backend cannot speak WebSocket",
    ),
    sentence=(
        "Apache is told to pass {unpassed} on as a WebSocket, and no module for that is loaded ({sign_at}).",
        "The handshake to {path} arrived, and the server has no WebSocket in it: it says `{sign}` ({sign_at}) and answered {answer} as to a plain GET.",
        "The server that took {path} has no WebSocket in it: it says `{sign}` ({sign_at}).",
        "The backend's server has no WebSocket in it: it says `{sign}` ({sign_at}).",
        "The backend's server has no WebSocket in it.",
    ),
    contrast=("{peer_plain_path} needs no WebSocket and is answered with {peer_status}; {path} is a handshake.",),
    needs=((Input.BACKEND_LOG, Input.LOAD_BALANCER_LOG),),
    uses=(Input.ACCESS_LOG, Input.CLIENT_LOG),
    signs=(
        *(Sign(hop, _NO_MODULE) for hop in (Hop.LOAD_BALANCER, Hop.BACKEND)),
        Sign(Hop.BACKEND, r"No supported WebSocket library detected|^(?:.{0,60}\W)?Unsupported upgrade request"),
        Sign(Hop.BACKEND, r"The WebSocket transport is not available, you must install a WebSocket server"),
        Sign(
            Hop.BACKEND,
            r"(?i)\bWSGI (?:server|application)\b.{0,60}\bdoes not support websockets?\b|\bwebsockets? (?:is|are) not supported by\b",
        ),
        Sign(Hop.BACKEND, r"__call__\(\) missing 1 required positional argument: 'send'"),
    ),
    names={"unpassed": SIGN_SAYS.col.str.extract(_NO_MODULE, 1)},
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, "the server's own words"),
        Witness(BACKEND_AT, ("the backend answered {backend_status}", "the backend had the request")),
        Witness(ACCESS_AT, "nginx passed it on, and the answer was {answer}"),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise(
            "missing-upgrade-headers", "the server saw the upgrade and says that it cannot serve it ({sign_at})."
        ),
        Otherwise(
            "backend-route-missing", "the server says why it is no WebSocket; the route was never asked ({sign_at})."
        ),
        Otherwise("missing-location", "the request reached the backend ({sign_at})."),
    ),
    notes=(
        Note(
            _UVICORN & (GRADE.col != Grade.DECISIVE),
            "Where a library is missing, uvicorn goes on with `No supported WebSocket library detected`. Without that line it refused another upgrade: `Upgrade: h2c`, or `Connection: upgrade` that nginx sets on ordinary requests too (forced-upgrade-header).",
        ),
    ),
    remedies=(
        Remedy(
            when=_AT_APACHE,
            summary="Load the module that passes WebSockets on (`a2enmod proxy_wstunnel`; since Apache 2.4.47 `proxy_http` with `upgrade=websocket` does it too), and restart Apache.",
            verify=(
                "apachectl -M | grep proxy",
                "apachectl configtest && systemctl restart apache2",
                "{handshake_command}",
            ),
            expect=("HTTP/1.1 101 Switching Protocols", "Apache's error log no longer says AH01144"),
            if_it_still_fails=("The module must be loaded in the Apache that runs: in a container, in its image.",),
        ),
        Remedy(
            when=_UVICORN,
            summary="Install a WebSocket library where the backend runs (`pip install 'uvicorn[standard]'`, or `websockets`), and start it anew.",
            verify=("python -c 'import websockets'   # in the backend's environment", "{handshake_command}"),
            expect=('the backend\'s log shows `"WebSocket {path}" [accepted]`', "HTTP/1.1 101 Switching Protocols"),
            if_it_still_fails=(
                "The library must be in the image that runs: build it anew, and see that the container is the new one.",
            ),
        ),
        Remedy(
            when=_WSGI,
            summary="Run the application under an ASGI server: `gunicorn -k uvicorn_worker.UvicornWorker`, or uvicorn, hypercorn, daphne.",
            verify=("{handshake_command}",),
            expect=("HTTP/1.1 101 Switching Protocols",),
            if_it_still_fails=("The worker class may be set in gunicorn.conf.py or in GUNICORN_CMD_ARGS as well.",),
        ),
        Remedy(
            summary="Run the backend under a server that speaks WebSocket, and install the library that it asks for.",
            verify=("{handshake_command}",),
            expect=("HTTP/1.1 101 Switching Protocols",),
            if_it_still_fails=("See which server runs: its first lines at the start name it.",),
        ),
    ),
    asks=(),
    find=find,
    supersedes=(
        "missing-upgrade-headers",
        "backend-route-missing",
        "path-stripped",
        "backend-error",
        "method-mismatch",
        "client-wrong-url",
    ),
    explains=("backend-route-missing", "missing-upgrade-headers"),
    watch=(
        "Open a WebSocket to {path} directly at the backend after each deployment, and alert when the answer is not 101.",
        "Open a WebSocket directly at the backend after each deployment, and alert when the answer is not 101.",
    ),
)
