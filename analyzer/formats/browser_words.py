"""What browsers and the pages in them say on a console, whichever browser it is and however its text was saved.

In comes a frame with a column `text`, out go the columns that its words fill. The hard thing is that the browser says
least about what matters most: the status stands in a sentence, a 401 without its number, Firefox names no reason at
all, and an empty reason means only that it is unknown (net/websockets/websocket_basic_handshake_stream.cc).
"""

from functools import cache

import polars as pl

from analyzer import schema as c
from analyzer.formats.denials import NOT_OPENED
from analyzer.formats.errnos import errno_in
from analyzer.formats.firefox_sentences import url_interrupted, url_not_established
from analyzer.formats.format import Fill
from analyzer.formats.nginx_variables import number
from analyzer.formats.saying import METHODS
from analyzer.formats.urls import fill_from_url
from analyzer.needed_words import that_may_match
from analyzer.schema import Kind, Lacks

_FAILED = r"WebSocket connection to '(?P<url>[^'\n]*)'\s+failed"
_BROKEN = (
    r"WebSocket connection to '(?P<url>[^'\n]*)'\s+failed: (?:A server must not mask|Could not decode a text frame"
    r"|One or more reserved bits|Received |Invalid frame header|Unrecognized frame opcode|Data frame received after"
    r"|The network connection was lost|WebSocket is closed due to)"
)  # third_party/blink and net/websockets/websocket_channel.cc: it was open
_REQUEST = (
    rf"(?:^|\s)(?P<method>{METHODS})\s*(?P<url>[a-z]+://\S+)\s+(?:\(?(?P<error>(?:net::|NS_)[[:word:]]+)\)?\s*)?"
    rf"(?:\[HTTP/[0-9.]+ )?(?P<status>[1-5][0-9]{{2}})?"
)
_RESOURCE = r"Failed to load resource: [^\n]*?(?:status of (?P<status>[1-5][0-9]{2})|(?P<error>net::[[:word:]]+))"
_BLOCKED = (
    r"(?:insecure [[:word:]]+(?: [[:word:]]+)?|[Cc]onnect(?:ing)? to|Access to [[:word:]]+ at"
    r"|reading the remote resource at"
    r"|mixed active content|insecure content from|(?:Fetch API|XMLHttpRequest|EventSource) cannot load"
    r"|a resource(?: \([[:word:]-]+\))? at)"
    r"\s+['\x{201C}]?(?P<url>(?:wss?|https?)://[^\s'\x{201D}]+?)['\x{201D}.]*(?:\s|$)"
)
_OPENED = r"(?i)\b(?:open(?:ed)?|connected|established)\b[^\n]*?(?P<url>wss?://[^\s'\",)]+)"
_OPENED_PATH = r"(?i)\bwebsocket\b[^\n]*?\b(?:open(?:ed)?|connected|established)\b[^\n]*?\s(?P<path>/[^\s'\",)]*)"
_CLOSED = r"(?i)\b(?:closed?|disconnected)\b[^0-9\n]{0,24}(?P<code>[1-4][0-9]{3})\b"
_CLOSE_EVENT = r"(?:CloseEvent|\bclose)\s\{[^\n]*?\bcode: (?P<code>[1-4][0-9]{3})\b"
_REASON = r"\b(net::[[:word:]]+|(?:SEC|SSL|MOZILLA_PKIX)_ERROR_[[:word:]]+)"
_FIREFOX_REASON = r"\b(NS_(?:ERROR|BINDING)_[[:word:]]+)"
_SYSTEMS_REASON = rf"{_FAILED}: Could not connect to [^\s:]+: (?P<reason>[^\n]+)"  # WebKit prints GLib's sentences
_GLIBS = {  # gio/gtlsconnection.h, gio/gthreadedresolver.c
    rf"{_FAILED}: Unacceptable TLS certificate": "G_TLS_ERROR_BAD_CERTIFICATE",
    rf"{_FAILED}: Error resolving [^\n]*: Temporary failure in name resolution": "EAI_AGAIN",
    rf"{_FAILED}: Error resolving ": "ENOTFOUND",
}
_FROM = r"from origin '([^']*)'|\bOrigin (\S+) is not allowed by Access-Control-Allow-Origin\b"
_BLOCKED_STATUS = (  # what came back, and was kept from the page
    r"(?:^Cross-Origin Request Blocked: [^\n]*|\bnot allowed by Access-Control-Allow-Origin)\."
    r" Status code: ([1-5][0-9]{2})\b"
)

MARKS = (
    r"WebSocket connection to '[^'\n]*'(?: failed|\s*$)|\bnet::ERR_[[:word:]]+"
    r"|Failed to load resource|^Uncaught |^Mixed Content:|^\[blocked\] The page at "
    r"|blocked by CORS policy|Content Security Policy|(?i:websocket) (?:error: (?:\[object )?Event|closed:? [0-9]{4})"
)
"""Words that only a browser's console has, Firefox's own aside."""


PATTERNS = (
    _FAILED, _BROKEN, _REQUEST, _RESOURCE, _BLOCKED, _OPENED, _OPENED_PATH, _CLOSED, _CLOSE_EVENT, _REASON,
    _FIREFOX_REASON, _SYSTEMS_REASON, *_GLIBS,
)  # fmt: skip
"""What is looked for in every line, where any line holds its words."""


def with_browser_words(captures: pl.DataFrame) -> pl.DataFrame:
    """Add what each of the browser's sentences holds; the first that is there decides what the line tells."""
    sentences = {
        "failed": _FAILED,
        "broken": _BROKEN,
        "asked": _REQUEST,
        "blocked": _BLOCKED,
        "opened": _OPENED,
    }
    text, texts = pl.col("text"), captures["text"]
    asked = frozenset(that_may_match(PATTERNS, texts))

    def found(name: str, pattern: str) -> pl.Expr:
        return text.str.extract_groups(pattern).struct.field(name) if pattern in asked else _NOTHING

    read = captures.with_columns(
        *(found("url", pattern).alias(name) for name, pattern in sentences.items()),
        url_not_established(texts).alias("firefox"),
        url_interrupted(texts).alias("cut"),
        found("method", _REQUEST).alias("method"),
        found("path", _OPENED_PATH).alias("path"),
        number(pl.coalesce(found("code", _CLOSE_EVENT), found("code", _CLOSED))).alias("code"),
        number(pl.coalesce(found("status", _REQUEST), found("status", _RESOURCE))).alias("status"),
        pl.coalesce(
            *(text.str.extract(reason, 1) for reason in (_REASON, _FIREFOX_REASON) if reason in asked),
            *([errno_in(found("reason", _SYSTEMS_REASON))] if _SYSTEMS_REASON in asked else []),
            *(pl.when(text.str.contains(words)).then(pl.lit(name)) for words, name in _GLIBS.items() if words in asked),
            _NOTHING,
        ).alias("error"),
        text.str.contains(_RESOURCE if _RESOURCE in asked else _NEVER).alias("resource"),
    )
    return read.with_columns(kind=_kind())


_NOTHING = pl.lit(None, pl.String)
_NEVER = r"[^\s\S]"


def _kind() -> pl.Expr:
    text, asked, status = pl.col("text"), pl.col("asked"), pl.col("status")
    failed = pl.coalesce("failed", "firefox").is_not_null()
    socket = asked.str.starts_with("ws").fill_null(value=False)
    answered = status.is_not_null() | pl.col("error").is_not_null()
    opened = pl.col("opened").is_not_null() | pl.col("path").is_not_null()
    cut = pl.col("cut").is_not_null() | pl.col("broken").is_not_null() | pl.col("code").is_not_null()
    return (
        pl.when(~text.str.contains(r"\S") | text.is_null()).then(None)
        .when(pl.col("broken").is_not_null()).then(pl.lit(Kind.CLOSED))
        .when(socket & (status == 101)).then(pl.lit(Kind.OPENED))  # noqa: PLR2004  (Switching Protocols)
        .when(failed | (socket & answered)).then(pl.lit(Kind.HANDSHAKE_FAILED))
        .when(((asked.is_not_null() & ~socket) | pl.col("resource")) & answered).then(pl.lit(Kind.REQUEST))
        .when(pl.col("blocked").is_not_null()).then(pl.lit(Kind.MESSAGE))
        .when(cut).then(pl.lit(Kind.CLOSED))
        .when(opened & ~text.str.contains(NOT_OPENED)).then(pl.lit(Kind.OPENED))
        .otherwise(pl.lit(Kind.MESSAGE))
    )  # fmt: skip


def _status() -> pl.Expr:
    text = pl.col("text")
    return (
        pl.when(text.str.contains("HTTP Authentication failed", literal=True)).then(401)
        .when(text.str.contains("Proxy authentication failed", literal=True)).then(407)
        .otherwise(pl.coalesce(number(text.str.extract(r"Unexpected response code: ([0-9]{3})", 1)), "status"))
    )  # fmt: skip


def time_of_day(stamp: pl.Expr) -> Fill:
    """Fill the clock: a console writes no date and no zone."""
    day = pl.concat_str(pl.lit("1970-01-01 "), stamp.str.strip_chars(" "))
    clock = day.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False).dt.replace_time_zone("UTC")
    return {c.TIME_LACKS: pl.when(stamp.is_not_null()).then(pl.lit(Lacks.DATE)), c.CLOCK: clock}


@cache
def fill_from_browser_words() -> Fill:
    """Map what the words hold to columns."""
    url = fill_from_url(pl.coalesce("failed", "firefox", "asked", "cut", "blocked", "opened"))
    kind = pl.col("kind")
    dialled = kind.is_in([Kind.HANDSHAKE_FAILED, Kind.OPENED])
    answered = dialled | (kind == Kind.REQUEST)
    return {
        **url,
        c.KIND: kind,
        c.TIME_MARKS: pl.lit("unknown"),
        c.METHOD: pl.when(answered).then("method"),
        c.TARGET: pl.coalesce(url[c.TARGET], "path"),
        c.UPGRADE: pl.when(dialled).then(pl.lit("websocket")),
        c.ORIGIN: pl.coalesce(pl.col("text").str.extract(_FROM, n) for n in (1, 2)),
        c.STATUS: pl.coalesce(
            pl.when(answered).then(_status()), number(pl.col("text").str.extract(_BLOCKED_STATUS, 1))
        ),
        c.ERROR: pl.col("error"),
        c.CLOSE_CODE: pl.when(kind == Kind.CLOSED).then(pl.col("code")),
        c.MESSAGE: pl.col("text"),
    }
