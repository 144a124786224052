"""nginx had marked every server of the upstream down, and asked none of them.

What happened
-------------
After `max_fails` failures a server of an `upstream` block is left out for `fail_timeout` (1 failure and 10 seconds by
default). Once all are left out, nginx answers 502 without asking anybody.

How it is known
---------------
- `no live upstreams while connecting to upstream`. The line names the `upstream` block, not a server.

What else it could be
---------------------
This is never the cause: each server was marked down by a failure of its own, which stands in earlier lines of the same
log. It is named only where those lines were not handed in.

What to do
----------
Fetch the error log of the seconds before the first of these lines, and mend what it says.

References
----------
nginx, src/http/ngx_http_upstream_round_robin.c, ngx_http_upstream_get_peer;
https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_fails
"""

import polars as pl

from analyzer.rule import DIALLED, MISSED, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import ACCESS_AT, CLIENT_AT, HOST, SIGN_AT, Hop


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests for which no server of the upstream was left."""
    return journeys.filter(MISSED & TOLD).with_columns(graded((Grade.CORROBORATED, pl.lit(value=True))))


RULE = Rule(
    slug="upstream-exhausted",
    hop=Hop.UPSTREAM,
    title=(
        "every server of the upstream {dialled} had been marked down",
        "every server of the upstream had been marked down",
    ),
    sentence=(
        "nginx asked nobody for {path}: each server of {dialled} had just failed and was left out ({sign_at}). What failed stands in earlier lines, which are not here.",
        "nginx asked nobody: each server of the upstream had just failed and was left out ({sign_at}). What failed stands in earlier lines, which are not here.",
        "nginx asked nobody: each server of the upstream had just failed. What failed stands in earlier lines, which are not here.",
    ),
    contrast=("it goes to {peer_address}, which answers; of {dialled} no server was left.",),
    needs=((Input.ERROR_LOG,),),
    signs=(Sign(Hop.NGINX, r"^no live upstreams while connecting to upstream"),),
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, "no server was left to ask; this follows from failures before it"),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("missing-location", "nginx passed {path} on, to the upstream {dialled}."),
        Otherwise("upstream-unresolved", "the upstream's servers had addresses: they were asked before ({sign_at})."),
    ),
    remedies=(
        Remedy(
            summary=(
                "Find what marked the servers down: the error log of the minute before says `connect() failed`, `timed out` or `prematurely closed`, with each server's address. Mend that.",
            ),
            verify=("grep -B20 -m1 'no live upstreams' /var/log/nginx/error.log", "{handshake_command}"),
            expect=("lines with the address of each server, and what it failed with",),
            if_it_still_fails=(
                "Failures of one slow path mark a server down for all: `proxy_next_upstream` and `max_fails` say which failures count.",
            ),
        ),
    ),
    asks=(
        Ask(
            TOLD,
            ask="nginx's error log of the minute before the first of these lines",
            why="The servers were marked down by failures that it names; they are the cause.",
            command="grep -B50 -m1 'no live upstreams' /var/log/nginx/error.log",
        ),
    ),
    find=find,
    names={"dialled": DIALLED},
    watch="Alert on any `no live upstreams` in nginx's error log.",
)
