"""The answer came, and the browser withheld it from the page: it did not allow the page's origin.

What happened
-------------
A page asked another origin. The browser sent the request (or, before it, an OPTIONS request that asks whether it may),
and the answer did not allow the page's origin: no `Access-Control-Allow-Origin`, another origin in it, two of them, or a
header or method that is not on the list. The page is told nothing but `Failed to fetch`.

How it is known
---------------
The browser says so: `blocked by CORS policy` (Chrome), `Cross-Origin Request Blocked` (Firefox), with the rule that
was broken.

What else it could be
---------------------
An error page of nginx's has no CORS headers either: a 404, a 502 or a 413 shows in the browser as a CORS error. So an
answer that is an error by itself is that error, and this cause is not claimed. WebSockets know no CORS: a refused
handshake is origin-rejected. `CORS request did not succeed` (Firefox) means that there was no answer at all.

What to do
----------
Let exactly one place send the headers: the application, or nginx with `add_header ... always` (without `always` nginx
leaves them out of error pages). Name the page's origin exactly; `*` does not go with cookies.

References
----------
https://fetch.spec.whatwg.org/#http-cors-protocol; https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors;
https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header
"""

import polars as pl

from analyzer.rule import ANSWER, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    METHOD,
    ORIGIN,
    PATH,
    SIGN_AT,
    SIGN_SAYS,
    Hop,
)

_ERROR, _SERVER_ERROR = 400, 500
_NO_ANSWER = SIGN_SAYS.col.str.contains(r"CORS request did not succeed|Status code: \(null\)")
_ANSWERED_WITH_ERROR = (ANSWER >= _ERROR) | SIGN_SAYS.col.str.contains(r"Status code: [45][0-9]{2}")
_TWICE = SIGN_SAYS.col.str.contains(
    r"contains multiple values|does not match ['\x{2018}\"\x{201C}][^'\x{2019}\"\x{201D}]*,[^'\x{2019}\"\x{201D}]*['\x{2019}\"\x{201D}]|Multiple CORS header"
)
_PREFLIGHT = SIGN_SAYS.col.str.contains(r"(?i)preflight")
_NAMES_A_VALUE = SIGN_SAYS.col.str.contains(
    r"(?:has a value|contains multiple values) '|that is not equal to the supplied origin|does not match ['\x{2018}\"\x{201C}]"
)
_REASON = pl.coalesce(
    SIGN_SAYS.col.str.extract(r"blocked by CORS policy: ((?s:.{1,300}?))(?:\. |\.?\s*$)", 1),
    SIGN_SAYS.col.str.extract(r"\(Reason: ([^\n]{1,300}?)\)\.?(?:\s|$)", 1),
)
_PAGE = pl.coalesce(ORIGIN.col, SIGN_SAYS.col.str.extract(r"from origin '([^']+)'", 1))
_VERIFY = (("curl -i -H 'Origin: {page}' '{url}'", "curl -i -H 'Origin: PAGE' '{url}'"),)
_EXPECT = (
    ("one line `Access-Control-Allow-Origin: {page}`", "one line `Access-Control-Allow-Origin` with the page's origin"),
    "the console no longer says `CORS`",
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """What a browser withheld from its page; an error page without CORS headers is that error."""
    withheld = TOLD & ~_NO_ANSWER & ~_ANSWERED_WITH_ERROR.fill_null(value=False) & ~HANDSHAKE.col.fill_null(value=False)
    errors = journeys.filter((ANSWER >= _ERROR) & (METHOD.col.ne_missing("OPTIONS") | (ANSWER >= _SERVER_ERROR)))
    fine = journeys.filter(ANSWER < _ERROR)
    is_an_error = _same_path(errors) & ~_same_path(fine)
    answered = (ANSWER < _ERROR) | _NAMES_A_VALUE
    grade = graded((Grade.DECISIVE, answered), (Grade.CORROBORATED, TOLD))
    return journeys.filter(withheld & ~is_an_error).with_columns(grade)


def _same_path(others: pl.DataFrame) -> pl.Expr:
    return PATH.col.is_in(others[PATH.name].drop_nulls().implode()).fill_null(value=False)


RULE = Rule(
    slug="cors-blocked",
    hop=Hop.CLIENT,
    title=(
        "The answer of {host} is withheld from {page} (CORS)",
        "The answer of {host} is withheld from the page (CORS)",
        "The browser withholds an answer from the page (CORS)",
    ),
    sentence=(
        "The browser withheld the answer to {url} from {page} ({sign_at}): {reason}.",
        "The browser withheld the answer to {url} from the page ({sign_at}): {reason}.",
        "The browser withheld the answer to {url} from the page, for its CORS headers do not allow it ({sign_at}).",
        "The browser withheld an answer from the page: its CORS headers do not allow the page's origin.",
    ),
    contrast=(),
    needs=((Input.CLIENT_LOG,),),
    uses=(Input.ACCESS_LOG, Input.BACKEND_LOG),
    signs=(
        Sign(Hop.CLIENT, r"\bhas been blocked by CORS policy\b"),
        Sign(Hop.CLIENT, r"^Cross-Origin Request Blocked: "),
        Sign(  # Chrome's reason alone, as people copy it
            Hop.CLIENT,
            r"^(?:The 'Access-Control-Allow-Origin' header (?:contains multiple values|has a value) "
            r"|No 'Access-Control-Allow-Origin' header is present on the requested resource"
            r"|Response to preflight request doesn't pass access control check)",
        ),
        Sign(
            Hop.CLIENT,
            r"^(?:Origin \S+ is not allowed by Access-Control-Allow-Origin|Fetch API cannot load \S+ due to access control checks)",
        ),
    ),
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, ("the browser: {reason}", "the browser withheld it")),
        Witness(CLIENT_AT, ("the answer itself was {client_status}", "the page was told nothing else")),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(BACKEND_AT, "the backend had the request"),
    ),
    alternatives=(
        Otherwise("origin-rejected", "the answer came; it was the browser that withheld it ({sign_at})."),
        Otherwise("csp-blocked", "the browser sent the request; no policy of the page's kept it ({sign_at})."),
        Otherwise("missing-location", "{url} was answered with {answer}."),
    ),
    notes=(
        Note(
            TOLD,
            "CORS is about what a page may read; that WebSockets to the same host open from this page, or are refused, says nothing of it.",
        ),
        Note(
            ANSWER.is_null() & ~_NAMES_A_VALUE,
            "What the answer was is not shown: an error page of nginx's (404, 413, 502) has no CORS headers either, and looks the same in the browser.",
        ),
    ),
    remedies=(
        Remedy(
            when=_TWICE,
            summary=(
                "Let one place send Access-Control-Allow-Origin, the application or nginx: now two of them do, and the browser takes neither.",
            ),
            verify=_VERIFY,
            expect=_EXPECT,
            if_it_still_fails=(
                "nginx can take the backend's away: `proxy_hide_header Access-Control-Allow-Origin;` beside its own add_header.",
            ),
        ),
        Remedy(
            when=_PREFLIGHT,
            summary=(
                "Let the OPTIONS request that goes before be answered: a status of 2xx, {page} in Access-Control-Allow-Origin, and what the page sends in Access-Control-Allow-Methods and -Headers.",
                "Let the OPTIONS request that goes before be answered: a status of 2xx, the page's origin in Access-Control-Allow-Origin, and what the page sends in Access-Control-Allow-Methods and -Headers.",
            ),
            verify=(
                (
                    "curl -i -X OPTIONS -H 'Origin: {page}' -H 'Access-Control-Request-Method: POST' '{url}'",
                    "curl -i -X OPTIONS -H 'Origin: PAGE' -H 'Access-Control-Request-Method: POST' '{url}'",
                ),
            ),
            expect=_EXPECT,
            if_it_still_fails=(
                "OPTIONS carries no token and no cookie: whatever asks for one (auth_request, auth_basic, a middleware) must let it pass.",
                "A redirect is no answer to it: let the page ask for the final address.",
            ),
        ),
        Remedy(
            summary=(
                "Add {page} to the origins that the application allows (its CORS setting), exactly as the browser writes it, and deploy.",
                "Add the page's origin to the origins that the application allows (its CORS setting), exactly as the browser writes it, and deploy.",
            ),
            verify=_VERIFY,
            expect=_EXPECT,
            if_it_still_fails=(
                "If curl shows an error instead of the answer, that error is the fault: nginx's own pages have no CORS headers.",
                "With cookies `*` does not do: the origin itself must be named, with Access-Control-Allow-Credentials: true.",
            ),
        ),
    ),
    asks=(
        Ask(
            ANSWER.is_null(),
            ask="nginx's access log of this minute, or the browser's Network tab as HAR",
            why="It shows what the answer was: an error page without CORS headers looks the same in the console.",
        ),
        Ask(
            TOLD,
            ask="the headers of the answer, asked for with the page's Origin",
            why="They show what is missing, and whether it is sent twice.",
            command="curl -i -H 'Origin: {page}' '{url}'",
        ),
    ),
    find=find,
    names={"reason": _REASON, "page": _PAGE},
    watch=(
        "Ask for {path} with the page's Origin every minute, and alert when `Access-Control-Allow-Origin` does not name it.",
        "Ask with the page's Origin every minute, and alert when `Access-Control-Allow-Origin` does not name it.",
    ),
)
