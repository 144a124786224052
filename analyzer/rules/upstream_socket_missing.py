"""The unix socket that nginx passes to is not there.

What happened
-------------
The config passes requests to a socket in the file system, and at that path there is nothing: the backend is down and
took its socket along, it creates the socket elsewhere, or the two see different file systems (a container, systemd's
PrivateTmp).

How it is known
---------------
- `connect() to unix:/run/app.sock failed (2: No such file or directory) while connecting to upstream`

What else it could be
---------------------
Nothing: the errno is the system's own word. A socket that is there and refuses is upstream-refused, one that is shut
upstream-permission.

What to do
----------
Look for the socket where nginx runs (`ls -l`), start the backend, and compare the two paths to the letter.

References
----------
unix(7); connect(2), ENOENT; nginx, src/event/ngx_event_connect.c;
https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server
"""

import polars as pl

from analyzer.rule import MISSED, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import ACCESS_AT, BACKEND_ADDRESS, CLIENT_AT, HOST, SIGN_AT, SIGN_SAYS, Hop

_SOCKET = SIGN_SAYS.col.str.extract(r"^connect\(\) to unix:(\S+) failed", 1)
_IN_TMP = _SOCKET.str.starts_with("/tmp/")  # noqa: S108  the path is a log's
_EXPECT = ("`ls -l {socket}` shows a socket (s)", "{path} is answered by the backend itself")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests for which there was no socket to connect to."""
    return journeys.filter(MISSED & TOLD).with_columns(graded((Grade.DECISIVE, pl.lit(value=True))))


RULE = Rule(
    slug="upstream-socket-missing",
    hop=Hop.UPSTREAM,
    title=("The socket {socket} is not there", "The backend's socket is not there"),
    sentence=(
        "nginx passes {path} to the socket {socket}, and there is no such file ({sign_at}).",
        "nginx passes requests to the socket {socket}, and there is no such file ({sign_at}).",
        "nginx passes this to a socket that is not there.",
    ),
    contrast=("it goes to {peer_address}; {path} to {socket}, which is not there.",),
    needs=((Input.ERROR_LOG,),),
    uses=(Input.CONFIG, Input.BACKEND_LOG),
    signs=(Sign(Hop.NGINX, r"^connect\(\) to unix:\S+ failed \((?:2|20): "),),
    apart=(HOST, BACKEND_ADDRESS),
    witnesses=(
        Witness(SIGN_AT, "the system's own word: no such file"),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("upstream-refused", "there is no socket that could refuse ({sign_at}).", when=TOLD),
        Otherwise("upstream-permission", "the errno is 2, not 13 ({sign_at}).", when=TOLD),
        Otherwise("missing-location", "nginx passed {path} on, to {socket}."),
    ),
    remedies=(
        Remedy(
            when=_IN_TMP,
            summary=(
                "Let the backend create its socket below /run instead of {socket}, and name the same path in nginx: systemd often gives nginx a /tmp of its own (PrivateTmp).",
            ),
            verify=("ls -l {socket}", "systemctl show nginx -p PrivateTmp", "{handshake_command}"),
            expect=_EXPECT,
            if_it_still_fails=("Start the backend, and compare the two paths to the letter.",),
        ),
        Remedy(
            summary=(
                "Start the backend that creates {socket}, or let nginx name the path at which it creates its socket.",
                "Start the backend that creates the socket, or let nginx name the path at which it does.",
            ),
            verify=("ls -l {socket}", "ss -lxp", "{handshake_command}"),
            expect=_EXPECT,
            if_it_still_fails=(
                "If the file is there and nginx does not see it, one of the two runs in a container or with PrivateTmp: share the folder.",
                "A service that creates its folder below /run loses it at a reboot: RuntimeDirectory= of systemd keeps it.",
            ),
        ),
    ),
    asks=(
        Ask(
            TOLD,
            ask="the backend's log from its last start on, and what `ss -lxp` prints",
            why="It tells whether the backend runs, and at which path it listens.",
            command="ss -lxp",
        ),
    ),
    find=find,
    names={"socket": _SOCKET},
    explains=("upstream-exhausted",),
    watch=(
        "Alert when {socket} is not there for ten seconds, and start the backend before nginx.",
        "Alert when the backend's socket is not there for ten seconds.",
    ),
)
