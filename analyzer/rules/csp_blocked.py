"""The page's own Content-Security-Policy forbids the address: the browser sends nothing.

What happened
-------------
The page came with a Content-Security-Policy whose `connect-src` (or, where there is none, `default-src`) does not name
the address that its script dials. The browser refused before any connection was made.

How it is known
---------------
The browser says so and quotes the directive: `Refused to connect to ... because it violates the following Content
Security Policy directive`, since 2025 `Connecting to ... violates the following Content Security Policy directive ...
The action has been blocked` (Chrome), `blocked the loading of a resource (connect-src) at ...` (Firefox).

What else it could be
---------------------
A policy that only reports (`Content-Security-Policy-Report-Only`) blocks nothing, and the browser says that. Scripts,
styles and images have directives of their own.

What to do
----------
Add the address to `connect-src`, with its scheme: `wss://api.example.com`. In older browsers 'self' does not stand for
wss:// of the page's own host. Whoever sends the header has to change it: nginx (`add_header`), the application
(helmet and the like), a `<meta>` element, or several of these: then every one of them must allow it.

References
----------
https://www.w3.org/TR/CSP3/#directive-connect-src; Chromium, services/network/public/cpp and
third_party/blink/renderer/core/frame/csp/csp_directive_list.cc; Firefox, dom/locales/en-US/chrome/security/csp.properties
"""

import polars as pl

from analyzer.rule import TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import CLIENT_AT, HOST, PORT, SCHEME, SIGN_SAYS, TARGET, Hop

_DIRECTIVE = SIGN_SAYS.col.str.extract(r"[\"\x{201C}]((?:connect-src|default-src)[^\"\x{201D}]*)[\"\x{201D}]", 1)
_ONLY_REPORTED = SIGN_SAYS.col.str.contains(r"(?i)^\[report[- ]only\]|report-only")
_SELF_ONLY = _DIRECTIVE.str.contains("'self'", literal=True) & SCHEME.col.is_in(["ws", "wss"])
_PORT = pl.when(PORT.col.is_not_null()).then(pl.concat_str(pl.lit(":"), PORT.col.cast(pl.String))).otherwise(pl.lit(""))
_SOURCE = pl.concat_str(SCHEME.col, pl.lit("://"), HOST.col, _PORT)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Whatever a browser says that a policy kept it from dialling."""
    return journeys.filter(TOLD, ~_ONLY_REPORTED).with_columns(graded((Grade.DECISIVE, TOLD)))


RULE = Rule(
    slug="csp-blocked",
    hop=Hop.CLIENT,
    title=(
        "The page's Content-Security-Policy forbids {dialled}",
        "The page's Content-Security-Policy forbids this address",
    ),
    sentence=(
        "The page's Content-Security-Policy has `{directive}`, which does not allow {dialled_url}: the browser blocked it and sent nothing ({sign_at}).",
        "The page's Content-Security-Policy does not allow {dialled_url}: the browser blocked it and sent nothing ({sign_at}).",
        "The page's Content-Security-Policy does not allow the address that its script dials: the browser sent nothing.",
    ),
    contrast=(),
    needs=((Input.CLIENT_LOG,),),
    signs=(
        Sign(
            Hop.CLIENT,
            r"\bRefused to connect to '?[^\s']+'? because it (?s:.{0,40})\bviolates the (?s:.{0,40})\bContent Security Policy",
        ),
        Sign(
            Hop.CLIENT,
            r"^Connecting to '[^']+' violates the following Content Security Policy directive(?s:.*?)has been blocked",
        ),
        Sign(
            Hop.CLIENT,
            r"^Content[- ]Security[- ]Policy: (?s:.{0,80})\bblocked (?:the loading of )?a resource (?:\(connect-src\) )?at wss?:",
        ),
        Sign(
            Hop.CLIENT,
            r"^Content[- ]Security[- ]Policy: (?s:.{0,80})\bblocked (?:the loading of )?a resource (?s:.+?)\bconnect-src\b",
        ),
    ),
    apart=(HOST,),
    witnesses=(Witness(CLIENT_AT, ("the browser blocked it: {directive}", "the browser blocked it")),),
    alternatives=(
        Otherwise("mixed-content", "the browser names a policy, not the page's https ({sign_at})."),
        Otherwise("cors-blocked", "nothing was sent, so no answer was withheld ({sign_at})."),
        Otherwise("origin-rejected", "no backend has seen it: the browser sent nothing ({sign_at})."),
    ),
    notes=(
        Note(
            _SELF_ONLY,
            "'self' is the page's own scheme, host and port; that it also stands for wss:// of the same host is known to newer browsers only.",
        ),
    ),
    remedies=(
        Remedy(
            summary=(
                "Add {dialled} to `connect-src` of the page's Content-Security-Policy, wherever that header is sent: nginx's `add_header`, the application (helmet and the like), or a `<meta>` element.",
                "Add the address to `connect-src` of the page's Content-Security-Policy, wherever that header is sent: nginx's `add_header`, the application, or a `<meta>` element.",
            ),
            verify=("curl -sI PAGE | grep -i content-security-policy",),
            expect=(
                "connect-src names {dialled}",
                "the console no longer speaks of a Content Security Policy",
            ),
            if_it_still_fails=(
                "If the header comes twice, both policies must allow it: look for a second one, and for a `<meta http-equiv>` in the page.",
                "If the policy names another host than the page dials: the application builds it from the Host header, which nginx has to forward (`proxy_set_header Host $host;`).",
            ),
        ),
    ),
    asks=(
        Ask(
            TOLD,
            ask="the headers that the page itself is answered with",
            why="They show the policy in force, and whether it is sent more than once.",
            command="curl -sI PAGE | grep -i content-security-policy",
        ),
    ),
    find=find,
    names={
        "directive": _DIRECTIVE,
        "dialled_url": pl.concat_str(_SOURCE, TARGET.col.str.extract(r"^([^?]*)", 1)),
        "dialled": _SOURCE,
    },
    supersedes=("client-wrong-address", "mixed-content"),
    watch="Let the policy report (`report-to`), and alert on the first report of `connect-src` after a release.",
)
