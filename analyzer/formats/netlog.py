"""One request of Chrome's NetLog: what a page asked, and what came of it.

In come requests as JSON, as `documents/netlog.py` cuts them out, out go requests and handshakes as the client saw them.
The hard thing: of a refused handshake the status stands only inside a sentence, beside a net_error (INVALID_RESPONSE)
that means no more than that the answer was not 101.
"""

import json
import re

import polars as pl

from analyzer import schema as c
from analyzer.formats.facts import Value, clean
from analyzer.formats.format import Fill, Format, one_line_each, parsed
from analyzer.formats.har import CREDENTIAL_HEADERS
from analyzer.formats.json_fields import share_of
from analyzer.formats.urls import fill_from_url
from analyzer.schema import RAW, Hop, Kind

_WORDS = ("started", "ended", "time", "url", "method", "status", "message", "net_error", "closed", "unfinished")
_HEADERS = ("origin", "referer", "user-agent", "upgrade")
_SCHEMA = dict.fromkeys([*_WORDS, *(f"{name} header" for name in _HEADERS), "shown"], pl.String())
_EMPTY = (None,) * len(_SCHEMA)
_RECORD = re.compile(r'^\s*\{"URL_REQUEST": [0-9]')


def _fields(text: str | None) -> tuple[str | None, ...]:
    """Read one record; all empty where it is none."""
    if text is None or not _RECORD.match(text):
        return _EMPTY
    try:
        told: Value = json.loads(text)
    except (ValueError, RecursionError):
        return _EMPTY
    if not isinstance(told, dict) or not isinstance(told.get("url"), str):
        return _EMPTY
    headers = _headers(told.get("headers"))
    words = (clean(str(told[name])) if told.get(name) is not None else None for name in _WORDS)
    shown = "yes" if CREDENTIAL_HEADERS & headers.keys() else None
    return (*words, *(headers.get(name) for name in _HEADERS), shown)


def _headers(lines: Value) -> dict[str, str]:
    told = (line.partition(":") for line in (lines if isinstance(lines, list) else []) if isinstance(line, str))
    return {name.lower(): clean(said.strip()) for name, _, said in told}


def _decoded(records: pl.DataFrame) -> pl.DataFrame:
    rows = [_fields(text) for text in records[RAW.name]]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_columns(_kind())


def _kind() -> pl.Expr:
    socket = pl.col("url").str.contains(r"^wss?:")
    ended = pl.col("unfinished").is_null()
    return (
        pl.when(pl.col("url").is_null()).then(None)
        .when(pl.col("closed").is_not_null()).then(pl.lit(Kind.CLOSED.value))
        .when(socket & (pl.col("status") == "101")).then(pl.lit(Kind.OPENED.value))
        .when(socket & ended).then(pl.lit(Kind.HANDSHAKE_FAILED.value))
        .when(~socket & ended & pl.col("url").str.contains(r"^https?:")).then(pl.lit(Kind.REQUEST.value))
        .otherwise(pl.lit(Kind.MESSAGE.value))
        .alias("kind")
    )  # fmt: skip


def _status() -> pl.Expr:
    message = pl.col("message")
    return (
        pl.when(message.str.contains("HTTP Authentication failed", literal=True)).then(401)
        .when(message.str.contains("Proxy authentication failed", literal=True)).then(407)
        .otherwise(
            pl.coalesce(
                message.str.extract(r"Unexpected response code: ([1-5][0-9]{2})", 1).cast(pl.Int64),
                pl.col("status").cast(pl.Int64, strict=False),
            )
        )
    )  # fmt: skip


def _error() -> pl.Expr:
    """The net_error, unless the answer is the reason: its status, or that it is no valid one."""
    named = "net::" + pl.col("net_error").str.extract(r"^(ERR_[A-Z0-9_]+)$", 1)
    said = pl.col("message").str.extract(r"\b(net::ERR_[A-Z0-9_]+)", 1)
    answered = _status().is_not_null() | (pl.col("net_error") == "ERR_INVALID_RESPONSE")
    return pl.coalesce(said, pl.when(~answered.fill_null(value=False)).then(named))


def _moment(name: str) -> pl.Expr:
    return pl.col(name).str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)


def _fill() -> Fill:
    kind = pl.col("kind")
    socket = kind.is_in([Kind.OPENED, Kind.HANDSHAKE_FAILED])
    pending = pl.col("unfinished").is_not_null() & pl.col("url").str.contains(r"^wss?:")
    moment = pl.coalesce(_moment("time"), _moment("started"))
    begun = pl.when(pl.col("time").is_null()).then(pl.lit("start")).otherwise(pl.lit("instant"))
    return {
        **fill_from_url(pl.col("url")),
        c.KIND: kind,
        c.TIME: moment,
        c.TIME_MARKS: pl.when(moment.is_null()).then(pl.lit("unknown")).otherwise(begun),
        c.DURATION: (_moment("ended") - _moment("started")).dt.total_microseconds(),
        c.METHOD: pl.col("method"),
        c.UPGRADE: pl.when(socket | pending)
        .then(pl.lit("websocket"))
        .otherwise(pl.col("upgrade header").str.to_lowercase()),
        c.ORIGIN: pl.col("origin header"),
        c.REFERRER: pl.col("referer header"),
        c.USER_AGENT: pl.col("user-agent header"),
        c.STATUS: pl.when(kind != Kind.CLOSED).then(_status()),
        c.ERROR: _error(),
        c.MESSAGE: pl.coalesce("message", "net_error", "closed"),
        c.CREDENTIALS: pl.when(pl.col("shown") == "yes").then(pl.lit(value=True)),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(_decoded(records), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of(_read, raw)


FORMAT = Format("netlog", "NetLog (chrome://net-export)", Hop.CLIENT, None, _read, _affinity, one_line_each())
