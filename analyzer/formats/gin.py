"""gin, Go's framework: its access lines, and what it says of itself in debug mode.

In come its lines, out go requests and messages. The hard thing is a 200: gin prints one for a WebSocket too, when it
ends, for whoever takes a connection over leaves no status (gin/response_writer.go, `Hijack`).
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.goroutines import go_assembly
from analyzer.formats.loggers import fill_from_logger, microseconds_of, with_pairs
from analyzer.formats.nginx_variables import number
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("gin")
_ASSEMBLY = go_assembly()
_ROUTE = r"^[A-Z]+ +/\S* +-->"  # a route that was registered


def _kind() -> pl.Expr:
    return (
        pl.when(pl.col(_GRAMMAR.required).is_null()).then(None)
        .when(pl.col("answer").is_not_null()).then(pl.lit(Kind.REQUEST.value))
        .when(pl.col("text").str.contains(_ROUTE)).then(pl.lit(Kind.MESSAGE.value))
        .otherwise(pl.coalesce("kind", pl.lit(Kind.MESSAGE.value)))
    )  # fmt: skip


def _time() -> Fill:
    naive = pl.col("stamp").str.to_datetime("%Y/%m/%d - %H:%M:%S", time_unit="us", strict=False)
    return moment(pl.lit(None, pl.Datetime("us", "UTC")), naive)


def _fill() -> Fill:
    words = fill_from_logger(_time(), pl.col("level").str.strip_chars("[] "))
    answered = pl.col("answer").is_not_null()
    errors = pl.col("rest").str.strip_chars()
    return {
        **words,
        c.KIND: _kind(),
        c.TIME_MARKS: pl.when(answered).then(pl.lit("end")).otherwise(pl.lit("unknown")),
        c.DURATION: microseconds_of(pl.col("took").str.strip_chars(" |")),
        c.METHOD: pl.when(answered).then(pl.col("verb").str.strip_chars()),
        c.TARGET: pl.col("where").str.slice(1).str.strip_suffix('"'),
        c.CLIENT: pl.col("peer").str.strip_chars(),
        c.STATUS: number(pl.col("answer").str.strip_chars(" |")),
        c.MESSAGE: pl.coalesce(pl.when(errors != "").then(errors), pl.when(pl.col("text") != "").then("text")),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_pairs(captured(records, _GRAMMAR)), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


FORMAT = Format("gin", "gin's log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
