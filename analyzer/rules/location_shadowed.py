r"""A location for this path exists, and another one wins.

What happened
-------------
nginx does not take the first location that fits. An exact one (`=`) ends the search; else the longest prefix is
remembered, and if it has no `^~`, the regexes are asked in their order: the first that fits wins over any prefix. So
`location ~ \.(js|json)$` takes `/ws/feed.json` from `location /ws/`, and a regex above another takes what both fit.

How it is known
---------------
- The config: nginx's own selection, carried out for this path, ends in another location than the one that names it,
  and that one would have passed it on.
- What came of it in the log: a file looked for on disk, a refusal, a handshake without its headers.

What else it could be
---------------------
A shorter prefix that loses to a longer one is how configs are written, and no fault. Where the winner passes the request
to the same backend, the cause lies behind it.

What to do
----------
Write `^~` before the prefix that is to win over the regexes, or make the regex narrower.

References
----------
nginx, src/http/ngx_http_core_module.c, ngx_http_core_find_location;
https://nginx.org/en/docs/http/ngx_http_core_module.html#location
"""

import polars as pl

from analyzer.nginx import prefer_prefix
from analyzer.rule import (
    ANSWER,
    MISSED,
    SOCKET_LIKE,
    Ask,
    Grade,
    Input,
    Note,
    Otherwise,
    Remedy,
    Rule,
    Witness,
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    CLIENT_AT,
    ERROR_AT,
    HANDSHAKE,
    HOST,
    NGINX_SEEN,
    PLACE_OR_PATH,
    ROUTE_LACKS,
    ROUTE_LOCATION_AT,
    ROUTE_OUTCOME,
    ROUTE_SHADOWED,
    ROUTE_SHADOWED_AT,
    ROUTE_STATUS,
    WANTED,
    Hop,
    Seen,
    Wanted,
)

_BY_REGEX = ROUTE_SHADOWED.col.str.contains(r"^location (?:\^~ )?/")
_AS_THE_CONFIG_SAYS = ROUTE_STATUS.col.is_null() | (ROUTE_STATUS.col == ANSWER)
_NO_ROUTE = ANSWER.is_in([400, 403, 404, 405, 426])


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that a location took which does not do for them what the beaten one would."""
    handshake = HANDSHAKE.col.fill_null(value=False)
    meant = handshake | WANTED.col.is_in([Wanted.CLIENT, Wanted.PASTE, Wanted.BACKEND])
    plain_at_backend = (ROUTE_OUTCOME.col == "proxied") & (ROUTE_LACKS.col.list.len() > 0) & _NO_ROUTE & SOCKET_LIKE
    kept = ROUTE_OUTCOME.col.is_in(["static", "answered", "denied", "closed"])
    stripped = handshake & (ROUTE_OUTCOME.col == "proxied") & (ROUTE_LACKS.col.list.len() > 0) & _NO_ROUTE
    fits = (kept | stripped) & _AS_THE_CONFIG_SAYS
    grade = graded(
        (Grade.AGREED, fits & (NGINX_SEEN.col == Seen.SEEN)),
        (Grade.CORROBORATED, fits),
        (Grade.CONSISTENT, (ROUTE_OUTCOME.col == "proxied") & handshake & _NO_ROUTE),
        (Grade.CONSISTENT, plain_at_backend),
    )
    return journeys.filter(MISSED, meant | plain_at_backend, ROUTE_SHADOWED.col.is_not_null()).with_columns(grade)


RULE = Rule(
    slug="location-shadowed",
    hop=Hop.NGINX,
    title=(
        "`location {location}` takes {path} from `{shadowed}`",
        "Another location takes {path}",
        "Another location takes this request",
    ),
    sentence=(
        "`{shadowed}` ({shadowed_at}) is there for {path}, and `location {location}` ({location_at}) wins: it looked for the file {file} and answered {answer}.",
        "`{shadowed}` ({shadowed_at}) is there for {path}, and `location {location}` ({location_at}) wins: it passes it to {address} without {lacks}, and the answer was {answer}.",
        "`{shadowed}` ({shadowed_at}) is there for {path}, and `location {location}` ({location_at}) wins: the answer was {answer}.",
        "`{shadowed}` ({shadowed_at}) is there for {path}, and `location {location}` ({location_at}) wins.",
        "Another location wins over the one that is there for {path}.",
        "Another location wins over the one that is there for this path.",
    ),
    contrast=(
        "its `location {peer_location}` ({peer_location_at}) passes it on; {path} is taken by `location {location}`.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.CONFIG,),),
    uses=(Input.ERROR_LOG, Input.ACCESS_LOG, Input.CLIENT_LOG),
    names={
        "shadowed": ROUTE_SHADOWED.col,
        "shadowed_at": pl.concat_str(
            ROUTE_SHADOWED_AT.col.struct.field("source"),
            pl.lit(":"),
            ROUTE_SHADOWED_AT.col.struct.field("line").cast(pl.String),
        ),
        "prefix": pl.when(_BY_REGEX).then(ROUTE_SHADOWED.col.str.extract(r"(/\S*)$", 1)),
    },
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(ROUTE_LOCATION_AT, "this location wins"),
        Witness(ROUTE_SHADOWED_AT, "this one is there for {path}, and is beaten"),
        Witness(ERROR_AT, ("nginx looked for {file}", "nginx's own words")),
        Witness(BACKEND_AT, "what arrived at the backend"),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("missing-location", "a location for {path} is there: `{shadowed}` ({shadowed_at})."),
        Otherwise("wrong-server-block", "the server for {host} was chosen by name ({server_at}, {server_why})."),
        Otherwise("missing-upgrade-headers", "what lacks is that of `location {location}`, which was not meant."),
    ),
    notes=(
        Note(
            ROUTE_SHADOWED.col.is_not_null(),
            "An exact `=` ends the search, `^~` on the longest prefix keeps the regexes out, and of the regexes the first that fits wins: the order of the prefixes counts for nothing.",
        ),
    ),
    remedies=(
        Remedy(
            when=_BY_REGEX,
            patch=lambda fault: prefer_prefix(fault.config, fault.failed, fault.likewise),
            summary=(
                "Write `location ^~ {prefix}` ({shadowed_at}): then no regex takes what begins with it. The same goes for any other location that it beats.",
                "Write `^~` before the prefix that is to win: then no regex takes what begins with it.",
            ),
            verify=("nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("the backend's log tells of {path}", "nginx's access log shows 101 for {websocket_path}"),
            if_it_still_fails=(
                "The regex may do something for other paths below the same prefix: then make it narrower instead.",
                "If the backend now refuses it, its own answer is the next cause.",
            ),
        ),
        Remedy(
            summary=(
                "Make `location {location}` ({location_at}) narrower, or move `{shadowed}` ({shadowed_at}) above it.",
                "Make the location that wins narrower, or write the one for {path} so that it wins.",
                "Make the location that wins narrower.",
            ),
            verify=("nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("the backend's log tells of {path}",),
            if_it_still_fails=("`lasthop route --explain` tells for any path which location wins, and why.",),
        ),
    ),
    asks=(
        Ask(
            BACKEND_AT.col.is_null() & (ROUTE_OUTCOME.col == "proxied"),
            ask="the backend's log of the same minutes",
            why="It would show what arrived.",
        ),
    ),
    find=find,
    supersedes=("missing-location", "missing-upgrade-headers", "path-stripped", "denied-by-nginx"),
    watch=(
        "Run `lasthop route` for {path} against the config before each reload, and stop when another location takes it.",
        "Run `lasthop route` for each path against the config before each reload, and stop when another location takes it.",
    ),
)
