"""A page that came over https dials a plain address: the browser forbids it, and sends nothing.

What happened
-------------
A page loaded over https may open wss:// and https:// only. It asked for ws:// or http://, and the browser refused before
any connection was made. The usual reasons: the scheme is written out in the client's code or in a build variable, or the
application builds its address from a request that reached it as plain http behind a proxy which ends the TLS.

How it is known
---------------
The browser says so: `Mixed Content: ... This request has been blocked` (Chrome), `Blocked loading mixed active content`
(Firefox), `insecure content ... was blocked` (Safari), or the exception of `new WebSocket`.

What else it could be
---------------------
An image or a video over http is only warned of, or loaded over https instead: then nothing was blocked. With words of
its own the browser tells of a Content-Security-Policy (csp-blocked).

What to do
----------
Dial wss://, best with the scheme of the page itself. Where the server writes the address, tell it that the page is https:
nginx forwards `X-Forwarded-Proto`, and the application has to trust it. The wss:// side must exist: TLS at nginx.

References
----------
W3C Mixed Content, section 4; https://developer.mozilla.org/docs/Web/Security/Mixed_content;
Chromium, third_party/blink/renderer/core/loader/mixed_content_checker.cc
"""

import polars as pl

from analyzer.rule import TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import CLIENT_AT, HOST, PORT, SCHEME, SIGN_SAYS, TARGET, Hop

_PAGE = SIGN_SAYS.col.str.extract(r"[Tt]he page at '?(https://[^\s']+)", 1)
_SECURE = SCHEME.col.replace_strict({"ws": "wss", "http": "https"}, default=None)
_PLAIN_PORT = PORT.col.is_not_null() & (PORT.col != 80)  # noqa: PLR2004  the port of ws:// and http://
_PORT = pl.when(_PLAIN_PORT).then(pl.concat_str(pl.lit(":"), PORT.col.cast(pl.String))).otherwise(pl.lit(""))
_PATH = TARGET.col.str.extract(r"^([^?]*)", 1)
_SECURE_URL = pl.concat_str(_SECURE, pl.lit("://"), HOST.col, _PORT, _PATH)
_VERIFY = (("{handshake}", "curl -i {secure_url}", "npx wscat --connect wss://HOST/PATH"),)
_EXPECT = (
    "the browser no longer says that it blocked it",
    ("nginx's access log tells of {path}", "nginx's access log tells of the request"),
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Whatever a browser says that it blocked as mixed content."""
    return journeys.filter(TOLD).with_columns(graded((Grade.DECISIVE, TOLD)))


RULE = Rule(
    slug="mixed-content",
    hop=Hop.CLIENT,
    title=(
        "The browser blocks {plain_url}: the page is https",
        "The browser blocks a plain address: the page is https",
    ),
    sentence=(
        "The page {page} came over https and dials {plain_url}, which is not encrypted: the browser blocked it and sent nothing ({sign_at}).",
        "A page that came over https dials {plain_url}, which is not encrypted: the browser blocked it and sent nothing ({sign_at}).",
        "A page that came over https dials an address that is not encrypted: the browser blocked it and sent nothing.",
    ),
    contrast=("{peer_encrypted_path} is dialled over {peer_scheme}://; {path} without encryption.",),
    needs=((Input.CLIENT_LOG,),),
    signs=(
        Sign(Hop.CLIENT, r"^Mixed Content: The page at (?s:.+?)\bThis request has been blocked\b"),
        Sign(Hop.CLIENT, r"\battempted to connect to the insecure WebSocket endpoint '"),
        Sign(Hop.CLIENT, r"^This request has been blocked; th(?:is endpoint|e content) must be "),
        Sign(Hop.CLIENT, r"\bAn insecure WebSocket connection may not be initiated from a page loaded over HTTPS"),
        Sign(Hop.CLIENT, r"^Blocked loading mixed active content\b"),
        Sign(
            Hop.CLIENT,
            r"^\[blocked\] The page at https://\S+ (?:requested insecure content from|was not allowed to run insecure content from) ",
        ),
    ),
    apart=(HOST,),
    witnesses=(Witness(CLIENT_AT, ("the browser blocked {plain_url}", "the browser blocked it")),),
    alternatives=(
        Otherwise(
            "client-wrong-address", "the browser sent nothing at all: the address was not even tried ({sign_at})."
        ),
        Otherwise("csp-blocked", "the browser names the page's https, not a policy ({sign_at})."),
        Otherwise("intermediary-dropped", "the request never left the browser ({sign_at})."),
    ),
    notes=(
        Note(
            TOLD,
            "In development this does not show: a page on http://localhost may dial ws://.",
        ),
    ),
    remedies=(
        Remedy(
            summary=(
                "Dial {secure_url}. In the client: take the scheme from the page (`location.protocol === 'https:' ? 'wss:' : 'ws:'`), or change the variable that holds the address and build again.",
                "Dial wss:// (https:// for fetch). In the client: take the scheme from the page (`location.protocol === 'https:' ? 'wss:' : 'ws:'`), or change the variable that holds the address and build again.",
            ),
            verify=_VERIFY,
            expect=_EXPECT,
            if_it_still_fails=(
                "If the server writes the address: it takes itself for plain http. Let nginx send `proxy_set_header X-Forwarded-Proto $scheme;`, and let the application trust it.",
                "If wss:// does not answer on that port: TLS ends at nginx on 443; dial that, without the backend's own port.",
                "If the old address is still dialled: the page or a service worker comes from a cache.",
            ),
        ),
    ),
    asks=(
        Ask(
            TOLD,
            ask="where the client takes this address from (code, build variable, or a page that the server writes)",
            why="That is the one place to change; the server is not involved yet.",
        ),
    ),
    find=find,
    names={
        "page": _PAGE,
        "plain_url": pl.when(SCHEME.col.is_in(["ws", "http"])).then(
            pl.concat_str(SCHEME.col, pl.lit("://"), HOST.col, _PORT, _PATH)
        ),
        "handshake": pl.when(SCHEME.col == "ws").then(pl.concat_str(pl.lit("npx wscat --connect "), _SECURE_URL)),
        "secure_url": _SECURE_URL,
    },
    supersedes=("client-wrong-address",),
    watch="Search the built client for `ws://` and `http://` before it goes out.",
)
