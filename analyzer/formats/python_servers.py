"""What the access lines of Python's servers have in common, whatever logging head stands before them.

In comes a frame with `request`, `outcome` and `text`, out go the kind and the columns of a request. The hard thing is
what a plain GET means. uvicorn prints WebSocket for every handshake that it can answer, so a GET line had no upgrade;
unless it lacks a WebSocket library (uvicorn/protocols/http, `_should_upgrade`). aiohttp, hypercorn and werkzeug print
handshakes as GET: only a 101 tells them.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, said
from analyzer.formats.nginx_variables import number, request_line
from analyzer.formats.tracebacks import error_named, gist
from analyzer.schema import Kind

_REQUEST = r"^([A-Z]+|WebSocket) (.*?)(?: (?:HTTP/)?([0-9](?:\.[0-9])?))?$"
_STATUS = r"^([0-9]{3})\b"
_QUOTED = r'^(?P<request>.*? HTTP/[0-9](?:\.[0-9])?)" (?P<outcome>(?s:.*))$'
_NO_LIBRARY = "No supported WebSocket library detected|Unsupported upgrade request"
_LISTENING = (
    r"(?i)\b(?:running|listening)(?: on| at)?:? (?P<scheme>https?)://(?P<host>\[[^\]]+\]|[^:/ ]+):(?P<port>[0-9]+)"
)
SECOND_LINE = r"^connection (?:rejected|failed) \([0-9]{3} "
"""What the library of WebSockets says beside the server's own line, which has the path."""
_MALFORMED = (  # a handshake that the library itself refuses has no line of its own (websockets/legacy/server.py):
    r"^connection (?:rejected|failed) \((400|426)\b"  # one without key or version, one with two values of Upgrade
)
_HANDLING = r"^Error handling request (?:(?P<method>[A-Z]+) )?(?P<target>/\S*)"  # gunicorn/workers/base.py
_HEADERS = r'^[0-9]{3} \S+ "([^"]*)" "([^"]*)"'


def with_request(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `kind` and `method`. `lines`: request, outcome and text as captured; a target may hold quotes."""
    whole = pl.concat_str("request", pl.lit('" '), "outcome").str.extract_groups(_QUOTED).struct
    quoted = ~pl.col("outcome").str.contains(r"^(?:[0-9]{3}\b|\[accepted\])") & whole.field("outcome").is_not_null()
    return lines.with_columns(
        pl.when(quoted).then(whole.field(name)).otherwise(name).alias(name) for name in ("request", "outcome")
    ).with_columns(
        kind=_kind(),
        method=request_line(pl.col("request"), _REQUEST)[c.METHOD],
    )


def _kind() -> pl.Expr:
    request, outcome = pl.col("request"), pl.col("outcome")
    handshake, answered = request.str.starts_with("WebSocket "), outcome.str.contains(_STATUS)
    return (
        pl.when((handshake & outcome.str.starts_with("[accepted]")) | outcome.str.contains(r"^101\b"))
        .then(pl.lit(Kind.HANDSHAKE_ACCEPTED))
        .when(handshake & answered).then(pl.lit(Kind.HANDSHAKE_REJECTED))
        .when(request.str.contains(r"^[A-Z]+ \S") & answered).then(pl.lit(Kind.REQUEST))
        .when(pl.col("text").str.contains(_MALFORMED)).then(pl.lit(Kind.HANDSHAKE_REJECTED))
        .when(pl.col("text").str.contains(_LISTENING)).then(pl.lit(Kind.LISTENING))
        .otherwise(pl.lit(Kind.MESSAGE))
    )  # fmt: skip


def fill_from_request(*, tells_handshakes: pl.Expr) -> Fill:
    """Map a request to columns. `tells_handshakes`: whether the server prints a handshake otherwise than as GET."""
    text, method, outcome = pl.col("text"), pl.col("method"), pl.col("outcome")
    asked, handling = request_line(pl.col("request"), _REQUEST), text.str.extract_groups(_HANDLING).struct
    headers, listening = outcome.str.extract_groups(_HEADERS).struct, text.str.extract_groups(_LISTENING).struct
    without_library = text.str.contains(_NO_LIBRARY).any() & (method == "GET")
    handshake = (method == "WebSocket") | text.str.contains(_MALFORMED) | outcome.str.contains(r"^101\b")
    plain = method.is_not_null() & tells_handshakes & ~without_library
    return {
        c.KIND: pl.col("kind"),
        c.METHOD: pl.when(method == "WebSocket")
        .then(pl.lit("GET"))
        .otherwise(pl.coalesce(method, handling.field("method"))),
        c.TARGET: pl.coalesce(asked[c.TARGET], handling.field("target")),
        c.PROTOCOL: asked[c.PROTOCOL],
        c.UPGRADE: pl.when(handshake).then(pl.lit("websocket")).when(plain).then(pl.lit("")),
        c.REFERRER: said(headers.field("1")),
        c.USER_AGENT: said(headers.field("2")),
        c.STATUS: number(pl.coalesce(outcome.str.extract(_STATUS, 1), text.str.extract(_MALFORMED, 1))),
        c.SCHEME: listening.field("scheme"),
        c.HOST: listening.field("host").str.to_lowercase(),
        c.PORT: number(listening.field("port")),
        c.ERROR: error_named(text),
        c.MESSAGE: pl.coalesce(gist(text), pl.concat_str('"' + pl.col("request") + '" ', outcome)),
    }
