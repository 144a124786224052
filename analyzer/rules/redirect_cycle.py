"""nginx sends a request round in a circle inside itself until it gives up.

What happened
-------------
`try_files`, `rewrite ... last`, `error_page` or `index` send a request on inside nginx, to a location that sends it back. After
ten rounds nginx answers 500. Most often the last argument of `try_files` names a file that is not there: `/index.html`
of a build that never arrived at `root`.

How it is known
---------------
- nginx's error log: `rewrite or internal redirection cycle while processing "..."`, or `... while internally redirecting
  to "..."`.

What else it could be
---------------------
A circle of redirects that the *browser* sees (`ERR_TOO_MANY_REDIRECTS`) is another thing: that is answered by 301 and
302, each a request of its own (redirected). A 500 of the backend has an upstream in nginx's log.

What to do
----------
See whether the file that the last argument names exists below `root`. Let a fallback end: `=404`, or a named location.

References
----------
nginx, src/http/ngx_http_core_module.c, ngx_http_internal_redirect, ngx_http_core_post_rewrite_phase;
https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files
"""

import polars as pl

from analyzer.rule import MISSED, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, evident, graded
from analyzer.schema import (
    ACCESS_AT,
    CLIENT_AT,
    HOST,
    OUTCOME,
    PHASE,
    PLACE_OR_PATH,
    ROUTE_DECIDED,
    ROUTE_DECIDED_AT,
    ROUTE_LOCATION_AT,
    SIGN_AT,
    Hop,
    Outcome,
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that nginx gave up on; where nothing at all works, everybody's."""
    nothing_works = pl.lit(journeys.filter(OUTCOME.col == Outcome.OK).is_empty())
    meant = journeys.with_columns(evident(TOLD & nothing_works))
    return meant.filter(MISSED).with_columns(graded((Grade.DECISIVE, TOLD)))


RULE = Rule(
    slug="redirect-cycle",
    hop=Hop.NGINX,
    title=("nginx sends {path} round in a circle", "nginx sends a request round in a circle"),
    sentence=(
        "nginx sent {path} on inside itself, to {circle}, again and again, and gave up with 500 ({sign_at}): `{decided}` ({decided_at}).",
        "nginx sent {path} on inside itself, to {circle}, again and again, and gave up with 500 ({sign_at}).",
        "nginx sent a request on inside itself, to {circle}, again and again, and gave up with 500 ({sign_at}).",
        "nginx sent it on inside itself again and again, and gave up with 500.",
    ),
    contrast=(
        "its `location {peer_location}` ({peer_location_at}) ends at {peer_address}; that of {path} leads back to itself.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.ERROR_LOG,),),
    uses=(Input.CONFIG,),
    signs=(Sign(Hop.NGINX, r"^rewrite or internal redirection cycle while "),),
    names={
        "circle": PHASE.col.str.extract(r'(?:processing|redirecting to) "([^"]*)"'),
        "decided": ROUTE_DECIDED.col,
        "decided_at": pl.concat_str(
            ROUTE_DECIDED_AT.col.struct.field("source"),
            pl.lit(":"),
            ROUTE_DECIDED_AT.col.struct.field("line").cast(pl.String),
        ),
    },
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(SIGN_AT, ("nginx gave up here: it had come back to {circle} ten times", "nginx gave up here")),
        Witness(ROUTE_DECIDED_AT, "this sends it on"),
        Witness(ROUTE_LOCATION_AT, "the location in which it goes round"),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("backend-error", "nginx answered by itself; no backend was asked ({sign_at})."),
        Otherwise("missing-location", "nginx names the circle as its reason ({sign_at}), not a missing file."),
    ),
    remedies=(
        Remedy(
            when=PHASE.col.str.starts_with("processing"),
            summary=(
                "Let the `rewrite` that leads {path} back to its own location end with `break` instead of `last`: `{decided}` ({decided_at}).",
                "Let the `rewrite` that leads {path} back to its own location end with `break` instead of `last`.",
                "Let the `rewrite` that leads back to its own location end with `break` instead of `last`.",
            ),
            verify=("nginx -T | grep -nE 'rewrite|location'", "nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("nginx's error log has no more `redirection cycle`", "the backend's log tells of {path}"),
            if_it_still_fails=("Several rewrites may hand it to each other: follow them with `rewrite_log on;`.",),
        ),
        Remedy(
            summary=(
                "See whether {circle} exists below `root`, and let the fallback that names it end (`=404`), or point it at a file that is there.",
                "See whether the file that the fallback names exists below `root`, and let the fallback end (`=404`).",
            ),
            verify=(
                "nginx -T | grep -nE 'try_files|error_page|rewrite|index|root'",
                "nginx -t && nginx -s reload",
                "{handshake_command}",
            ),
            expect=(
                "nginx's error log has no more `redirection cycle`",
                "{path} is answered with something else than 500",
            ),
            if_it_still_fails=(
                "A path that belongs to the backend should not come to this location at all: it needs one of its own with proxy_pass.",
                "`rewrite ... last` starts the search for a location anew: `break` ends it.",
                "An error_page that is itself missing goes round as well.",
            ),
        ),
    ),
    asks=(
        Ask(
            ROUTE_LOCATION_AT.col.is_null(),
            ask="the nginx config",
            why="It shows which try_files, rewrite or error_page leads back to itself.",
            command="nginx -T > nginx-T.txt",
        ),
    ),
    find=find,
    supersedes=("missing-location",),
    watch=(
        "Alert on any `rewrite or internal redirection cycle` in nginx's error log: {path} was one.",
        "Alert on any `rewrite or internal redirection cycle` in nginx's error log.",
    ),
)
