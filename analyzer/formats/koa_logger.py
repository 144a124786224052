"""koa-logger: which requests came to Koa, and how they were answered.

In come its lines, out go requests. The hard thing is that its lines are indented like the rest of a record; and, as
with Express, that a GET proves nothing about its headers: without a WebSocket library Node hands upgrades to Koa too.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, share_read
from analyzer.formats.nginx_variables import number
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("koa_logger")
_UNITS = {"ms": 1000, "s": 1_000_000}


def _fill() -> Fill:
    answered, took = pl.col("answer").is_not_null(), pl.col("took").str.strip_chars().str.replace_all(",", "")
    unit = took.str.extract(r"(m?s)$", 1).replace_strict(_UNITS, default=None, return_dtype=pl.Int64)
    kind = pl.when(answered).then(pl.lit(Kind.REQUEST.value)).otherwise(pl.lit(Kind.MESSAGE.value))
    return {
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(kind),
        c.TIME_MARKS: pl.lit("unknown"),
        c.DURATION: number(took.str.extract(r"^([0-9]+)", 1)) * unit,
        c.METHOD: pl.col("verb").str.strip_chars(),
        c.TARGET: pl.col("target"),
        c.STATUS: number(pl.col("answer").str.strip_chars()),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("koa_logger", "koa-logger's access log", Hop.BACKEND, _GRAMMAR, _read, _affinity, one_line_each())
