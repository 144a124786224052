"""A browser's console, exported or pasted: Chrome's, and what Firefox and Safari call the same things.

In come its lines, out go the handshakes that failed and why, requests, sockets that opened and closed. The hard thing
is that the browser says least about what matters most: the status stands in a sentence, a 401 without its number, and
an empty reason means only that it is unknown (net/websockets/websocket_basic_handshake_stream.cc).
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import CODE, console_assembly
from analyzer.formats.format import Fill, Format, captured, parsed
from analyzer.formats.nginx_variables import number
from analyzer.formats.urls import fill_from_url
from analyzer.grammar import load
from analyzer.schema import RAW, Hop, Kind, Lacks

_GRAMMAR = load("chrome_console")
_METHOD = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"

_FAILED = r"WebSocket connection to '(?P<url>[^'\n]*)' failed"
_FIREFOX = (
    r"(?:can.t establish a connection|établir de connexion|keine Verbindung|no puede establecer)"
    r"[^\n]*?(?P<url>wss?://[^\s]*?)\.?(?:\s|$)"
)
_CUT = r"The connection to (?P<url>wss?://\S+) was interrupted"
_REQUEST = (
    rf"(?:^|\s)(?P<method>{_METHOD})\s+(?P<url>[a-z]+://\S+)\s+(?:\(?(?P<error>(?:net::|NS_)\w+)\)?\s*)?"
    rf"(?:\[HTTP/[0-9.]+ )?(?P<status>[1-5][0-9]{{2}})?"
)
_RESOURCE = r"Failed to load resource: [^\n]*?(?:status of (?P<status>[1-5][0-9]{2})|(?P<error>net::\w+))"
_BLOCKED = (
    r"(?:insecure \w+(?: \w+)?|[Cc]onnect(?:ing)? to|Access to \w+ at|reading the remote resource at"
    r"|mixed active content|insecure content from|a resource(?: \([\w-]+\))? at)"
    r"\s+['\x{201C}]?(?P<url>(?:wss?|https?)://[^\s'\x{201D}]+?)['\x{201D}.]*(?:\s|$)"
)
_OPENED = r"(?i)\b(?:open(?:ed)?|connected|established)\b[^\n]*?(?P<url>wss?://[^\s'\",)]+)"
_OPENED_PATH = r"(?i)\bwebsocket\b[^\n]*?\b(?:open(?:ed)?|connected|established)\b[^\n]*?\s(?P<path>/[^\s'\",)]*)"
_CLOSED = r"(?i)\bclosed?\b[^0-9\n]{0,24}(?P<code>[1-4][0-9]{3})\b"

_MARKS = (
    r"WebSocket connection to '[^'\n]*' failed|can.t establish a connection to the server at wss?:"
    r"|\bnet::ERR_\w+|NS_ERROR_"
    r"|Failed to load resource|^Uncaught |^Mixed Content:|^Blocked loading mixed |^\[blocked\] The page at "
    r"|blocked by CORS policy|Cross-Origin Request Blocked|Content Security Policy|\[HTTP/[0-9.]+ [0-9]{3} "
    r"|(?i:websocket) (?:error: (?:\[object )?Event|closed:? [0-9]{4})| \S+\.[jt]sx?:[0-9]+:[0-9]+$"
)
_ASSEMBLY = console_assembly(
    r"^[^\n]{1,200} @ \S+:[0-9]+(?::[0-9]+)?\s*$"
    r"|^(?:setTimeout|setInterval|Promise\.\w+|await in .{1,80}|Image|requestAnimationFrame)\s*$"
    r"|^\[HTTP/[0-9.]+ [0-9]{3}|^(?:https?|wss?)://\S+\s*$"
)


def _found(name: str, pattern: str) -> pl.Expr:
    return pl.col("text").str.extract_groups(pattern).struct.field(name)


def _readings(captures: pl.DataFrame) -> pl.DataFrame:
    """Add what each of the browser's sentences holds; the first that is there decides what the line tells."""
    handshake = {
        "failed": _FAILED,
        "firefox": _FIREFOX,
        "cut": _CUT,
        "asked": _REQUEST,
        "blocked": _BLOCKED,
        "opened": _OPENED,
    }
    return captures.with_columns(
        *(_found("url", pattern).alias(name) for name, pattern in handshake.items()),
        _found("method", _REQUEST).alias("method"),
        _found("path", _OPENED_PATH).alias("path"),
        number(_found("code", _CLOSED)).alias("code"),
        number(pl.coalesce(_found("status", _REQUEST), _found("status", _RESOURCE))).alias("status"),
        pl.col("text").str.extract(r"\b(net::\w+|NS_ERROR_\w+)", 1).alias("error"),
        pl.col("text").str.contains(_RESOURCE).alias("resource"),
    )


def _kind() -> pl.Expr:
    dialled = pl.coalesce("failed", "firefox")
    asked, failed = pl.col("asked").is_not_null(), dialled.is_not_null()
    answered = pl.col("status").is_not_null() | pl.col("error").is_not_null()
    return (
        pl.when(~pl.col("text").str.contains(r"\S") | pl.col("text").is_null()).then(None)
        .when(failed | (asked & pl.col("asked").str.starts_with("ws"))).then(pl.lit(Kind.HANDSHAKE_FAILED))
        .when((asked | pl.col("resource")) & answered).then(pl.lit(Kind.REQUEST))
        .when(pl.col("blocked").is_not_null()).then(pl.lit(Kind.MESSAGE))
        .when(pl.col("cut").is_not_null() | pl.col("code").is_not_null()).then(pl.lit(Kind.CLOSED))
        .when(pl.col("opened").is_not_null() | pl.col("path").is_not_null()).then(pl.lit(Kind.OPENED))
        .otherwise(pl.lit(Kind.MESSAGE))
    )  # fmt: skip


def _status() -> pl.Expr:
    text = pl.col("text")
    return (
        pl.when(text.str.contains("HTTP Authentication failed", literal=True)).then(401)
        .when(text.str.contains("Proxy authentication failed", literal=True)).then(407)
        .otherwise(pl.coalesce(number(text.str.extract(r"Unexpected response code: ([0-9]{3})", 1)), "status"))
    )  # fmt: skip


def _clock() -> pl.Expr:
    """The time of day: the console writes no date and no zone."""
    stamp = pl.concat_str(pl.lit("1970-01-01 "), pl.col("time").str.strip_chars(" "))
    return stamp.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False).dt.replace_time_zone("UTC")


def _fill() -> Fill:
    url = fill_from_url(pl.coalesce("failed", "firefox", "asked", "cut", "blocked", "opened"))
    wanted = pl.col("kind").is_in([Kind.HANDSHAKE_FAILED, Kind.OPENED])
    return {
        **url,
        c.KIND: pl.col("kind"),
        c.TIME_MARKS: pl.lit("unknown"),
        c.TIME_LACKS: pl.when(pl.col("time").is_not_null()).then(pl.lit(Lacks.DATE)),
        c.CLOCK: _clock(),
        c.METHOD: pl.when(pl.col("kind").is_in([Kind.REQUEST, Kind.HANDSHAKE_FAILED])).then("method"),
        c.TARGET: pl.coalesce(url[c.TARGET], "path"),
        c.UPGRADE: pl.when(wanted).then(pl.lit("websocket")),
        c.ORIGIN: pl.col("text").str.extract(r"from origin '([^']*)'", 1),
        c.STATUS: pl.when(pl.col("kind").is_in([Kind.REQUEST, Kind.HANDSHAKE_FAILED])).then(_status()),
        c.ERROR: pl.col("error"),
        c.CLOSE_CODE: pl.when(pl.col("kind") == Kind.CLOSED).then(pl.col("code")),
        c.MESSAGE: pl.col("text"),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(_readings(captured(records, _GRAMMAR)).with_columns(kind=_kind()), _fill())


def _affinity(raw: pl.Series) -> float:
    """Count the lines that only a browser's console has, among those that begin a record."""
    lines = raw.alias(RAW.name).to_frame().filter(RAW.col.str.contains(r"^\s*[^\s{]") & ~_ASSEMBLY.goes_on(RAW.col))
    if lines.is_empty():
        return 0.0
    linked = pl.col("source").is_not_null() & pl.col("source").str.contains(r"\.[cm]?[jt]sx?|\.html?|^\(|^VM")
    telling = linked | pl.col("text").str.contains(_MARKS)
    worth = pl.when(RAW.col.str.contains(CODE)).then(-1.0).otherwise(telling.cast(pl.Float64))
    return max(0.0, float(captured(lines, _GRAMMAR).hstack(lines).select(worth.mean()).item()))


FORMAT = Format(
    "chrome_console", "browser console", Hop.CLIENT, _GRAMMAR, _read, _affinity, _ASSEMBLY, reads_prose=True
)
