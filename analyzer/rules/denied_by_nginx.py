"""nginx itself refuses the request: a rule of access, a password, a question put elsewhere, or `return 403`.

What happened
-------------
`allow` and `deny`, `auth_basic`, `auth_request`, `limit_except`, `return 403` or 444 close a path. What the author closes
for strangers is as it should be; here somebody was refused who was to get in: browsers cannot send a password with a
WebSocket, an address list does not know the load balancer's address, a handshake falls under a rule made for pages.

How it is known
---------------
- nginx's error log: `access forbidden by rule`, `user "..." was not found in`, `password mismatch`, `no user/password was
  provided` (at *info*), `auth request unexpected status`.
- Or the config: the location that takes the path refuses it, and that is the answer in the log.

What else it could be
---------------------
The backend answers 401 and 403 too (auth-rejected, origin-rejected): then nginx's log has an upstream. `directory index
of ... is forbidden` is a path that no location passes on.

What to do
----------
Take the path out of the rule: `allow` the clients, `auth_basic off;` in the WebSocket's own location, and let the
backend ask for a token. Behind a load balancer set `real_ip_header`, or every client has the balancer's address.

References
----------
nginx, src/http/modules/ngx_http_access_module.c, ngx_http_auth_basic_module.c, ngx_http_auth_request_module.c;
https://nginx.org/en/docs/http/ngx_http_access_module.html
"""

import polars as pl

from analyzer.rule import ANSWER, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_SEEN,
    CLIENT_AT,
    ERROR_AT,
    HANDSHAKE,
    HOST,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    PLACE_OR_PATH,
    ROUTE_DECIDED,
    ROUTE_DECIDED_AT,
    ROUTE_OUTCOME,
    ROUTE_STATUS,
    SIGN_AT,
    SIGN_SAYS,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_CLOSED, _UNAUTHORIZED, _REFUSED = 444, 401, [401, 403, 444]
_BY_NGINX = ANSWERED_BY.col == Hop.NGINX
_REFUSES = r"^(?:deny|auth_|satisfy|return (?:401|403|444))"
_BY_CONFIG = (
    ROUTE_OUTCOME.col.is_in(["denied", "closed", "answered"])
    & ROUTE_DECIDED.col.str.contains(_REFUSES)
    & ((ROUTE_STATUS.col == ANSWER) | ((ROUTE_OUTCOME.col == "closed") & (ANSWER == _CLOSED)))
)
_BY_A_CONDITION = (ROUTE_OUTCOME.col == "unknown") & ROUTE_DECIDED.col.is_not_null()
_BY_USER = r"^no user/password|^user \""
_ASKED_ELSEWHERE = r"^auth request unexpected"


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that were refused by nginx, and that somebody wanted who was to get in."""
    handshake = HANDSHAKE.col.fill_null(value=False)
    meant = handshake | WANTED.col.is_in([Wanted.CLIENT, Wanted.PASTE, Wanted.BACKEND])
    works = journeys.filter(OUTCOME.col == Outcome.OK)[PATH_KEY.name].drop_nulls().unique().to_list()
    for_others = PATH_KEY.col.is_in(works).fill_null(value=False) & (WANTED.col != Wanted.PASTE)
    stranger = for_others & CLIENT_AT.col.is_null()
    wordless = ERROR_AT.col.is_null()
    refused = ANSWER.is_in(_REFUSED)
    by_password = (ANSWER == _UNAUTHORIZED) & _BY_A_CONDITION & ROUTE_DECIDED.col.str.starts_with("auth_basic ")
    grade = graded(
        (Grade.DECISIVE, TOLD),
        (Grade.AGREED, _BY_CONFIG & (NGINX_SEEN.col == Seen.SEEN) & (handshake | CLIENT_AT.col.is_not_null())),
        (Grade.CORROBORATED, _BY_CONFIG),
        (Grade.CORROBORATED, handshake & refused & _BY_NGINX & wordless),
        (Grade.CORROBORATED, handshake & (ANSWER == _CLOSED) & wordless),
        (Grade.CORROBORATED, handshake & by_password & (BACKEND_SEEN.col != Seen.SEEN)),
        (Grade.CONSISTENT, handshake & refused & _BY_A_CONDITION & (BACKEND_SEEN.col != Seen.SEEN)),
    )
    return journeys.filter(OUTCOME.col != Outcome.OK, WANTED.col.is_not_null(), meant, ~stranger).with_columns(grade)


RULE = Rule(
    slug="denied-by-nginx",
    hop=Hop.NGINX,
    title=(
        "nginx refuses {path}: `{refusing}`",
        "nginx itself refuses {path}",
        "nginx itself refuses a request",
    ),
    sentence=(
        "nginx refused {path} with {answer} by itself: `{sign}` ({sign_at}); `{refusing}` ({decided_at}) closes it.",
        "nginx refused {path} with {answer} by itself: `{sign}` ({sign_at}).",
        "nginx refused {path} by itself: `{sign}` ({sign_at}).",
        "nginx refused a request by itself: `{sign}` ({sign_at}).",
        "nginx answered {path} with {answer} by itself: `{refusing}` ({decided_at}) closes it.",
        "nginx answered {path} with {nobody_asked} and asked no backend; who may come in depends on {condition} ({decided_at}).",
        "{path} was answered with {answer}; who may come in depends on {condition} ({decided_at}).",
        "nginx answered {path} with {nobody_asked} by itself, and asked no backend.",
        "{path} was refused by nginx itself.",
        "nginx itself refused the request.",
    ),
    contrast=(
        "its `location {peer_location}` ({peer_location_at}) lets it in; {path} is refused.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.ERROR_LOG, Input.ACCESS_LOG, Input.CONFIG),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(Hop.NGINX, r"^access forbidden by rule"),
        Sign(Hop.NGINX, r"^no user/password was provided for basic authentication"),
        Sign(Hop.NGINX, r'^user "[^"]*"(?: was not found in "|: password mismatch)'),
        Sign(Hop.NGINX, r"^auth request unexpected status: [0-9]+"),
    ),
    names={
        "refusing": pl.when(_BY_CONFIG | (TOLD & ROUTE_DECIDED.col.str.contains(_REFUSES))).then(ROUTE_DECIDED.col),
        "nobody_asked": pl.when(_BY_NGINX | (ANSWER == _CLOSED)).then(ANSWER),
        "condition": pl.when(_BY_A_CONDITION).then(ROUTE_DECIDED.col),
        "decided_at": pl.concat_str(
            ROUTE_DECIDED_AT.col.struct.field("source"),
            pl.lit(":"),
            ROUTE_DECIDED_AT.col.struct.field("line").cast(pl.String),
        ),
    },
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(SIGN_AT, "nginx's own reason"),
        Witness(
            ROUTE_DECIDED_AT, ("`{refusing}` closes {path}", "who may come in depends on {condition}", "it is here")
        ),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("origin-rejected", "nginx refused it by itself, and asked no backend ({sign_at})."),
        Otherwise("auth-rejected", "nginx refused it by itself, and asked no backend ({sign_at})."),
        Otherwise("missing-location", "nginx names a rule of access as its reason, not a file ({sign_at}).", when=TOLD),
        Otherwise("rate-limited", "nginx names a rule of access as its reason, not a limit ({sign_at}).", when=TOLD),
    ),
    remedies=(
        Remedy(
            when=SIGN_SAYS.col.str.contains(_BY_USER) | ROUTE_DECIDED.col.str.contains("auth_basic", literal=True),
            summary=(
                "Set `auth_basic off;` in a location of its own for {path}, and let the backend ask for a token: browsers send no password with a WebSocket of another origin.",
                "Set `auth_basic off;` in the WebSocket's own location, and let the backend ask for a token.",
            ),
            verify=("nginx -T | grep -n auth_basic", "nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("the answer is 101 instead of {answer}", "the backend's log tells of {path}"),
            if_it_still_fails=("If it is the password itself: `htpasswd -v FILE USER` tells whether it is right.",),
        ),
        Remedy(
            when=SIGN_SAYS.col.str.contains(_ASKED_ELSEWHERE)
            | ROUTE_DECIDED.col.str.contains("auth_request", literal=True),
            summary=(
                "See what the service that `auth_request` asks answered for {path}: only 2xx, 401 and 403 are understood, anything else becomes 500.",
                "See what the service that `auth_request` asks answered: only 2xx, 401 and 403 are understood.",
            ),
            verify=("nginx -T | grep -n auth_request", "{handshake_command}"),
            expect=("the backend's log tells of {path}",),
            if_it_still_fails=(
                "The subrequest carries the handshake's own headers: `proxy_set_header Content-Length ''; proxy_pass_request_body off;`, and no Upgrade.",
            ),
        ),
        Remedy(
            summary=(
                "Take {path} out of `{refusing}` ({decided_at}): allow the clients that are to get in, in a location of its own.",
                "Allow the clients that are to get in, in the location of {path}; behind a load balancer set real_ip_header first.",
                "Allow the clients that are to get in, in the location that refuses them; behind a load balancer set real_ip_header first.",
            ),
            verify=("nginx -T | grep -nE 'allow|deny|return 4'", "nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("the backend's log tells of {path}", "nginx's error log stays silent on it"),
            if_it_still_fails=(
                "The first rule that fits decides: `deny all;` above an `allow` lets nobody in.",
                "Behind a load balancer or CDN every client has its address until `set_real_ip_from` and `real_ip_header` are set.",
            ),
        ),
    ),
    asks=(
        Ask(
            ROUTE_OUTCOME.col.is_null(),
            ask="the nginx config",
            why="It shows which rule closes this path, and for whom.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            ~TOLD,
            ask="nginx's error log of the same minutes",
            why="It names the rule, if one of access it was.",
        ),
    ),
    find=find,
    supersedes=("missing-location", "missing-upgrade-headers", "origin-rejected"),
    watch=(
        "Alert on answers of 403 for {path} that the backend's log does not have.",
        "Alert on answers of 403 that the backend's log does not have.",
    ),
)
