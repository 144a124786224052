"""An ordinary HTTP request was sent to a WebSocket endpoint, or a handshake to an HTTP endpoint.

What happened
-------------
A WebSocket route answers a GET with Upgrade and nothing else: a POST or a plain GET to it gets 404, 405, 400 or 426. So
does a handshake to a route that serves plain HTTP only. Nothing on the way is at fault; the request is of the wrong kind.

How it is known
---------------
- The request line and its answer (404, 405, 426), while handshakes to the same path succeed.
- Or the other way round: a handshake is refused where plain requests of the same path are answered.

What else it could be
---------------------
A GET that *was* a handshake and lost its Upgrade on the way looks the same at the backend (missing-upgrade-headers,
intermediary-strips-upgrade). A POST to a path that nobody serves is backend-route-missing, or a stranger's.

What to do
----------
Test a WebSocket route with a WebSocket client (`npx wscat -c`, `websocat`), not with curl or Postman's HTTP tab.

References
----------
RFC 6455, section 4.1; RFC 9110, sections 15.5.5, 15.5.6, 15.5.22
"""

import polars as pl

from analyzer.rule import (
    ANSWER,
    GRADE,
    MISSED,
    Ask,
    Grade,
    Input,
    Otherwise,
    Remedy,
    Rule,
    Witness,
    evident,
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_PLAIN,
    BACKEND_SEEN,
    BACKEND_STATUS,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    METHOD,
    OUTCOME,
    PATH,
    PATH_KEY,
    ROUTE_LACKS,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_ANSWERED = pl.coalesce(ANSWER, BACKEND_STATUS.col)
_OF_ANOTHER_KIND = _ANSWERED.is_in([400, 404, 405, 426, 501])
_NOT_GET = METHOD.col.is_not_null() & ~METHOD.col.is_in(["GET", "HEAD", "OPTIONS"])
_HANDSHAKE = HANDSHAKE.col.fill_null(value=False)
_SENDS = METHOD.col.is_in(["POST", "PUT", "PATCH"])
_LIKE_A_STREAM = PATH.col.str.contains(
    r"(?i)(?:^|/)(?:wss?|websockets?|sockets?|socket\.io|cable|sockjs|stream(?:ing|s)?|realtime|live)(?:/|$)"
)
_LACKS = (ROUTE_LACKS.col.list.len() > 0).fill_null(value=False)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests of one kind where only the other kind is answered."""
    ok = OUTCOME.col == Outcome.OK
    opened = journeys.filter(_HANDSHAKE, ok)[PATH_KEY.name].drop_nulls().unique().to_list()
    served = journeys.filter(~_HANDSHAKE, ok, ANSWERED_BY.col.ne_missing(Hop.NGINX))[PATH_KEY.name]
    plainly = PATH_KEY.col.is_in(served.drop_nulls().unique().to_list()).fill_null(value=False)
    opens = PATH_KEY.col.is_in(opened).fill_null(value=False)
    by_hand = ~_HANDSHAKE & opens & ~plainly & _OF_ANOTHER_KIND
    arrived = (BACKEND_SEEN.col == Seen.SEEN) | (ANSWERED_BY.col == Hop.BACKEND)
    upgraded = _HANDSHAKE & plainly & ~opens & _OF_ANOTHER_KIND & ~_LACKS & ANSWERED_BY.col.ne_missing(Hop.NGINX)
    grade = graded(
        (Grade.AGREED, by_hand & _NOT_GET & arrived),
        (Grade.CORROBORATED, by_hand),
        (Grade.CORROBORATED, upgraded & arrived),
        (Grade.CONSISTENT, upgraded),
        (
            Grade.CONSISTENT,
            _SENDS & _LIKE_A_STREAM & _ANSWERED.is_in([404, 405, 426]) & (WANTED.col == Wanted.PASTE) & ~plainly,
        ),
    )
    meant = journeys.with_columns(evident(by_hand & _SENDS & (PATH.col != "/")))
    return meant.filter(MISSED).with_columns(grade)


RULE = Rule(
    slug="method-mismatch",
    hop=Hop.CLIENT,
    title=(
        "{plain_method} was sent to {path}, a WebSocket endpoint",
        "A handshake was sent to {handshake_path}, which serves plain HTTP",
        "{path} was asked in the wrong way",
        "A WebSocket endpoint was asked in plain HTTP",
    ),
    sentence=(
        "{plain_method} {path} was answered with {answered}: handshakes to the same path open, so it is a WebSocket endpoint, and that takes no {plain_method}.",
        "{sent_method} {path} was answered with {answered}: it looks like a WebSocket endpoint that was tested with an ordinary {sent_method}.",
        "A WebSocket handshake was sent to {handshake_path}, and answered with {answered}: plain requests to that path are answered, so it is no WebSocket endpoint.",
        "{path} was asked by a plain request where only handshakes are answered, or the other way round.",
        "A request of the wrong kind was sent: plain HTTP to a WebSocket endpoint, or a handshake to an HTTP one.",
    ),
    contrast=(
        "{peer_websocket_path} is asked with a handshake, and opens ({peer_backend_at}); {path} was asked in another way.",
        "it is asked in the way it answers, with {peer_status}; {path} is not.",
    ),
    needs=((Input.ACCESS_LOG, Input.BACKEND_LOG, Input.CLIENT_LOG),),
    uses=(Input.CONFIG,),
    names={
        "plain_method": pl.when(~_HANDSHAKE & (GRADE.col != Grade.CONSISTENT)).then(METHOD.col),
        "sent_method": pl.when(_SENDS).then(METHOD.col),
        "handshake_path": pl.when(_HANDSHAKE).then(PATH_KEY.col),
        "answered": _ANSWERED,
    },
    apart=(HOST, PATH_KEY),
    witnesses=(
        Witness(BACKEND_AT, ("the backend answered {backend_status}", "what the backend saw")),
        Witness(ACCESS_AT, ("nginx passed it on, and the answer was {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client's own words")),
    ),
    alternatives=(
        Otherwise("missing-upgrade-headers", "{sent_method} is no handshake: there was no Upgrade to lose."),
        Otherwise("missing-location", "the request reached the backend ({backend_at})."),
        Otherwise("upstream-refused", "the backend answered ({backend_at})."),
        Otherwise("backend-route-missing", "the path is served: it is asked in the wrong way.", when=_HANDSHAKE),
    ),
    remedies=(
        Remedy(
            when=_HANDSHAKE,
            summary=(
                "Ask {path} by plain HTTP (fetch), or dial the path of the WebSocket endpoint.",
                "Ask the path by plain HTTP, or dial the path of the WebSocket endpoint.",
            ),
            verify=("curl -i {url}",),
            expect=("the plain request is answered with 200",),
            if_it_still_fails=("Compare the backend's list of routes: which of them are WebSocket endpoints?",),
        ),
        Remedy(
            summary=(
                "Open {path} with a WebSocket client instead of an ordinary request: `npx wscat -c` with its wss:// address.",
                "Open it with a WebSocket client instead of an ordinary request: `npx wscat -c` with its wss:// address.",
            ),
            verify=("npx wscat -c {url}",),
            expect=("101 Switching Protocols", "the backend's log tells of a WebSocket on {path}"),
            if_it_still_fails=(
                "If a handshake is refused as well, its own answer is the next cause.",
                "A monitor that asks the path by plain GET will always see 404, 405 or 426: give it a health route.",
            ),
        ),
    ),
    asks=(
        Ask(
            BACKEND_AT.col.is_null() | (BACKEND_PLAIN.col.is_null()),
            ask="the backend's list of routes, with their kinds",
            why="It shows whether the path is a WebSocket endpoint.",
        ),
    ),
    find=find,
    supersedes=("backend-route-missing",),
    watch="Alert on any answer of 405 or 426 for a path that your own client asks for.",
)
