"""winston's text formats; its JSON is read as JSON lines.

In come its lines, out go words, and what the object behind them tells. The hard thing is that `simple` has no time:
`error: ` at a line's begin is also what compilers say, so such a line alone makes no log.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import console_assembly, with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.loggers import fill_from_logger, iso
from analyzer.grammar import load
from analyzer.schema import Hop

_GRAMMAR = load("winston")
_ASSEMBLY = console_assembly()
_STACK = r'(?:\{|,)"stack":"(?:[^"\\]|\\.)*"\}?'


def _fill() -> Fill:
    stamp = pl.col("stamp").str.strip_chars("[]: ")
    words = fill_from_logger(moment(*iso(stamp)), pl.col("level").str.strip_chars("[]: "))
    return {
        **words,
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(words[c.KIND]),
        c.MESSAGE: words[c.MESSAGE].str.replace(_STACK, "").str.strip_chars_end(),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_words(captured(records, _GRAMMAR)), _fill())


def _affinity(raw: pl.Series) -> float:
    told = (
        pl.col("stamp").is_not_null()
        | pl.col("text").str.contains(r"\{\"[[:word:]]+\":")
        | ~pl.col("level").str.contains("error|warn")
    )
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR, pl.when(told).then(1.0).otherwise(0.0))


FORMAT = Format("winston", "winston log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
