"""morgan, which logs Express' requests; what koa-logger prints of Koa's lies beside it, in `koa_logger`.

In come its lines, out go requests. The hard thing is what they do not prove: an upgrade that Node hands over to a
WebSocket library never passes here, yet without any such library it does. So a GET tells nothing of its headers.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, said, share_read
from analyzer.formats.nginx_variables import number
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("morgan")
_MICROSECONDS = 1000


def _fill() -> Fill:
    took = pl.col("took").cast(pl.Float64, strict=False)
    return {
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST.value)),
        c.TIME_MARKS: pl.lit("unknown"),
        c.DURATION: (took * _MICROSECONDS).round().cast(pl.Int64),
        c.METHOD: pl.col("verb").str.strip_chars(),
        c.TARGET: pl.col("target"),
        c.PROTOCOL: pl.col("protocol").str.strip_prefix(" HTTP/"),
        c.CLIENT: said(pl.col("peer").str.strip_chars()).str.strip_prefix("::ffff:"),
        c.STATUS: number(pl.col("answer").str.strip_chars()),
        c.MESSAGE: pl.lit(None),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("morgan", "morgan's access log", Hop.BACKEND, _GRAMMAR, _read, _affinity, one_line_each())
