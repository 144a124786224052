"""uvicorn, alone or as gunicorn's worker.

In come its lines, out go handshakes, requests and messages. The hard thing is what a plain GET means: uvicorn prints
WebSocket for every handshake it can answer, so a GET line had no upgrade; unless it lacks a WebSocket library, then
handshakes are printed as GET too and nothing is known (uvicorn/protocols/http, `_should_upgrade`).
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import console_assembly
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_read
from analyzer.formats.nginx_variables import number, request_line
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("uvicorn")
_REQUEST = r"^([A-Z]+|WebSocket) (.*?)(?: HTTP/([0-9.]+))?$"
_NO_LIBRARY = "No supported WebSocket library detected|Unsupported upgrade request"
_LISTENING = r"(?:Uvicorn running on|Listening at:) (https?)://(\[[^\]]+\]|[^:/ ]+):([0-9]+)"
_MALFORMED = r"^connection (?:rejected|failed) \((400)\b"  # a handshake without key or version has no line of its own
_CLIENT = r"^\(?'?(.*?)'?(?::|, )([0-9]+)\)? - "


def _kind() -> pl.Expr:
    request, outcome = pl.col("request"), pl.col("outcome")
    handshake = request.str.starts_with("WebSocket ")
    answered = outcome.str.contains(r"^[0-9]{3}\b")
    return (
        pl.when(pl.col(_GRAMMAR.required).is_null()).then(None)
        .when(handshake & outcome.str.starts_with("[accepted]")).then(pl.lit(Kind.HANDSHAKE_ACCEPTED))
        .when(handshake & answered).then(pl.lit(Kind.HANDSHAKE_REJECTED))
        .when(request.str.contains(r"^[A-Z]+ \S") & answered).then(pl.lit(Kind.REQUEST))
        .when(pl.col("text").str.contains(_MALFORMED)).then(pl.lit(Kind.HANDSHAKE_REJECTED))
        .when(pl.col("text").str.contains(_LISTENING)).then(pl.lit(Kind.LISTENING))
        .otherwise(pl.lit(Kind.MESSAGE))
    )  # fmt: skip


def _upgrade() -> pl.Expr:
    unknown = pl.col("text").str.contains(_NO_LIBRARY).any() & (pl.col("method") == "GET")
    handshake = (pl.col("method") == "WebSocket") | pl.col("text").str.contains(_MALFORMED)
    return pl.when(handshake).then(pl.lit("websocket")).when(pl.col("method").is_not_null() & ~unknown).then(pl.lit(""))


def _time() -> Fill:
    stamp = pl.col("stamp").str.slice(1, len("2026-11-21 07:14:16 +0000")).str.strip_chars("[] ")
    zoned = stamp.str.to_datetime("%Y-%m-%d %H:%M:%S %z", time_unit="us", strict=False)
    naive = stamp.str.slice(0, len("2026-11-21 07:14:16")).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
    )
    return moment(zoned, naive)


def _fill() -> Fill:
    text, method = pl.col("text"), pl.col("method")
    client = pl.col("client").str.extract_groups(_CLIENT).struct
    said = pl.coalesce(text, pl.concat_str('"' + pl.col("request") + '" ', pl.col("outcome")))
    return {
        c.KIND: pl.col("kind"),
        **_time(),
        c.TIME_MARKS: pl.when(pl.col("stamp").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("instant")),
        **request_line(pl.col("request"), _REQUEST),
        c.METHOD: pl.when(method == "WebSocket").then(pl.lit("GET")).otherwise(method),
        c.UPGRADE: _upgrade(),
        c.CLIENT: client.field("1"),
        c.CLIENT_PORT: number(client.field("2")),
        c.STATUS: number(
            pl.coalesce(pl.col("outcome").str.extract(r"^([0-9]{3})\b", 1), text.str.extract(_MALFORMED, 1))
        ),
        c.LEVEL: pl.coalesce("level", "plain_level").str.strip_chars("[]: ").str.to_lowercase(),
        c.MESSAGE: said,
        c.SCHEME: text.str.extract(_LISTENING, 1),
        c.HOST: text.str.extract(_LISTENING, 2).str.to_lowercase(),
        c.PORT: number(text.str.extract(_LISTENING, 3)),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR).with_columns(method=request_line(pl.col("request"), _REQUEST)[c.METHOD])
    return parsed(lines.with_columns(kind=_kind()), _fill())


def _affinity(raw: pl.Series) -> float:
    heads = raw.filter(~raw.to_frame().select(_ASSEMBLY.goes_on(pl.first())).to_series().fill_null(value=False))
    return share_read(heads, _GRAMMAR)


_ASSEMBLY = console_assembly()

FORMAT = Format("uvicorn", "uvicorn or gunicorn log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
