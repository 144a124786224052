"""The system forbids nginx to connect: SELinux, or the rights of a socket.

What happened
-------------
nginx asked the system for a connection to the backend and was told `Permission denied`. For a TCP address no file has
rights, so something like SELinux or AppArmor forbids it. For a unix socket the user that nginx's workers run as may not
write to the socket, or may not enter a folder on the way to it.

How it is known
---------------
- `connect() to 127.0.0.1:8000 failed (13: Permission denied) while connecting to upstream`
- `connect() to unix:/run/app.sock failed (13: Permission denied) while connecting to upstream`

What else it could be
---------------------
Nothing: the errno is the system's own word. A socket that is not there is upstream-socket-missing, one on which nobody
listens upstream-refused.

What to do
----------
SELinux: `setsebool -P httpd_can_network_connect 1`, after `ausearch` has shown that it was SELinux. Socket: give
nginx's user the right to write to it, by the group the backend creates it with, and to enter every folder above it.

References
----------
connect(2), EACCES; unix(7), "Pathname socket ownership and permissions"; httpd_selinux(8);
nginx, src/event/ngx_event_connect.c
"""

import polars as pl

from analyzer.rule import DIALLED, MISSED, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import ACCESS_AT, BACKEND_ADDRESS, CLIENT_AT, HOST, SIGN_AT, SIGN_SAYS, Hop

_SOCKET = SIGN_SAYS.col.str.extract(r"^connect\(\) to unix:(\S+) failed", 1)
_ADDRESS = pl.when(_SOCKET.is_null()).then(
    pl.coalesce(SIGN_SAYS.col.str.extract(r"^connect\(\) to (\S+) failed", 1), DIALLED)
)
_EXPECT = ("nginx's error log no longer says `Permission denied`", "{path} is answered by the backend itself")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests for which the system forbade the connection to the backend."""
    return journeys.filter(MISSED & TOLD).with_columns(graded((Grade.DECISIVE, pl.lit(value=True))))


RULE = Rule(
    slug="upstream-permission",
    hop=Hop.UPSTREAM,
    title=(
        "nginx may not write to the socket {socket}",
        "The system forbids nginx to connect to {tcp_address}",
        "The system forbids nginx to connect to the backend",
    ),
    sentence=(
        "nginx passes {path} to the socket {socket}, and its user may not write there or may not enter a folder above it ({sign_at}).",
        "nginx may not write to the socket {socket}, or may not enter a folder above it ({sign_at}).",
        "nginx passes {path} to {tcp_address} and the system forbids the connection ({sign_at}). An address has no rights as a file has: on such a machine it is SELinux or AppArmor.",
        "The system forbids nginx the connection to {tcp_address} ({sign_at}): for a TCP address that is SELinux or AppArmor.",
        "The system forbids nginx the connection to the backend.",
    ),
    contrast=("it goes to {peer_address}, to which nginx may connect; {path} does not.",),
    needs=((Input.ERROR_LOG,),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(Hop.NGINX, r"^connect\(\) (?:to \S+ )?failed \((?:13|10013): [^)]*\) while connecting to upstream"),
        Sign(Hop.NGINX, r"^connect\(\) to unix:\S+ failed \(13: [^)]*\)\s*$"),  # copied without what it was doing
    ),
    apart=(HOST, BACKEND_ADDRESS),
    witnesses=(
        Witness(SIGN_AT, "the system's own word: Permission denied"),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("upstream-refused", "the system forbade the attempt itself ({sign_at}).", when=TOLD),
        Otherwise("upstream-socket-missing", "the errno is 13, not 2 ({sign_at}).", when=_SOCKET.is_not_null()),
    ),
    remedies=(
        Remedy(
            when=_SOCKET.is_not_null(),
            summary=(
                "Let the backend create {socket} with a group to which nginx's user belongs, mode 660, and let that user enter every folder above it (`namei -l {socket}`).",
            ),
            verify=("namei -l {socket}", "ps -o user= -C nginx | sort -u", "{handshake_command}"),
            expect=_EXPECT,
            if_it_still_fails=(
                "A socket in a home folder is shut off by the folder's mode 700: let it lie below /run.",
                "If all rights are there, SELinux forbids it: `ausearch -m avc -c nginx`.",
            ),
        ),
        Remedy(
            summary=(
                "If `ausearch -m avc -c nginx` shows that SELinux denied it, allow nginx to connect: `setsebool -P httpd_can_network_connect 1`.",
            ),
            verify=(
                "ausearch -m avc -c nginx -ts recent",
                "getsebool httpd_can_network_connect",
                "{handshake_command}",
            ),
            expect=_EXPECT,
            if_it_still_fails=(
                "`getenforce` says Disabled: look at AppArmor (`journalctl -k | grep apparmor`) or at a container's profile.",
            ),
        ),
    ),
    asks=(
        Ask(
            _SOCKET.is_null(),
            ask="what `ausearch -m avc -c nginx -ts recent` prints",
            why="It names the rule that forbade it.",
            command="ausearch -m avc -c nginx -ts recent",
        ),
        Ask(
            _SOCKET.is_not_null(),
            ask="what `namei -l` prints for the socket's path, and nginx's user",
            why="It shows which step of the path is shut.",
            command="namei -l {socket}",
        ),
    ),
    find=find,
    names={"socket": _SOCKET, "tcp_address": _ADDRESS},
    explains=("upstream-exhausted",),
    watch="Alert on any `Permission denied` in nginx's error log while it connects to an upstream.",
)
