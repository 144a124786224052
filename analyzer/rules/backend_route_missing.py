"""The request arrived with its path unchanged, and the backend has no such route.

What happened
-------------
Every hop did its work: the backend was asked for exactly the path that the client asked for. It has no handler for it: an
older build runs, the route stands under another prefix, or the path was never there.

How it is known
---------------
- The backend's log shows exactly the requested path, and the backend refused it: `No route found for path 'x'`,
  `Unknown WebSocket path: /x`, 404.
- What an unknown WebSocket path is answered with depends on the server: 403 by ASGI servers (uvicorn, hypercorn), 500 by
  Channels, 404 by aiohttp, tornado and express, 400 by `ws` with a path option.

What else it could be
---------------------
A path that arrived shortened is path-stripped, one that arrived longer path-prefixed; one that the backend serves under a
like name is client-wrong-url. A 403 of an ASGI server may be a refusal of its application as well (origin-rejected,
auth-rejected): only its own words tell them apart. A plain GET says nothing of a WebSocket's route
(missing-upgrade-headers).

What to do
----------
Compare the path with the routes that the running build has; deploy the build that has it, or call the path that it has.

References
----------
formats of uvicorn, Channels (channels/routing.py, URLRouter), aiohttp, tornado, ws (lib/websocket-server.js, abortHandshake)
"""

import polars as pl

from analyzer.paths import UNFILLED
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
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    ADDED,
    BACKEND_AT,
    BACKEND_KIND,
    BACKEND_PLAIN,
    BACKEND_SAYS,
    BACKEND_SEEN,
    BACKEND_STATUS,
    BACKEND_TARGET,
    CLIENT_AT,
    CLIENT_SEEN,
    HANDSHAKE,
    HOST,
    NEAR_PATH,
    NGINX_SEEN,
    OUTCOME,
    PATH,
    PATH_KEY,
    REMOVED,
    ROUTE_LACKS,
    ROUTE_REMOVED,
    SIGN_AT,
    SIGN_SAYS,
    WANTED,
    Hop,
    Kind,
    Outcome,
    Seen,
    Wanted,
)

_NOT_FOUND, _FORBIDDEN = 404, 403
_ARRIVED = BACKEND_TARGET.col.str.extract(r"^([^?#]*)", 1)
_UNCHANGED = PATH.col == _ARRIVED
_SENT = (NGINX_SEEN.col == Seen.SEEN) | (CLIENT_SEEN.col == Seen.SEEN)
_AS_A_HANDSHAKE = (HANDSHAKE.col & ~BACKEND_PLAIN.col.fill_null(value=False)).fill_null(value=False)
_PLAIN_BY_CONFIG = (ROUTE_LACKS.col.list.len() > 0).fill_null(value=False)
_CHANGED = REMOVED.col.is_not_null() | ROUTE_REMOVED.col.is_not_null() | ADDED.col.is_not_null()
# daphne answers an unknown path with 500 and tornado with 404: their 403 is the application's or the origin check's
_BY_APPLICATION = BACKEND_SAYS.col.str.contains(r"^\"?(?:WSREJECT|WebSocket REJECT)\b|^403 GET /")
_UNASKED = SIGN_SAYS.col.str.contains(
    r"(?:^Not Found: /|^No mapping for GET /|\bNo static resource /?)"
    r"(?:\.?\]?$|favicon|robots\.txt|apple-touch-icon|\.well-known/)"
)
_REFUSED = BACKEND_KIND.col.is_in([Kind.HANDSHAKE_REJECTED, Kind.REQUEST, Kind.HANDSHAKE_RECEIVED])


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that the backend was asked for as the client asked, and for which it has no route."""
    arrived = (BACKEND_SEEN.col == Seen.SEEN) & _UNCHANGED & _REFUSED
    as_sent = _AS_A_HANDSHAKE | (HANDSHAKE.col == pl.lit(value=False))
    not_found, forbidden = BACKEND_STATUS.col == _NOT_FOUND, BACKEND_STATUS.col == _FORBIDDEN
    grade = graded(
        (Grade.DECISIVE, TOLD & arrived & _SENT & as_sent),
        (Grade.CORROBORATED, arrived & _SENT & as_sent & not_found),
        (Grade.CONSISTENT, arrived & _SENT & not_found),
        (Grade.CONSISTENT, TOLD & (WANTED.col != Wanted.CONDITION)),
        (Grade.CONSISTENT, arrived & _SENT & _AS_A_HANDSHAKE & forbidden & ~_BY_APPLICATION.fill_null(value=False)),
    )
    opened = journeys.filter(HANDSHAKE.col, OUTCOME.col == Outcome.OK)[PATH_KEY.name].drop_nulls().unique().to_list()
    of_another_kind = ~HANDSHAKE.col.fill_null(value=False) & PATH_KEY.col.is_in(opened).fill_null(value=False)
    misspelled = NEAR_PATH.col.is_not_null() | PATH.col.str.contains(UNFILLED).fill_null(value=False)
    by_proxy = ANSWER.is_in([502, 503, 504]).fill_null(value=False)  # what the backend answered did not come through
    told = ~by_proxy & ~_UNASKED.fill_null(value=False) & ~of_another_kind & ~misspelled
    return journeys.filter(MISSED, told, ~_CHANGED, ~_PLAIN_BY_CONFIG).with_columns(grade)


RULE = Rule(
    slug="backend-route-missing",
    hop=Hop.BACKEND,
    title=("The backend has no route {path}", "The backend has no route for this path"),
    sentence=(
        "{unchanged} arrived at the backend unchanged, and the backend has no such route: it says `{sign}` ({sign_at}).",
        "{unchanged} arrived at the backend unchanged, and was answered {backend_status} ({backend_at}): the backend has no such route.",
        "The backend has no route {path}: it says `{sign}` ({sign_at}).",
        "The backend has no route for this path: it says `{sign}` ({sign_at}).",
        "The backend has no route {path}.",
        "The backend has no route for this path.",
    ),
    contrast=(
        "the same backend serves it ({peer_backend_at}); {path} it does not know.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.BACKEND_LOG,),),
    uses=(Input.ACCESS_LOG, Input.CLIENT_LOG, Input.CONFIG),
    signs=(
        Sign(
            Hop.BACKEND,
            r"No route found for path '|\bNo route matches \[[A-Z]+\] \"|Phoenix\.Router\.NoRouteError|no route found for (?:GET|POST) /",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)\b(?:unknown|unhandled|no handler for|no route for) (?:web ?socket|ws|upgrade)s? (?:upgrade )?(?:path|route|endpoint|url|request|target)\b",
        ),
        Sign(Hop.BACKEND, r"^No mapping for [A-Z]+ /|\bNoResourceFoundException: [^\n]*\bNo static resource "),
        Sign(Hop.BACKEND, r"\bNotFoundException: Cannot (?:GET|POST|PUT|PATCH|DELETE) /|^Not Found: /"),
    ),
    names={"unchanged": pl.when(_UNCHANGED & _SENT).then(PATH_KEY.col)},
    apart=(HOST, PATH_KEY),
    witnesses=(
        Witness(SIGN_AT, "the backend's own words"),
        Witness(
            BACKEND_AT,
            (
                "the backend was asked for {backend_path}, and answered {backend_status}",
                "the backend was asked for {backend_path}",
                "the backend refused it",
            ),
        ),
        Witness(ACCESS_AT, ("nginx passed {raw_path} on, and the answer was {answer}", "nginx passed it on")),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise(
            "path-stripped", "the path arrived as it was sent: {backend_path} ({backend_at}).", when=_UNCHANGED & _SENT
        ),
        Otherwise("missing-location", "the request reached the backend ({backend_at})."),
        Otherwise("missing-upgrade-headers", "it arrived as a handshake ({backend_at}).", when=_AS_A_HANDSHAKE),
        Otherwise("origin-rejected", "the backend names the path as its reason ({sign_at}).", when=TOLD),
        Otherwise("upstream-refused", "the backend answered ({backend_at})."),
    ),
    remedies=(
        Remedy(
            summary=(
                "Compare {path} with the routes of the build that runs: deploy the build that has it, or let the client call the path that it has.",
                "Compare the path with the routes of the build that runs: deploy the build that has it, or let the client call the path that it has.",
            ),
            verify=("{handshake_command}",),
            expect=("the backend's log shows {path} taken instead of refused",),
            if_it_still_fails=(
                "A prefix may stand twice or not at all: an application mounted under /api has its routes below it.",
                "See which build runs: its start-up lines, or its image's digest.",
            ),
        ),
    ),
    asks=(
        Ask(
            ~_SENT,
            ask="nginx's access log or the client's, and the nginx config",
            why="They tell which path the client asked for: it may have been changed on its way.",
        ),
        Ask(
            ~TOLD & _AS_A_HANDSHAKE,
            ask="the backend's list of WebSocket routes",
            why="An ASGI server answers an unknown path and a refusal of its application alike.",
        ),
    ),
    find=find,
    watch=(
        "Ask for {path} right after each deployment, and stop the rollout on a 404.",
        "Ask for each route right after each deployment, and stop the rollout on a 404.",
    ),
)
