"""nginx removed a prefix of the path that the backend needs.

What happened
-------------
`proxy_pass` with a URI part (`http://backend/` counts: the single slash is one) replaces the text that the location
matched; a `rewrite` may do the same. The backend got a shorter path than the client asked for, and has no such route.

How it is known
---------------
- The backend's log shows a strict suffix of the requested path.
- The config proves it: the location's `proxy_pass` has a URI part, or a `rewrite` matches, and the path that the model
  arrives at is that suffix.
- Nothing that goes through this location works, while paths that keep their prefix do.

What else it could be
---------------------
Often stripping is intended, and the backend has no such route at all (backend-route-missing). `proxy_pass` WITHOUT a
URI part (`http://backend`) passes the path on unchanged: it never strips, however often that is told.

What to do
----------
Write `proxy_pass` without the URI part, or take the `rewrite` out; where the location also drops the handshake, forward
it there as well. Test with `nginx -t`, reload, and look for the full path in the backend's log.

References
----------
nginx, src/http/modules/ngx_http_proxy_module.c, ngx_http_proxy_create_request;
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
"""

import polars as pl

from analyzer.nginx import keep_path
from analyzer.nginx.patching.keep_handshake import keep_handshake
from analyzer.paths import path_of
from analyzer.rule import ANSWER, MISSED, Ask, Grade, Input, Otherwise, Remedy, Rule, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    BACKEND_KIND,
    BACKEND_SAYS,
    BACKEND_TARGET,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    MESSAGE,
    OUTCOME,
    PATH,
    PLACE_OR_PATH,
    REMOVED,
    ROUTE_ADDRESS,
    ROUTE_HAS_URI,
    ROUTE_LACKS,
    ROUTE_PROXY_PASS_AT,
    ROUTE_REMOVED,
    ROUTE_REWRITE_AT,
    ROUTE_TARGET,
    Hop,
    Kind,
    Outcome,
)

_FIRST_SEGMENT = r"^(/[^/]+)"
_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND = 400, 403, 404
_PERHAPS_NO_ROUTE = ANSWER.is_in([_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, 405, 426]) | ANSWER.is_null()
# ASGI servers refuse a handshake to an unknown path with 403, `ws` with 400; to a plain request these mean a route
_NO_SUCH_ROUTE = (ANSWER == _NOT_FOUND) | ANSWER.is_null() | (HANDSHAKE.col & ANSWER.is_in([_BAD_REQUEST, _FORBIDDEN]))
# socket.io hangs up, after a second and without a word, on a handshake to a path that it does not serve
_HUNG_UP = (HANDSHAKE.col & MESSAGE.col.str.contains("^upstream prematurely closed ")).fill_null(value=False)
_CHANNELS_SAYS_SO = BACKEND_SAYS.col.str.contains("No route found for path '").fill_null(value=False)  # answered 500
_OWN_REASON = r"(?i)auth|token|jwt|credential|permission|signature|expired|origin|forbidden by"
_WITHOUT_REQUEST = BACKEND_SAYS.col.str.replace_all(r'"[^"]*"|/\S*', "")
_EXPLAINED = (BACKEND_KIND.col == Kind.ORIGIN_REJECTED) | _WITHOUT_REQUEST.str.contains(_OWN_REASON)

_VERIFY = ("nginx -t && nginx -s reload", "{handshake_command}")
_EXPECT = (
    "the backend's log shows {raw_path} in full",
    "the client's connection to {url} opens",
)
_IF_IT_STILL_FAILS = (
    "If the backend now logs the full path and still refuses it, it has no such route: compare its routes.",
    "If it still logs the short path, nginx was not reloaded, or another location wins.",
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests of which only a tail arrived, at a backend to which no shortened path gets through."""
    backend_saw, config_says = REMOVED.col.is_not_null(), ROUTE_REMOVED.col.is_not_null()
    missed = journeys.filter(MISSED, backend_saw | config_says)
    if missed.is_empty():
        return missed
    worked = journeys.filter(OUTCOME.col == Outcome.OK)
    shortened = worked.filter(backend_saw | config_says)
    upstreams = shortened[ROUTE_ADDRESS.name].drop_nulls().unique().to_list()
    intended = ROUTE_ADDRESS.col.is_in(upstreams) | pl.lit(shortened.height > 0) & ROUTE_ADDRESS.col.is_null()
    wants_prefix = _asked_with_prefix(worked)
    lost = journeys.filter(ANSWER == _NOT_FOUND, backend_saw | config_says)
    others_lost = PLACE_OR_PATH.col.is_in(lost[PLACE_OR_PATH.name].drop_nulls().unique().to_list())
    told_apart = others_lost.fill_null(value=False) | ANSWER.ne_missing(_FORBIDDEN)
    speaks = _CHANNELS_SAYS_SO | (
        _NO_SUCH_ROUTE.fill_null(value=False) & told_apart
    )  # a 403 without words may be a token's
    config_allows = config_says | ROUTE_TARGET.col.is_null()  # a variable that nobody knows
    grade = graded(
        (Grade.AGREED, backend_saw & config_says & wants_prefix & speaks),
        (Grade.CORROBORATED, backend_saw & config_allows & (wants_prefix | HANDSHAKE.col) & speaks),
        (Grade.CORROBORATED, config_says & BACKEND_AT.col.is_null() & HANDSHAKE.col & ANSWER.is_not_null() & speaks),
        (Grade.CONSISTENT, (backend_saw & config_allows) | (config_says & BACKEND_AT.col.is_null())),
    )
    as_a_tail = _PERHAPS_NO_ROUTE | _CHANNELS_SAYS_SO | _HUNG_UP
    lost_there = missed.filter(as_a_tail, ~intended.fill_null(value=False), ~_EXPLAINED.fill_null(value=False))
    return lost_there.with_columns(grade)


def _asked_with_prefix(worked: pl.DataFrame) -> pl.Expr:
    """Whether this backend answers other paths that begin like this one; another address is another backend."""
    arrived = path_of(pl.coalesce(BACKEND_TARGET.col, ROUTE_TARGET.col))
    began = worked.select(ROUTE_ADDRESS.col, arrived.str.extract(_FIRST_SEGMENT, 1).alias("began"))
    served = began.drop_nulls("began").unique()
    begins = PATH.col.str.extract(_FIRST_SEGMENT, 1)
    by_address = served.drop_nulls(ROUTE_ADDRESS.name).select(_address_and(pl.col("began"))).to_series()
    somewhere = ROUTE_ADDRESS.col.is_null() & begins.is_in(served["began"].to_list())
    return _address_and(begins).is_in(by_address.to_list()).fill_null(value=False) | somewhere.fill_null(value=False)


def _address_and(begins: pl.Expr) -> pl.Expr:
    return pl.concat_str(ROUTE_ADDRESS.col, begins, separator=" ")


RULE = Rule(
    slug="path-stripped",
    hop=Hop.NGINX,
    title=(
        "nginx removes {removed} from the path before the backend sees it",
        "nginx shortens {path} before the backend sees it",
    ),
    sentence=(
        "The backend was asked for {backend_path} instead of {raw_path}: `proxy_pass {replacing_proxy_pass}` ({proxy_pass_at}) has a URI part, which replaces {removed}.",
        "The backend was asked for {backend_path} instead of {raw_path}: `{rewrite}` ({rewrite_at}) removes {removed}.",
        "The backend was asked for {backend_path} instead of {raw_path}: a captured path in `location {location}` ({location_at}) removes {removed}.",
        "The backend was asked for {backend_path} instead of {raw_path}: something in front of it removes {removed}.",
        "`proxy_pass {replacing_proxy_pass}` ({proxy_pass_at}) has a URI part: the backend is asked for {route_path} instead of {raw_path}.",
        "`{rewrite}` ({rewrite_at}) matches: the backend is asked for {route_path} instead of {raw_path}.",
        "{path} arrives at the backend without its beginning.",
    ),
    contrast=(
        "it arrives at the backend as {peer_backend_path} (`proxy_pass {peer_proxy_pass}`, {peer_proxy_pass_at}); {path} arrives as {backend_path}.",
        "it arrives at the backend as {peer_backend_path}; {path} arrives as {backend_path}.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.BACKEND_LOG, Input.CONFIG),),
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(BACKEND_AT, "the backend was asked for {backend_path}"),
        Witness(
            ROUTE_PROXY_PASS_AT,
            ("the URI part of `{replacing_proxy_pass}` replaces what the location matched", "it is passed on here"),
        ),
        Witness(ROUTE_REWRITE_AT, "this rewrite takes {removed} away"),
        Witness(ACCESS_AT, ("nginx was asked for {raw_path} and answered {answer}", "nginx was asked for {raw_path}")),
        Witness(CLIENT_AT, "the client dialled {raw_path}"),
    ),
    alternatives=(
        Otherwise(
            "missing-location", "a location takes the path and passes it on (`location {location}`, {location_at})."
        ),
        Otherwise("backend-route-missing", "the backend never saw {raw_path}: it was asked for {backend_path}."),
        Otherwise(
            "missing-upgrade-headers",
            "the backend saw a WebSocket handshake ({backend_at}).",
            when=BACKEND_KIND.col != Kind.REQUEST,
        ),
        Otherwise("upstream-refused", "the backend answered ({backend_at})."),
        Otherwise("origin-rejected", "nothing speaks of an origin; the path it was asked for is not the one dialled."),
    ),
    remedies=(
        Remedy(
            when=HANDSHAKE.col & (ROUTE_LACKS.col.list.len() > 0),
            patch=lambda fault: keep_handshake(fault.config, fault.failed),
            summary=(
                "Write `proxy_pass {replacing_proxy_pass}` without its URI part at {proxy_pass_at}, and forward {lacks} there.",
                "Take `{rewrite}` ({rewrite_at}) out of `location {location}`, and forward {lacks} there.",
                "Let `location {location}` ({location_at}) pass the path on unchanged, and forward {lacks} there.",
            ),
            verify=_VERIFY,
            expect=_EXPECT,
            if_it_still_fails=_IF_IT_STILL_FAILS,
        ),
        Remedy(
            patch=lambda fault: keep_path(fault.config, fault.failed),
            summary=(
                "Write `proxy_pass {replacing_proxy_pass}` without its URI part at {proxy_pass_at}: then the path arrives unchanged.",
                "Take `{rewrite}` ({rewrite_at}) out of `location {location}`: then the path arrives unchanged.",
                "Let `location {location}` ({location_at}) pass the path on unchanged: without the captured path in proxy_pass.",
                "Write `proxy_pass` without a URI part (`http://backend`, not `http://backend/`) for this location.",
            ),
            verify=_VERIFY,
            expect=_EXPECT,
            if_it_still_fails=_IF_IT_STILL_FAILS,
        ),
    ),
    asks=(
        Ask(
            ROUTE_HAS_URI.col.is_null(),
            ask="the nginx config",
            why="It shows which proxy_pass or rewrite shortens the path: then the fix is a tested patch.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            BACKEND_AT.col.is_null(),
            ask="the backend's log of the same minutes",
            why="It would show the path that arrived.",
        ),
    ),
    find=find,
    supersedes=("missing-upgrade-headers", "backend-crashed"),
    watch=(
        "Run `lasthop route` for {path} against the config before each reload, and compare the path that the backend would receive.",
        "Run `lasthop route` for each path against the config before each reload, and compare what the backend would receive.",
    ),
)
