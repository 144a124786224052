"""nginx refused the request's body as too large.

What happened
-------------
`client_max_body_size` (1 MB where nothing is said) is the most that nginx takes. A larger body is answered with 413
before the backend is asked; browsers often see no answer at all, only a connection that was reset.

How it is known
---------------
- nginx's error log: `client intended to send too large body: N bytes`, or `... too large chunked body`.
- Or 413 with nothing asked of the backend.

What else it could be
---------------------
A 413 with an upstream in nginx's log is the backend's own limit (body-parser, multipart settings). A strange path that
gets 413 is a scanner's.

What to do
----------
Raise `client_max_body_size` in the location that takes the uploads, not everywhere; then raise the backend's own limit.

References
----------
https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size; RFC 9110, 15.5.14;
nginx, src/http/ngx_http_core_module.c, ngx_http_core_find_config_phase; src/http/ngx_http_request_body.c
"""

import polars as pl

from analyzer.rule import (
    ANSWER,
    MISSED,
    TOLD,
    Ask,
    Grade,
    Input,
    Otherwise,
    Remedy,
    Rule,
    Sign,
    Witness,
    evident,
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_SEEN,
    CLIENT_AT,
    HOST,
    METHOD,
    OUTCOME,
    PATH,
    PATH_KEY,
    PLACE_OR_PATH,
    ROUTE_LOCATION_AT,
    SIGN_AT,
    SIGN_SAYS,
    Hop,
    Outcome,
    Seen,
)

_TOO_LARGE = 413
_ASKED = pl.concat_str(METHOD.col, PATH_KEY.col, separator=" ")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests with a body that nginx did not take; a path that takes smaller ones was wanted."""
    works = journeys.filter(OUTCOME.col == Outcome.OK, PATH.col != "/").select(_ASKED).to_series()
    takes_smaller = _ASKED.is_in(works.drop_nulls().unique().to_list()).fill_null(value=False)
    by_nginx = (ANSWERED_BY.col == Hop.NGINX) | (BACKEND_SEEN.col == Seen.ABSENT)
    refused = ANSWER == _TOO_LARGE
    grade = graded(
        (Grade.DECISIVE, TOLD),
        (Grade.CORROBORATED, refused & by_nginx),
        (Grade.CONSISTENT, refused & (BACKEND_SEEN.col != Seen.SEEN) & (ANSWERED_BY.col.is_null())),
    )
    meant = journeys.with_columns(evident(TOLD & takes_smaller))
    return meant.filter(MISSED).with_columns(grade)


RULE = Rule(
    slug="body-too-large",
    hop=Hop.NGINX,
    title=(
        "nginx refuses a body of {bytes} bytes for {path}",
        "nginx refuses the body of {path} as too large",
        "nginx refuses a body as too large",
    ),
    sentence=(
        "{method} {path} had a body of {bytes} bytes, more than `client_max_body_size` allows: nginx answered 413 and asked no backend ({sign_at}).",
        "{path} had a body larger than `client_max_body_size` allows: nginx answered 413 and asked no backend ({sign_at}).",
        "A request had a body larger than `client_max_body_size` allows: nginx answered 413 and asked no backend ({sign_at}).",
        "{path} was answered with 413, and no backend was asked: its body is larger than `client_max_body_size` allows.",
        "{path} was answered with 413: its body is larger than somebody on the way allows, most likely nginx's `client_max_body_size`.",
        "The body is larger than `client_max_body_size` allows.",
    ),
    contrast="it is answered with {peer_status} by the same server; {path} with {answer}, before the backend was asked.",
    needs=((Input.ERROR_LOG, Input.ACCESS_LOG),),
    uses=(Input.CONFIG, Input.BACKEND_LOG),
    signs=(Sign(Hop.NGINX, r"^client intended to send too large (?:chunked )?body: "),),
    names={"bytes": SIGN_SAYS.col.str.extract(r"body: ([0-9]+) bytes")},
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(SIGN_AT, ("nginx says how large it was: {bytes} bytes", "nginx names the body as its reason")),
        Witness(ROUTE_LOCATION_AT, "the location that takes {path}: the limit in force here counts"),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client saw no answer")),
    ),
    alternatives=(
        Otherwise("backend-error", "nginx refused it by itself and asked no backend ({sign_at}).", when=TOLD),
        Otherwise("header-too-large", "nginx names the body as too large, not the header ({sign_at}).", when=TOLD),
    ),
    remedies=(
        Remedy(
            summary=(
                "Set `client_max_body_size` above {bytes} bytes in `location {location}` ({location_at}), and see that the backend takes as much.",
                "Set `client_max_body_size` above {bytes} bytes in the location of {path}, and see that the backend takes as much.",
                "Set `client_max_body_size` above what is sent in the location of {path}, and see that the backend takes as much.",
                "Set `client_max_body_size` above what is sent, in the location that takes it, and see that the backend takes as much.",
            ),
            verify=(
                "nginx -T | grep -n client_max_body_size",
                "nginx -t && nginx -s reload",
                "head -c {bytes} /dev/zero | curl -i --data-binary @- {url}",
            ),
            expect=("the backend's log tells of {method} {path}", "nginx's error log stays silent on it"),
            if_it_still_fails=(
                "A `client_max_body_size` in an inner block wins over the outer one: the one of the location counts.",
                "If 413 now comes with an upstream in nginx's log, it is the backend's own limit.",
                "A load balancer or CDN in front has a limit of its own.",
            ),
        ),
    ),
    asks=(
        Ask(
            ROUTE_LOCATION_AT.col.is_null(),
            ask="the nginx config",
            why="It shows which client_max_body_size is in force at this location.",
            command="nginx -T > nginx-T.txt",
        ),
    ),
    find=find,
    passes_less=True,
    watch="Alert on any answer of 413: somebody's upload did not arrive.",
)
