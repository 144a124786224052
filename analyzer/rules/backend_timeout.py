"""The backend took the request and did not answer in time.

What happened
-------------
nginx had a connection to the backend and sent the request, and no answer began within `proxy_read_timeout` (60 s by
default, counted from one read to the next). The backend hangs, waits for something of its own (a database, a lock, a
call), or simply needs longer.

How it is known
---------------
- `upstream timed out (110: Connection timed out) while reading response header from upstream`, or `while sending
  request to upstream`.
- Without the error log: a 504 that nginx made itself (`$upstream_header_time` is `-`).

What else it could be
---------------------
`while connecting to upstream` means that no connection came about (upstream-unreachable). A backend that has too few
workers alive says so in its own log (worker-starved). A WebSocket that was open is idle-timeout.

What to do
----------
Find what the backend waits for; raise `proxy_read_timeout` for a path that may take long, and for no other.

References
----------
nginx, src/http/ngx_http_upstream.c, ngx_http_upstream_process_header;
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout; RFC 9110, section 15.6.5
"""

import polars as pl

from analyzer.rule import (
    DIALLED,
    MISSED,
    READ_TIMEOUT_S,
    TOLD,
    TOOK,
    Ask,
    Grade,
    Input,
    Note,
    Otherwise,
    Remedy,
    Rule,
    Sign,
    Witness,
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_ADDRESS,
    BACKEND_AT,
    BACKEND_SEEN,
    CLIENT_AT,
    ERROR_AT,
    HANDSHAKE,
    HOST,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    READ_TIMEOUT,
    READ_TIMEOUT_AT,
    SIGN_AT,
    STATUS,
    UPSTREAM_HEADER_TIME,
    UPSTREAM_STATUS,
    Hop,
    Outcome,
    Seen,
)

_GATEWAY_TIMEOUT = 504
_BY_NGINX = (STATUS.col == _GATEWAY_TIMEOUT) & ERROR_AT.col.is_null() & (NGINX_SEEN.col == Seen.SEEN)
_ANSWERED = UPSTREAM_HEADER_TIME.col.str.contains(r"[0-9]\s*$").fill_null(value=False) | (
    UPSTREAM_STATUS.col.is_not_null() & ~UPSTREAM_STATUS.col.str.contains(r"504\s*$")
)
_CONNECT_S = 60.0  # proxy_connect_timeout's default: a 504 after as long may mean that no connection came about
_AS_LONG_AS_SET = (READ_TIMEOUT_S != _CONNECT_S) & (TOOK - READ_TIMEOUT_S).is_between(-1.0, 3.0)
_HAD_IT = (BACKEND_SEEN.col == Seen.SEEN) | _AS_LONG_AS_SET.fill_null(value=False)
_OFTEN = 10
_EXPECT = (
    "nginx's error log no longer says `upstream timed out` for {path}",
    "{path} is answered by the backend itself",
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests on whose answer nginx gave up; a rare one of a path that works is no more than slow."""
    worked = (OUTCOME.col == Outcome.OK).sum().over(PATH_KEY.name)
    late = (MISSED & (TOLD | (STATUS.col == _GATEWAY_TIMEOUT))).fill_null(value=False)
    seldom = worked >= _OFTEN * late.sum().over(PATH_KEY.name)
    grade = graded(
        (Grade.CONSISTENT, MISSED & TOLD & seldom),
        (Grade.DECISIVE, MISSED & TOLD),
        (Grade.CONSISTENT, MISSED & _BY_NGINX & ~_ANSWERED & ~seldom & _HAD_IT),
    )
    return journeys.with_columns(grade)


RULE = Rule(
    slug="backend-timeout",
    hop=Hop.BACKEND,
    title=("The backend does not answer {path} in time", "The backend does not answer in time"),
    sentence=(
        "The backend at {dialled} took {path} and did not begin an answer within {patience}: nginx gave up ({sign_at}) as `{read_timeout}` ({read_timeout_at}) says.",
        "The backend at {dialled} took {path} and did not begin an answer within {patience}, nginx's default for `proxy_read_timeout`: nginx gave up ({sign_at}).",
        "The backend at {dialled} took {path} and did not begin an answer in time: nginx gave up after {took} s ({sign_at}).",
        "The backend at {dialled} took {path} and did not begin an answer in time: nginx gave up ({sign_at}).",
        "{path} was answered with 504 after {took} s ({access_at}): nginx waited for {dialled}, as it does where a backend hangs.",
        "{path} was answered with 504 ({access_at}): nginx gave up on the backend. Its error log tells whether a connection had come about.",
        "The backend took {path} and did not begin an answer in time.",
        "The backend took a request and did not begin an answer in time.",
    ),
    contrast=(
        "it is answered with {peer_status} by the same backend; {path} is not answered in time.",
        "it is answered with {peer_status}; {path} is not answered in time.",
    ),
    needs=((Input.ERROR_LOG, Input.ACCESS_LOG),),
    uses=(Input.CONFIG, Input.BACKEND_LOG),
    signs=(
        Sign(
            Hop.NGINX,
            r"^upstream timed out \([^)]*\) while (?:reading response header from|sending request to) upstream",
        ),
    ),
    apart=(HOST, BACKEND_ADDRESS),
    witnesses=(
        Witness(SIGN_AT, "nginx had waited for the answer, and gave up"),
        Witness(
            ACCESS_AT, ("nginx answered {path} with {answer} after {took} s", "nginx answered {path} with {answer}")
        ),
        Witness(READ_TIMEOUT_AT, "this says for how long nginx waits"),
        Witness(BACKEND_AT, "the backend's own record of the request"),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("upstream-refused", "a connection to {dialled} came about ({error_at}).", when=TOLD),
        Otherwise("upstream-unreachable", "a connection came about and the request was sent ({error_at}).", when=TOLD),
        Otherwise("backend-crashed", "the connection was still there when nginx gave up ({error_at}).", when=TOLD),
        Otherwise("missing-location", "nginx passed {path} on, to {dialled}."),
    ),
    remedies=(
        Remedy(
            when=HANDSHAKE.col,
            summary=(
                "Find why the backend at {dialled} does not answer the handshake of {path}: it hangs, or it waits for something before it accepts.",
                "Find why the backend does not answer the handshake: it hangs, or it waits for something before it accepts.",
            ),
            verify=("{handshake_command}",),
            expect=_EXPECT,
            if_it_still_fails=("Dial the backend itself, without nginx: if that hangs too, nginx is not concerned.",),
        ),
        Remedy(
            summary=(
                "Find what the backend at {dialled} waits for in {path} (a query, a lock, a call of its own). Only if it may take that long, give this path a longer `proxy_read_timeout`.",
                "Find what the backend waits for. Only if it may take that long, give this path a longer `proxy_read_timeout`.",
            ),
            verify=(
                "curl -s -o/dev/null -w '%{{http_code}} %{{time_total}}\\n' http://{dialled}{path}",
                "{handshake_command}",
            ),
            expect=_EXPECT,
            if_it_still_fails=(
                "If curl gets an answer from the backend at once, all its workers were busy at that time: count them.",
                "A stack of the hanging process (`py-spy dump`, `jstack`, `kill -USR1` for Node) shows where it waits.",
            ),
        ),
    ),
    notes=(
        Note(
            TOLD & (BACKEND_SEEN.col == Seen.SEEN),
            "The backend's log has the request ({backend_at}): it got there, and nginx did not wait for its end.",
        ),
    ),
    asks=(
        Ask(
            ERROR_AT.col.is_null(),
            ask="nginx's error log of these minutes",
            why="It tells a backend that took the request and hangs from one to which no connection came about.",
        ),
        Ask(
            BACKEND_AT.col.is_null(),
            ask="the backend's log of these minutes",
            why="It tells whether the backend hangs, is slow in this path alone, or ran out of workers.",
        ),
    ),
    find=find,
    names={
        "dialled": DIALLED,
        "took": pl.when(TOOK >= 1).then(TOOK.round(1).cast(pl.String)),
        "patience": READ_TIMEOUT.col.str.extract(r"(\S+)$", 1),
        "read_timeout": READ_TIMEOUT.col,
        "read_timeout_at": pl.concat_str(
            READ_TIMEOUT_AT.col.struct.field("source"), READ_TIMEOUT_AT.col.struct.field("line"), separator=":"
        ),
    },
    explains=("upstream-exhausted",),
    watch=(
        "Alert when the slowest twentieth of the answers for {path} takes more than half of nginx's `proxy_read_timeout`.",
        "Alert when the slowest twentieth of the answers takes more than half of nginx's `proxy_read_timeout`.",
    ),
)
