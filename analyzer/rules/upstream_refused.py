"""Nobody listens where nginx passes the request on: the connection was refused.

What happened
-------------
nginx opened a connection to the backend's address and the system there answered at once that no program listens on that
port. The backend is down or still starting, it listens on another port or on another address only, or the address means
another machine than was thought: inside a container, `localhost` and 127.0.0.1 are that container itself.

How it is known
---------------
- nginx's error log: `connect() failed (111: Connection refused) while connecting to upstream`. The number is the
  system's (61 on macOS, 10061 on Windows), and musl may call 111 `Unknown error`.
- Another proxy or a development server says the same of its own upstream (`AH00957`, `http proxy error`, `dial tcp`).
- Where the backend's log names a port on which it listens, that port is compared with the one dialled.

What else it could be
---------------------
A backend that accepts and then closes was there (backend-crashed). A name that does not resolve is
upstream-unresolved, an address without a way to it upstream-unreachable. `no live upstreams` is never the cause.

What to do
----------
See what listens, on nginx's own machine or in its own container; start the backend, or mend the address in
`proxy_pass`. `localhost` is two addresses, [::1] and 127.0.0.1: write the one on which the backend listens.

References
----------
nginx, src/http/ngx_http_upstream.c, ngx_http_upstream_connect; connect(2), ECONNREFUSED;
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
"""

import polars as pl

from analyzer.rule import DIALLED, MISSED, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_ADDRESS,
    BACKEND_AT,
    CLIENT,
    CLIENT_AT,
    ERROR_AT,
    HOST,
    OTHER_PORT,
    SIGN_AT,
    Hop,
)

_LOOPBACK = DIALLED.str.contains(r"^(?:127\.[0-9.]+|localhost|\[::1\])(?::|$)")
_SIX = DIALLED.str.contains(r"^\[::1\]")
_SOCKET = DIALLED.str.starts_with("unix:")
_IN_A_CONTAINER = CLIENT.col.str.contains(r"^172\.(?:1[6-9]|2[0-9]|3[01])\.")  # Docker's own bridges
_ANOTHER_PORT = OTHER_PORT.col.is_not_null()
_MUST_LISTEN = ("nginx's error log stays silent on {dialled}", "{path} is answered by the backend itself")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests whose connection to the backend was refused, and the refusals that name no request."""
    return journeys.filter(MISSED & TOLD).with_columns(graded((Grade.DECISIVE, pl.lit(value=True))))


RULE = Rule(
    slug="upstream-refused",
    hop=Hop.UPSTREAM,
    title=(
        "Nobody listens at {dialled}, where nginx passes {path} on",
        "Nobody listens at {dialled}",
        "Nobody listens where this is passed on",
    ),
    sentence=(
        "The backend says that it listens on port {other_port}; nginx dials {dialled} for {path}, and was refused ({sign_at}).",
        "nginx runs in a container and dials {loopback_in_container} for {path}: that is nginx's own container, in which nobody listens ({sign_at}).",
        "nginx dials {loopback_six} for {path}, the IPv6 half of localhost, and was refused: nobody listens there ({sign_at}).",
        "The socket {socket} is there and no program listens on it: nginx was refused when it passed {path} on ({sign_at}).",
        "nginx passes {path} to {dialled} and was refused: no program listens there ({sign_at}).",
        "nginx was refused at {dialled}: no program listens there ({sign_at}).",
        "The backend refused the connection: no program listens at the address that nginx passes to.",
    ),
    contrast=(
        "it goes to {peer_address}, where a backend answers; {path} to {dialled}, where nobody listens.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.ERROR_LOG, Input.BACKEND_LOG, Input.CLIENT_LOG),),
    uses=(Input.CONFIG, Input.ACCESS_LOG),
    signs=(
        Sign(Hop.NGINX, r"^(?:kevent\(\) reported that )?connect\(\) (?:to \S+ )?failed \((?:111|61|146|10061): "),
        Sign(Hop.NGINX, r"^connect\(\) to \[::1\]:[0-9]+ failed \((?:99|49): "),  # a container without IPv6
        Sign(Hop.BACKEND, r"^\(?AH\d+: HTTP: attempt to connect to |\(111\)Connection refused: AH\d+: "),
        Sign(Hop.BACKEND, r"(?i)^(?:\[vite\] )?(?:http|ws) proxy (?:socket )?error:(?s:.)*\bECONNREFUSED\b"),
        Sign(Hop.BACKEND, r"^\[HPM\] Error occurred while (?:trying to )?prox(?:y|ying)\b(?s:.)*\bECONNREFUSED\b"),
        Sign(Hop.BACKEND, r"^Proxy error: Could not proxy request (?s:.)*\bECONNREFUSED\b"),
    ),
    apart=(HOST, BACKEND_ADDRESS),
    witnesses=(
        Witness(SIGN_AT, ("the connection to {dialled} was refused", "the connection was refused")),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("backend-crashed", "no connection came about: whatever died was gone before ({error_at})."),
        Otherwise("backend-timeout", "the refusal came at once ({error_at})."),
        Otherwise("missing-location", "nginx passed {path} on, to {upstream} ({error_at})."),
        Otherwise("upstream-unresolved", "there was an address to dial: {dialled}."),
    ),
    remedies=(
        Remedy(
            when=_ANOTHER_PORT,
            summary=(
                "Let `proxy_pass {proxy_pass}` ({proxy_pass_at}) dial port {other_port}, on which the backend listens, or start the backend on the port of {dialled}.",
                "Let nginx dial port {other_port}, on which the backend says it listens, instead of {dialled}.",
            ),
            verify=("ss -ltnp | grep :{other_port}", "nginx -t && nginx -s reload", "{handshake_command}"),
            expect=_MUST_LISTEN,
            if_it_still_fails=(
                "If the backend runs in a container, its port inside and the one it is published on may differ: nginx needs the one that it can reach.",
            ),
        ),
        Remedy(
            when=_LOOPBACK & _IN_A_CONTAINER,
            summary=(
                "Name the backend's service instead of {dialled} (`proxy_pass http://backend:PORT;` in one Docker network), or host.docker.internal where it runs on the host.",
                "Name the backend's service instead of localhost: inside a container that is the container itself.",
            ),
            verify=(
                "docker compose exec nginx getent hosts backend",
                "nginx -t && nginx -s reload",
                "{handshake_command}",
            ),
            expect=_MUST_LISTEN,
            if_it_still_fails=(
                "A backend on the host must listen on 0.0.0.0 or on the bridge's address, not on 127.0.0.1 alone.",
            ),
        ),
        Remedy(
            when=_SOCKET,
            summary=("Start the program behind {socket}; it left the socket's file behind when it ended.",),
            verify=("ss -lxp | grep .sock", "{handshake_command}"),
            expect=_MUST_LISTEN,
            if_it_still_fails=("Compare the socket's path in the backend's own settings with the one nginx dials.",),
        ),
        Remedy(
            summary=(
                "See on nginx's own machine, or in its container, what listens (`ss -ltnp`): start the backend, or let nginx dial the address on which it listens instead of {dialled}.",
                "See what listens where nginx runs (`ss -ltnp`): start the backend, or mend the address in proxy_pass.",
            ),
            verify=("ss -ltnp", "curl -i http://{dialled}/", "{handshake_command}"),
            expect=_MUST_LISTEN,
            if_it_still_fails=(
                "If curl works on the host and nginx is refused, nginx runs in a container: there 127.0.0.1 is the container itself.",
                "A backend that listens on 127.0.0.1 only is refused from any other machine: let it listen on 0.0.0.0.",
                "If it listened a moment ago, its own log tells why it ended.",
                "After a container was created anew its address may differ: nginx asks for a name once, when it starts; reload it.",
            ),
        ),
    ),
    notes=(
        Note(
            _SIX,
            "`localhost` is [::1] and 127.0.0.1, and nginx tries both. Where the backend listens on 127.0.0.1 alone, every other request leaves such a line and is answered all the same: write 127.0.0.1.",
        ),
    ),
    asks=(
        Ask(
            BACKEND_AT.col.is_null() & _ANOTHER_PORT.not_(),
            ask="the backend's log from its last start on, and what `ss -ltnp` prints where nginx runs",
            why="It tells whether the backend ended, never started, or listens on another port or address.",
            command="ss -ltnp",
        ),
    ),
    find=find,
    names={
        "dialled": DIALLED,
        "other_port": OTHER_PORT.col.cast(pl.String),
        "loopback_in_container": pl.when(_LOOPBACK & _IN_A_CONTAINER & ERROR_AT.col.is_not_null()).then(DIALLED),
        "loopback_six": pl.when(_SIX).then(DIALLED),
        "socket": pl.when(_SOCKET).then(DIALLED.str.strip_prefix("unix:")),
    },
    explains=("upstream-exhausted",),
    watch=(
        "Connect to {dialled} every ten seconds from nginx's machine, and alert when it is refused twice.",
        "Connect to each backend every ten seconds from nginx's machine, and alert when it is refused twice.",
    ),
)
