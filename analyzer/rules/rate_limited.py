"""nginx refused it because a limit of its own was reached.

What happened
-------------
`limit_req` (requests in a time) or `limit_conn` (connections at once) counts by a key, mostly the client's address. Who
is above the limit is refused by nginx itself, with 503 or `limit_req_status`: the backend never sees the request. An
open WebSocket counts as one connection for as long as it is open, and people behind one address share one count.

How it is known
---------------
- nginx's error log: `limiting requests, excess: ... by zone "..."` or `limiting connections by zone "..."`.
- Or the config: a limit is in force at this location, and nginx answered with its status without asking the backend.

What else it could be
---------------------
`delaying request` and `dry run` refuse nobody. A 429 or 503 of the backend has an upstream in nginx's log. A limit that
keeps scanners out works as written: only handshakes, and requests that somebody missed, are told.

What to do
----------
Give the handshake's location a limit of its own or none, with a `burst` as large as the number of tabs and devices that
reconnect at once; let clients wait longer after each refusal. Behind a proxy set `real_ip_header`, or all count as one.

References
----------
https://nginx.org/en/docs/http/ngx_http_limit_req_module.html, https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html;
nginx, src/http/modules/ngx_http_limit_req_module.c, ngx_http_limit_conn_module.c
"""

import polars as pl

from analyzer.rule import ANSWER, MISSED, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    CLIENT,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    PLACE_OR_PATH,
    ROUTE_LIMITS,
    ROUTE_LOCATION_AT,
    ROUTE_OUTCOME,
    SIGN_AT,
    SIGN_SAYS,
    TIME,
    WANTED,
    Hop,
    Wanted,
)

_TOO_MANY, _UNAVAILABLE = 429, 503
_BY_NGINX = ANSWERED_BY.col == Hop.NGINX
_AS_LIMITED = ANSWER.is_in([_TOO_MANY, _UNAVAILABLE])
_IN_FORCE = ROUTE_LIMITS.col.is_not_null() & (ROUTE_OUTCOME.col == "proxied")
_REALLY = ~SIGN_SAYS.col.str.contains("dry run", literal=True)
_MANY, _AT_ONCE_S = 20, 0.25


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Handshakes, and requests that somebody missed, that a limit refused."""
    missed_by_people = HANDSHAKE.col.fill_null(value=False) | WANTED.col.is_in([Wanted.CLIENT, Wanted.PASTE])
    handshake = HANDSHAKE.col.fill_null(value=False)
    grade = graded(
        (Grade.DECISIVE, TOLD & _REALLY),
        (Grade.AGREED, handshake & _AS_LIMITED & _BY_NGINX & _IN_FORCE),
        (Grade.CORROBORATED, handshake & (ANSWER == _TOO_MANY) & _BY_NGINX),
        (Grade.CORROBORATED, handshake & (ANSWER == _TOO_MANY) & _IN_FORCE),
        (Grade.CONSISTENT, handshake & (ANSWER == _UNAVAILABLE) & _IN_FORCE & ANSWERED_BY.col.is_null()),
    )
    return journeys.filter(MISSED & missed_by_people).filter(~_flood().fill_null(value=False)).with_columns(grade)


def _flood() -> pl.Expr:
    """One client, many at once, and nobody's log complains: that is whom a limit is for."""
    span = (TIME.col.max() - TIME.col.min()).dt.total_milliseconds() / 1000
    dense = (pl.len() >= _MANY) & (span / pl.len() < _AT_ONCE_S)
    return dense.over(CLIENT.name) & CLIENT.col.is_not_null() & CLIENT_AT.col.is_null()


RULE = Rule(
    slug="rate-limited",
    hop=Hop.NGINX,
    title=(
        "nginx's limit `{zone}` refuses {path}",
        "nginx's own limit refuses {path}",
        "nginx's own limit refuses this",
    ),
    sentence=(
        "nginx refused {path} with {answer}: the limit of the zone {zone} was reached (`{sign}`, {sign_at}).",
        "nginx refused {path}: the limit of the zone {zone} was reached (`{sign}`, {sign_at}).",
        "nginx refused it: the limit of the zone {zone} was reached (`{sign}`, {sign_at}).",
        "nginx answered {path} with {answer} and asked no backend; at this location a limit is in force: `{limits}`.",
        "{path} was answered with {answer}; a limit is in force at its location: `{limits}`.",
        "{path} was answered with {answer} by nginx itself: that is the status of a limit.",
        "A limit of nginx's own refused this request.",
    ),
    contrast=(
        "no limit refused it, and the backend answered; {path} was refused before the backend was asked.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.ERROR_LOG, Input.ACCESS_LOG),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(Hop.NGINX, r"^limiting requests, excess: "),
        Sign(Hop.NGINX, r"^limiting connections by zone "),
    ),
    names={
        "zone": SIGN_SAYS.col.str.extract(r'by zone "([^"]+)"'),
        "excess": SIGN_SAYS.col.str.extract(r"excess: ([0-9.]+)"),
        "limits": ROUTE_LIMITS.col,
        "connections": pl.when(SIGN_SAYS.col.str.contains(r"^limiting connections")).then(SIGN_SAYS.col),
    },
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(SIGN_AT, ("the limit of the zone {zone} refused it", "a limit refused it")),
        Witness(ROUTE_LOCATION_AT, "here `{limits}` is in force"),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("backend-error", "nginx refused it by itself and asked no backend ({sign_at}).", when=TOLD),
        Otherwise("upstream-exhausted", "nginx names the limit of the zone {zone} as its reason ({sign_at})."),
        Otherwise("denied-by-nginx", "nginx names a limit as its reason, no rule of access ({sign_at})."),
    ),
    notes=(
        Note(
            SIGN_SAYS.col.str.contains(r"^limiting connections"),
            "An open WebSocket counts as a connection for as long as it is open: a limit made for pages is used up by a few tabs.",
        ),
    ),
    remedies=(
        Remedy(
            when=SIGN_SAYS.col.str.contains(r"^limiting connections") | ROUTE_LIMITS.col.str.starts_with("limit_conn"),
            summary=(
                "Raise `limit_conn {zone}` at the location of {path}, or leave it out there: every open WebSocket counts as long as it lasts.",
                "Raise `limit_conn` at the location of the WebSocket, or leave it out there: every open WebSocket counts as long as it lasts.",
            ),
            verify=("nginx -T | grep -n limit_conn", "nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("nginx's error log has no more `limiting connections` for {path}", "{path} is answered with 101"),
            if_it_still_fails=(
                "Behind a load balancer all clients may have one address: set real_ip_header and set_real_ip_from.",
                "Sockets that clients left open without a word are counted until a timeout ends them.",
            ),
        ),
        Remedy(
            summary=(
                "Give the location of {path} a limit of its own (`limit_req zone={zone} burst=... nodelay;` as large as the reconnects of one address), or none.",
                "Give the location of {path} a limit of its own with a larger `burst`, or none, and let clients wait longer after each refusal.",
                "Give the location a limit of its own with a larger `burst`, or none, and let clients wait longer after each refusal.",
            ),
            verify=("nginx -T | grep -n limit_req", "nginx -t && nginx -s reload", "{handshake_command}"),
            expect=(
                "nginx's error log has no more `limiting requests` for {path}",
                "{path} is answered by the backend",
            ),
            if_it_still_fails=(
                "Behind a load balancer all clients may have one address: set real_ip_header and set_real_ip_from.",
                "A client that reconnects at once after every refusal keeps itself above the limit.",
            ),
        ),
    ),
    asks=(
        Ask(
            ROUTE_LIMITS.col.is_null(),
            ask="the nginx config",
            why="It shows the rate, the burst and the key by which is counted.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            ~TOLD,
            ask="nginx's error log of the same minutes",
            why="It names the zone whose limit was reached, if a limit it was.",
        ),
    ),
    find=find,
    supersedes=("denied-by-nginx", "missing-upgrade-headers"),
    watch=(
        "Alert when nginx refuses more than one request in a hundred for {path} by its limit.",
        "Alert when nginx refuses more than one request in a hundred by its limit.",
    ),
)
