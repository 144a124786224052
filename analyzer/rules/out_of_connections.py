"""nginx has no connection or file descriptor left.

What happened
-------------
Each worker of nginx holds at most `worker_connections` connections, to clients and to backends alike, and no more files
than the system lets it. A proxied request takes two, an open WebSocket keeps both for hours. What comes beyond is
answered with 500, or is not accepted at all. Towards one backend address the machine's ports may run out the same way.

How it is known
---------------
- `768 worker_connections are not enough`
- `accept4() failed (24: Too many open files)`, `socket() failed (24: ...) while connecting to upstream`
- `connect() to 10.0.0.1:80 failed (99: Cannot assign requested address)`: no local port is left.

What else it could be
---------------------
With `, reusing connections` behind it nginx has closed idle ones to make room: a warning that comes before the outage.

What to do
----------
Raise `worker_connections` together with `worker_rlimit_nofile`, and find who holds the connections (`ss -tn`).

References
----------
nginx, src/core/ngx_connection.c, ngx_get_connection, ngx_drain_connections; src/event/ngx_event_accept.c;
https://nginx.org/en/docs/ngx_core_module.html#worker_connections
"""

import polars as pl

from analyzer.rule import DIALLED, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    CLIENT_AT,
    CLIENT_STATUS,
    ERROR_AT,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    SIGN_AT,
    SIGN_SAYS,
    STATUS,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_LIMIT = SIGN_SAYS.col.str.extract(r"^([0-9]+) worker_connections ", 1)
_DESCRIPTORS = SIGN_SAYS.col.str.contains(r"\((?:24|23): ")
_PORTS = SIGN_SAYS.col.str.contains(r"\((?:99|49): ")
_ONLY_WARNED = SIGN_SAYS.col.str.contains("reusing connections", literal=True)
_EXPECT = ("nginx's error log stays silent on connections", "{path} is answered by the backend itself")
_FAILED_ITSELF = pl.coalesce(STATUS.col, CLIENT_STATUS.col).is_in([500, 503])


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """What nginx says of its own limits, and requests that met them."""
    told = journeys.filter(TOLD, OUTCOME.col != Outcome.OK)
    served = journeys.filter(NGINX_SEEN.col == Seen.SEEN, PATH_KEY.col.is_not_null())
    harmed = served.is_empty() or not served.filter(OUTCOME.col == Outcome.FAILED).is_empty()
    matters = pl.lit(harmed) | (WANTED.col == Wanted.PASTE)
    return told.with_columns(
        graded(
            (Grade.CONSISTENT, _ONLY_WARNED & ~matters),
            (Grade.CORROBORATED, _ONLY_WARNED | _PORTS),
            (Grade.DECISIVE, pl.lit(value=True)),
        )
    )


RULE = Rule(
    slug="out-of-connections",
    hop=Hop.NGINX,
    title=(
        "nginx has used up its {limit} connections per worker",
        "nginx has no file descriptor left: {descriptors}",
        "nginx is out of connections",
    ),
    sentence=(
        "Each worker of nginx may hold {limit} connections (`worker_connections`), and they are used up ({sign_at}): what comes now is answered with 500 or waits unaccepted.",
        "nginx may open no more files (`{descriptors}`, {sign_at}), and a connection is one: what comes now is answered with 500 or waits unaccepted.",
        "No local port is left for another connection from nginx to {to_address} ({sign_at}).",
        "nginx is out of connections: `{sign}` ({sign_at}).",
        "nginx is out of connections.",
    ),
    contrast=("it was answered with {peer_status} before the limit was met; {path} was not.",),
    needs=((Input.ERROR_LOG,),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(Hop.NGINX, r"^[0-9]+ worker_connections are not enough"),
        Sign(Hop.NGINX, r"^(?:accept4?|socket|open|eventfd)\(\)(?: .*)? failed \((?:24|23): "),
        Sign(Hop.NGINX, r"^connect\(\) to (?:[0-9.]+|\[[0-9a-f:]*[02-9a-f][0-9a-f:]*\]):[0-9]+ failed \((?:99|49): "),
    ),
    apart=(),
    witnesses=(
        Witness(SIGN_AT, "nginx's own words on its limit"),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise(
            "upstream-refused", "nginx could not even begin a connection ({sign_at}).", when=_DESCRIPTORS | _PORTS
        ),
        Otherwise("backend-error", "nginx made the answer itself ({error_at}).", when=ERROR_AT.col.is_not_null()),
        Otherwise(
            "rate-limited", "the limit is nginx's own number of connections, not one of the config's zones ({sign_at})."
        ),
    ),
    remedies=(
        Remedy(
            when=_DESCRIPTORS,
            summary=(
                "Raise `worker_rlimit_nofile` in nginx.conf to more than twice `worker_connections` (and LimitNOFILE of the service), and find who holds the files.",
            ),
            verify=(
                "grep 'open files' /proc/$(pgrep -o -P $(cat /run/nginx.pid))/limits",
                "ls /proc/$(pgrep -o -P $(cat /run/nginx.pid))/fd | wc -l",
                "nginx -t && nginx -s reload",
            ),
            expect=_EXPECT,
            if_it_still_fails=(
                "If the number only ever grows, connections are never closed: look at who holds them (`ss -tnp`).",
            ),
        ),
        Remedy(
            when=_PORTS,
            summary=(
                "Keep connections to {to_address} (`keepalive 64;` in its upstream block, with HTTP/1.1 and an empty Connection header), or give the backend further addresses.",
                "Keep connections to the backend (`keepalive 64;` in its upstream block, with HTTP/1.1 and an empty Connection header).",
            ),
            verify=("ss -tan state time-wait | wc -l", "sysctl net.ipv4.ip_local_port_range"),
            expect=_EXPECT,
            if_it_still_fails=("With proxy_bind the address that it names must be this machine's own.",),
        ),
        Remedy(
            summary=(
                "Raise `worker_connections {limit}` in the events block, and `worker_rlimit_nofile` to more than twice that; an open WebSocket takes two connections.",
                "Raise `worker_connections` in the events block, and `worker_rlimit_nofile` to more than twice that.",
            ),
            verify=(
                "ss -tn state established '( sport = :443 or sport = :80 )' | wc -l",
                "nginx -t && nginx -s reload",
            ),
            expect=_EXPECT,
            if_it_still_fails=(
                "If the number only ever grows, find who holds the connections (`ss -tn`): a proxy that passes to itself doubles them.",
            ),
        ),
    ),
    asks=(
        Ask(
            TOLD,
            ask="what `ss -s` and `ss -tn` print while it happens, and nginx.conf",
            why="It tells a limit that is too low from connections that nobody closes.",
            command="ss -s",
        ),
    ),
    find=find,
    names={
        "limit": _LIMIT,
        "descriptors": pl.when(_DESCRIPTORS).then(SIGN_SAYS.col),
        "to_address": pl.when(_PORTS).then(
            pl.coalesce(SIGN_SAYS.col.str.extract(r"^connect\(\) to (\S+) failed", 1), DIALLED)
        ),
    },
    covers=_FAILED_ITSELF,
    watch="Alert when nginx's active connections pass four fifths of `worker_connections`, and on `worker_connections are not enough`.",
)
