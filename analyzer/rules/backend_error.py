"""The application itself failed: a 5xx of its own, with its traceback.

What happened
-------------
The request arrived, the application began to answer it, and something in it went wrong: an exception that nobody
caught. The framework made a 500 of it.

How it is known
---------------
- The backend's log has the request with a 5xx, and a traceback beside it (`Exception in ASGI application`, `Internal
  Server Error: /path`, a stack).
- nginx's access log has the 5xx as the upstream's own answer (`$upstream_status`, a number in `$upstream_header_time`).

What else it could be
---------------------
A 500 may be nginx's own: a redirect cycle, a failed subrequest, no file descriptor. A 502 or 504 is always made by a
proxy. Channels answers an unknown WebSocket path with 500 (backend-route-missing). A backend under gunicorn's sync
workers answers 500 when its worker is killed for its slowness (worker-starved).

What to do
----------
Read the traceback: its last line says what, the lines of your own files say where.

References
----------
RFC 9110, section 15.6.1; uvicorn, uvicorn/protocols/http/h11_impl.py; Django, django.request; Express, finalhandler
"""

import polars as pl

from analyzer.rule import (
    ALONE,
    DIALLED,
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
    BACKEND_SAYS,
    BACKEND_STATUS,
    CLIENT_AT,
    CLIENT_STATUS,
    ERROR_AT,
    HANDSHAKE,
    HOST,
    OUTCOME,
    PATH_KEY,
    SIGN_AT,
    SIGN_SAYS,
    STATUS,
    UPSTREAM_STATUS,
    WANTED,
    Hop,
    Outcome,
    Wanted,
)

_ERROR, _MADE_BY_PROXIES = 500, [502, 503, 504]
_STATUS = pl.coalesce(BACKEND_STATUS.col, STATUS.col, CLIENT_STATUS.col)
_FAILED_ITSELF = (_STATUS >= _ERROR) & ~_STATUS.is_in(_MADE_BY_PROXIES)
_BY_BACKEND = (BACKEND_STATUS.col >= _ERROR) | UPSTREAM_STATUS.col.str.contains(r"5(?:0[013-9]|[1-9][0-9])\s*$")
_SAID = pl.concat_str(SIGN_SAYS.col, BACKEND_SAYS.col, ignore_nulls=True)
_NO_ROUTE = _SAID.str.contains("No route found for path").fill_null(value=False)
# Channels answers a handshake to an unknown path so, too: without the backend's words it may be either
_WORDLESS_HANDSHAKE = (HANDSHAKE.col & BACKEND_AT.col.is_null()).fill_null(value=False) & ~TOLD
_OFTEN = 10
_MISTAKE = (  # only code raises these; over what a peer sends, or a lost socket, libraries raise ValueError, RuntimeError
    r"(?:AssertionError|AttributeError|IndexError|KeyError|LookupError|ModuleNotFoundError|NameError|NotImplementedError"
    r"|RecursionError|ReferenceError|UnboundLocalError|ZeroDivisionError"
    r"|TypeError: (?:Cannot (?:read|set)\b|[^\n]*\b(?:is not|object|arguments?|operand)\b))"  # not `fetch failed`
)
_LAST_LINE = pl.coalesce(
    SIGN_SAYS.col.str.extract(r"(?m)^((?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception)\b.*)$", 1),
    SIGN_SAYS.col.str.extract(
        r"(?m)^[ \t]+File \"[^\n]*\n(?:[ \t]+[^\n]*\n)*(\w[\w.]*: [^\n]*)", 1
    ),  # Python, any class
    SIGN_SAYS.col.str.extract(r"\*\* (\((?:[A-Z]\w*\.)*[A-Z]\w*\) .*)", 1),  # Elixir
    SIGN_SAYS.col.str.extract(r"\b([A-Z]\w*(?:Error|Exception): .*)", 1),
    SIGN_SAYS.col.str.extract(r"(?m)^((?:[^\sT]|T[^r]).{0,199})$", 1),  # neither a frame nor the head of a traceback
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that the backend answered with an error of its own, and tracebacks that name none in a paste."""
    broke = (OUTCOME.col == Outcome.FAILED) & _FAILED_ITSELF.fill_null(value=False) & ERROR_AT.col.is_null()
    failed = broke & (WANTED.col.is_not_null() | TOLD)  # what has a traceback has a route
    seldom = (OUTCOME.col == Outcome.OK).sum().over(PATH_KEY.name) >= _OFTEN * broke.sum().over(PATH_KEY.name)
    alone = TOLD & ALONE & (WANTED.col == Wanted.PASTE)
    grade = graded(
        (Grade.CONSISTENT, failed & seldom),
        (Grade.AGREED, failed & _BY_BACKEND & TOLD),
        (Grade.CORROBORATED, failed & (_BY_BACKEND | TOLD)),
        (Grade.CORROBORATED, alone),
    )
    return journeys.filter(~_NO_ROUTE, ~_WORDLESS_HANDSHAKE).with_columns(evident(broke & TOLD), grade)


RULE = Rule(
    slug="backend-error",
    hop=Hop.BACKEND,
    title=(
        "The application fails at {path}: {last_line}",
        "The application answers {path} with {answer}",
        "The application fails: {last_line}",
        "The application fails",
    ),
    sentence=(
        "The request arrived, and the application failed while it answered {path} ({backend_at}): `{last_line}` ({sign_at}).",
        "The request arrived, and the application failed while it answered {path}: `{last_line}` ({sign_at}).",
        "The application failed: `{last_line}` ({sign_at}).",
        "The request arrived, and the application answered {path} with {answer} of its own ({backend_at}); its log says no more.",
        "The application at {dialled} answered {path} with {answer} of its own ({access_at}); its log tells why.",
        "The application failed while it answered {path}.",
        "The application failed.",
    ),
    contrast=(
        "it is answered with {peer_status} by the same backend; {path} with {answer}.",
        "it works at the same backend; {path} fails in the application.",
    ),
    needs=((Input.BACKEND_LOG, Input.ACCESS_LOG),),
    uses=(Input.CLIENT_LOG,),
    signs=(
        Sign(Hop.BACKEND, r"Exception in ASGI application|^Error handling request /|^Internal Server Error: /"),
        Sign(Hop.BACKEND, rf"^Exception on /\S* \[[A-Z]+\]|^\S*[^\S\n][^\n]*: {_MISTAKE}\b"),  # Flask; words, no place in a source
        Sign(Hop.BACKEND, r"(?m)^Traceback \(most recent call last\):"),
        Sign(Hop.BACKEND, r"(?m)\b[A-Z]\w*(?:Error|Exception)\b(?s:.)*\n\s+at \S+ ?\(?\S+:[0-9]+"),
        Sign(Hop.BACKEND, r"^Uncaught exception (?:GET|POST|PUT|PATCH|DELETE|HEAD) /|^Exception inside application: "),
        Sign(Hop.BACKEND, r"(?m)^\s*\*\* \((?:[A-Z]\w*\.)*[A-Z]\w*Error\) "),  # Elixir
        Sign(Hop.BACKEND, r"\bServlet\.service\(\) for servlet .* threw exception|^Unhandled exception occurred"),
    ),
    apart=(HOST, PATH_KEY),
    witnesses=(
        Witness(SIGN_AT, ("the application's own words: {last_line}", "the application's own words")),
        Witness(BACKEND_AT, ("the backend answered {backend_status}", "the backend's own record of the request")),
        Witness(ACCESS_AT, ("nginx handed on the answer {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("upstream-refused", "the backend answered ({backend_at})."),
        Otherwise("backend-crashed", "the backend answered, with {backend_status} ({backend_at})."),
        Otherwise("backend-route-missing", "the route is there: it is its code that failed ({sign_at}).", when=TOLD),
        Otherwise("missing-location", "the request reached the backend ({backend_at})."),
    ),
    remedies=(
        Remedy(
            when=TOLD,
            summary=("Mend what the traceback at {sign_at} names: its last line says what, the lines of your own files say where.",),
            verify=("{handshake_command}",),
            expect=("{path} is answered with 2xx, and the backend's log shows no traceback",),
            if_it_still_fails=("If the traceback changes, the next mistake is on the same way.",),
        ),
        Remedy(
            summary=("Find the traceback of {path} in the backend's log; it says what failed, and where.",
                     "Find the traceback in the backend's log; it says what failed, and where."),
            verify=("{handshake_command}",),
            expect=("the backend's log shows what failed",),
            if_it_still_fails=("If its log says nothing, its level is too high, or it goes elsewhere (stderr, journald).",),
        ),
    ),
    asks=(
        Ask(
            ~TOLD,
            ask="the backend's log of these minutes, with its errors (stderr)",
            why="The traceback says what failed.",
        ),
        Ask(
            TOLD,
            ask="what was deployed last before the first of these tracebacks",
            why="A mistake that begins at one moment mostly came with a change.",
        ),
    ),
    find=find,
    names={"last_line": pl.when(TOLD).then(_LAST_LINE), "dialled": DIALLED},
    watch=(
        "Alert when more than one answer in a hundred for {path} is a 5xx for five minutes.",
        "Alert when more than one answer in a hundred is a 5xx for five minutes.",
    ),
)  # fmt: skip
