"""The client dials the right host with a wrong path or scheme.

What happened
-------------
A slash too many or too few, a capital letter, a value that was not there when the URL was put together (`/ws/undefined`),
`https://` where `wss://` belongs, a socket.io path other than the server's. Everything on the way does what it should.

How it is known
---------------
- The path that was asked for beside one that opens and is written almost alike.
- The client's own words: `The URL's scheme must be either 'ws' or 'wss'`, `isn't a valid URI`.
- A word in the path that no person would write: `undefined`, `null`, `NaN`, `[object Object]`, `${...}`.

What else it could be
---------------------
Where nginx changes the path on its way, it is path-stripped or path-prefixed. A path that nothing resembles is
backend-route-missing or missing-location.

What to do
----------
Let the client dial the address that works; put it into one place of its code or settings.

References
----------
RFC 6455, section 3; WHATWG, WebSockets, "The WebSocket constructor"; RFC 3986, section 6
"""

import polars as pl

from analyzer.paths import PERHAPS_UNFILLED, UNFILLED
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
    BACKEND_AT,
    CLIENT_AT,
    ERROR_AT,
    HANDSHAKE,
    HOST,
    NEAR_PATH,
    NGINX_SEEN,
    OUTCOME,
    PATH,
    PATH_KEY,
    REMOVED,
    ROUTE_ADDED,
    ROUTE_REMOVED,
    ROUTE_SLASH,
    SIGN_SAYS,
    Hop,
    Outcome,
    Seen,
)

_NO_ROUTE = ANSWER.is_in([400, 403, 404, 405, 426, 500, 502])
_CHANGED = pl.any_horizontal(c.col.is_not_null() for c in (REMOVED, ROUTE_REMOVED, ROUTE_ADDED, ROUTE_SLASH))
_SOCKET_IO = r"(/socket\.io)/?$"


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Handshakes to a path beside the one that opens, and what a client says of its own URL."""
    handshake = HANDSHAKE.col.fill_null(value=False)
    opened = journeys.filter(HANDSHAKE.col, OUTCOME.col == Outcome.OK)[PATH.name].drop_nulls().unique()
    engine = pl.lit(opened.str.contains(_SOCKET_IO).any()) & ~PATH.col.is_in(opened.to_list())
    other_engine = handshake & engine & PATH.col.str.contains(_SOCKET_IO) & _NO_ROUTE
    seen = NGINX_SEEN.col == Seen.SEEN
    near = NEAR_PATH.col.is_not_null() & (_NO_ROUTE | ANSWER.is_null()) & ~_CHANGED
    refused = handshake & (_NO_ROUTE | ANSWER.is_null())
    unfilled, perhaps = (refused & PATH.col.str.contains(words) for words in (UNFILLED, PERHAPS_UNFILLED))
    grade = graded(
        (Grade.DECISIVE, TOLD),
        (Grade.AGREED, near & handshake & seen & BACKEND_AT.col.is_not_null()),
        (Grade.CORROBORATED, near),
        (Grade.DECISIVE, unfilled),
        (Grade.CORROBORATED, perhaps),
        (Grade.CORROBORATED, other_engine),
    )
    meant = journeys.with_columns(evident(near & ~handshake))  # nobody tries at random what opens in small letters
    return meant.filter(MISSED).with_columns(grade)


RULE = Rule(
    slug="client-wrong-url",
    hop=Hop.CLIENT,
    title=(
        "The client dials {raw_path}; {near} is what works",
        "The client dials {unfilled}: a value of its URL was missing",
        "The client's URL is wrong: {scheme_words}",
        "The client dials {path}, which is not the path that works",
        "The client's URL is wrong",
    ),
    sentence=(
        "The client dialled {raw_path} and was answered with {answer}; {near}, which is written almost alike, opens in the same log.",
        "The client dialled {raw_path}; {near}, which is written almost alike, opens in the same log.",
        "The client dialled {unfilled}: a value was missing when its URL was put together, and the answer was {answer}.",
        "The client dialled {unfilled}: a value was missing when its URL was put together.",
        "The client refuses its own URL: `{scheme_words}` ({sign_at}). Nothing was sent.",
        "The client refuses its own URL ({sign_at}). Nothing was sent.",
        "The client dialled {path}, which is not the path that works.",
        "The client dialled a URL that is wrong.",
    ),
    contrast=(
        "{peer_websocket_path} opens; {path} is refused with {answer}, and nothing changed it on its way.",
        "it is answered with {peer_status}; {path} with {answer}.",
    ),
    needs=((Input.ACCESS_LOG, Input.BACKEND_LOG, Input.CLIENT_LOG),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(Hop.CLIENT, r"The URL's (?:scheme|protocol) must be (?:either|one of)"),
        Sign(Hop.CLIENT, r"Failed to construct 'WebSocket': The URL '[^']*' is invalid"),
        Sign(Hop.CLIENT, r"The URL contains a fragment identifier"),
        Sign(Hop.CLIENT, r"isn't a valid URI: scheme isn't ws or wss"),
        Sign(Hop.BACKEND, r"^(?:\S+Error: )?The URL's protocol must be one of \"ws:\""),
        Sign(Hop.BACKEND, r"websockets\.exceptions\.InvalidURI: "),
    ),
    names={
        "near": NEAR_PATH.col,
        "unfilled": pl.when(PATH.col.str.contains(UNFILLED)).then(PATH.col),
        "scheme_words": SIGN_SAYS.col.str.extract(r"((?:The URL|Failed to construct|isn't a valid URI)[^\n]{0,140})"),
    },
    apart=(HOST, PATH_KEY),
    witnesses=(
        Witness(CLIENT_AT, ("the client dialled {url}", "the client's own words")),
        Witness(ACCESS_AT, ("nginx was asked for {raw_path} and answered {answer}", "nginx was asked for {raw_path}")),
        Witness(ERROR_AT, "what nginx made of that path"),
        Witness(BACKEND_AT, ("the backend was asked for {backend_path}", "the backend's words")),
    ),
    alternatives=(
        Otherwise("path-stripped", "the backend was asked for {backend_path}, as the client sent it.", when=~_CHANGED),
        Otherwise("missing-location", "{near} opens: only its spelling differs."),
        Otherwise("missing-upgrade-headers", "{near} opens on the same way."),
        Otherwise("upstream-refused", "{near} is answered by the same backend."),
    ),
    remedies=(
        Remedy(
            when=TOLD,
            summary=("Let the client dial an address that begins with wss:// (or ws://), whole and without `#`.",),
            verify=("{handshake_command}",),
            expect=("the browser's Network tab shows the handshake, and its status 101",),
            if_it_still_fails=("If the handshake is sent and refused, its answer is the next cause.",),
        ),
        Remedy(
            summary=(
                "Let the client dial {near} instead of {raw_path}.",
                "Find where the client puts {unfilled} together, and let it wait for the value that was missing.",
                "Let the client dial the path that the backend serves.",
            ),
            verify=("{handshake_command}",),
            expect=("the client's WebSocket opens", "nginx's access log shows 101"),
            if_it_still_fails=(
                "An old build of the client may still be in a cache: compare the path in nginx's log.",
                "Where clients cannot be changed, `location = ` with the misspelled path can pass to the same backend.",
            ),
        ),
    ),
    asks=(
        Ask(
            BACKEND_AT.col.is_null(),
            ask="the backend's list of WebSocket routes",
            why="It shows how the path is spelled there.",
        ),
    ),
    find=find,
    supersedes=("missing-location", "backend-route-missing", "missing-upgrade-headers", "origin-rejected"),
    watch="Test the built client against the deployed server, and fail on any address it dials that is answered with 404.",
)
