"""nginx put something before the path, or lost a slash of it.

What happened
-------------
`proxy_pass` with a URI part or a variable, or a `rewrite`, made another path of the one that was asked for: a prefix
stands in it twice (`/api/api/...`), a slash came in double (`location /ws` with `proxy_pass http://backend/;`), or two names
ran into one (`location /ws/` with `proxy_pass http://backend/ws;` asks for `/wschat`). The backend has no such route.

How it is known
---------------
- The backend's log shows the longer path, or the one with the slash.
- The config proves it: the path that the model arrives at is that one.

What else it could be
---------------------
A prefix may be added on purpose; then other requests of the same location work. A path that lost its beginning is
path-stripped. A backend that takes the path and refuses it has a reason of its own.

What to do
----------
Write `proxy_pass` without a URI part, or let location and URI part both end in a slash, or neither.

References
----------
nginx, src/http/modules/ngx_http_proxy_module.c, ngx_http_proxy_create_request;
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
"""

import polars as pl

from analyzer.nginx import keep_path
from analyzer.paths import path_of
from analyzer.rule import ANSWER, MISSED, Ask, Grade, Input, Otherwise, Remedy, Rule, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ADDED,
    BACKEND_AT,
    BACKEND_TARGET,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    NEAR_PATH,
    OUTCOME,
    PATH,
    PLACE_OR_PATH,
    ROUTE_ADDED,
    ROUTE_PROXY_PASS_AT,
    ROUTE_REWRITE_AT,
    ROUTE_SLASH,
    ROUTE_TARGET,
    SLASH,
    Hop,
    Outcome,
)

_NOT_FOUND = 404
_NO_ROUTE = ANSWER.is_in([400, 403, 404, 405, 426, 500, 502])
_SAW = ADDED.col.is_not_null() | SLASH.col.is_not_null()
_SAYS = ROUTE_ADDED.col.is_not_null() | ROUTE_SLASH.col.is_not_null()
_EXTRA = pl.coalesce(ADDED.col, ROUTE_ADDED.col)
_TWICE = _EXTRA.is_not_null() & PATH.col.str.starts_with(_EXTRA)
_SLASHES = pl.coalesce(SLASH.col, ROUTE_SLASH.col)
_ODD = (_TWICE | _SLASHES.is_not_null()).fill_null(value=False)
_LIKE_NO_ROUTE = (ANSWER == _NOT_FOUND) | (HANDSHAKE.col.fill_null(value=False) & _NO_ROUTE)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that arrived longer than they were sent, where nothing works that arrives so."""
    works = journeys.filter(OUTCOME.col == Outcome.OK, _SAYS | _SAW)[PLACE_OR_PATH.name]
    intended = PLACE_OR_PATH.col.is_in(works.drop_nulls().unique().to_list()).fill_null(value=False)
    handshake = HANDSHAKE.col.fill_null(value=False)
    unknown = ROUTE_TARGET.col.is_null()
    grade = graded(
        (Grade.AGREED, _SAW & _SAYS & _ODD & _LIKE_NO_ROUTE),
        (Grade.CORROBORATED, _SAW & (_SAYS | unknown) & _LIKE_NO_ROUTE),
        (Grade.CORROBORATED, _SAYS & _ODD & BACKEND_AT.col.is_null() & handshake & _NO_ROUTE),
        (Grade.CONSISTENT, _SAYS & BACKEND_AT.col.is_null() & (_NO_ROUTE | ANSWER.is_null())),
    )
    by_client = NEAR_PATH.col.is_not_null() | PATH.col.str.contains("//", literal=True)
    return journeys.filter(MISSED, ~intended, ~by_client).with_columns(grade)


RULE = Rule(
    slug="path-prefixed",
    hop=Hop.NGINX,
    title=(
        "nginx puts {twice} before {path} once more",
        "nginx puts {extra} before {path}",
        "A slash of {path} is {slash} on its way to the backend",
        "{path} arrives at the backend as another path",
        "A path arrives at the backend as another one",
    ),
    sentence=(
        "The backend was asked for {backend_path} instead of {raw_path}: `{rewrite}` ({rewrite_at}) puts {extra} before it.",
        "The backend was asked for {backend_path} instead of {raw_path}: `proxy_pass {proxy_pass}` ({proxy_pass_at}) makes that of it.",
        "The backend was asked for {backend_path} instead of {raw_path}: something in front of it makes that of it.",
        "`{rewrite}` ({rewrite_at}) matches: the backend is asked for {route_path} instead of {raw_path}.",
        "`proxy_pass {proxy_pass}` ({proxy_pass_at}) makes {route_path} of {raw_path}, and the answer was {answer}.",
        "`proxy_pass {proxy_pass}` ({proxy_pass_at}) makes {route_path} of {raw_path}.",
        "{path} arrives at the backend as another path.",
        "The path arrives at the backend as another one.",
    ),
    contrast=(
        "it arrives at the backend as {peer_backend_path}; {path} arrives as {backend_path}.",
        "its `proxy_pass {peer_proxy_pass}` ({peer_proxy_pass_at}) leaves the path as it is; `proxy_pass {proxy_pass}` does not.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.BACKEND_LOG, Input.CONFIG),),
    uses=(Input.ACCESS_LOG, Input.CLIENT_LOG),
    names={
        "extra": _EXTRA,
        "twice": pl.when(_TWICE).then(_EXTRA),
        "slash": _SLASHES,
        "arrives_as": path_of(pl.coalesce(BACKEND_TARGET.col, ROUTE_TARGET.col)),
    },
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(BACKEND_AT, "the backend was asked for {backend_path}"),
        Witness(ROUTE_PROXY_PASS_AT, "what stands behind the address takes the place of what the location matched"),
        Witness(ROUTE_REWRITE_AT, ("this rewrite puts {extra} before it", "this rewrite changes the path")),
        Witness(ACCESS_AT, ("nginx was asked for {raw_path} and answered {answer}", "nginx was asked for {raw_path}")),
        Witness(CLIENT_AT, "the client dialled {raw_path}"),
    ),
    alternatives=(
        Otherwise("path-stripped", "nothing was taken away: {raw_path} arrives as {arrives_as}."),
        Otherwise("backend-route-missing", "the backend never saw {raw_path}: it was asked for {arrives_as}."),
        Otherwise("missing-location", "a location takes it and passes it on (`location {location}`, {location_at})."),
        Otherwise("upstream-refused", "the backend answered ({backend_at})."),
    ),
    remedies=(
        Remedy(
            when=_SLASHES.is_not_null() & _EXTRA.is_null(),
            summary="Let `proxy_pass {proxy_pass}` ({proxy_pass_at}) and `location {location}` both end in a slash, or neither: now {raw_path} arrives as {arrives_as}. Both, if the backend knows the path without the prefix; neither, if it knows it with it.",
            verify=("nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("the backend's log shows the path with single slashes", "the client's connection to {url} opens"),
            if_it_still_fails=("If the backend still refuses it, compare its routes with the path that it logs now.",),
        ),
        Remedy(
            patch=lambda fault: keep_path(fault.config, fault.failed),
            summary=(
                "Take `{rewrite}` ({rewrite_at}) out of `location {location}`: then the path arrives unchanged.",
                "Write `proxy_pass {proxy_pass}` ({proxy_pass_at}) without what stands behind the address, or let it and `location {location}` both end in a slash: now {raw_path} arrives as {arrives_as}.",
                "Write `proxy_pass` without a URI part, or let location and URI part both end in a slash, or neither.",
            ),
            verify=("nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("the backend's log shows {raw_path} as it was sent", "the client's connection to {url} opens"),
            if_it_still_fails=(
                "If the backend now logs the path as it was sent and still refuses it, it has no such route: compare its routes.",
                "If it still logs the other path, nginx was not reloaded, or another location wins.",
                "A prefix that the client has in its base URL already must not be added again in nginx.",
            ),
        ),
    ),
    asks=(
        Ask(
            ROUTE_TARGET.col.is_null(),
            ask="the nginx config",
            why="It shows which proxy_pass or rewrite changes the path.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            BACKEND_AT.col.is_null(),
            ask="the backend's log of the same minutes",
            why="It would show the path that arrived.",
        ),
    ),
    find=find,
    supersedes=("missing-upgrade-headers", "backend-route-missing", "path-stripped"),
    watch=(
        "Run `lasthop route` for {path} against the config before each reload, and compare the path that the backend would receive.",
        "Run `lasthop route` for each path against the config before each reload, and compare what the backend would receive.",
    ),
)
