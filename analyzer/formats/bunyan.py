"""bunyan's JSON lines as its command line shows them; the lines themselves are JSON.

In come its records, out go words, and what stands behind them in brackets. The hard thing is that an error is printed
below its words, whatever they say of it.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.loggers import dated_or_of_day, fill_from_logger, iso, time_of_day, with_pairs
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import Hop

_GRAMMAR = load("bunyan")
_ASSEMBLY = Assembly(goes_on=lambda line: line.str.contains(r"^ {4,}\S"))
_DETAILS = r"^([^\n]*?) \(([\w.]+=[^\n]*)\)"
_THROWN = r"\n    ((?:[A-Z]\w*)?(?:Error|Exception): [^\n]*)"
_ALLOWED = r"(?s)\n    allowed\w*: \[(.*?)\]"


def _time() -> Fill:
    stamp = pl.col("stamp").str.strip_chars("[] ")
    clock = time_of_day(stamp.str.strip_suffix("Z"), "%H:%M:%S%.f")
    dated = moment(*iso(stamp))
    return dated_or_of_day(dated, clock)


def _lines(records: pl.DataFrame) -> pl.DataFrame:
    """Give the words with the error below them; the details apart, as pairs."""
    lines, text = captured(records, _GRAMMAR), pl.col("text")
    words = pl.coalesce(text.str.extract(_DETAILS, 1), text.str.extract(r"^([^\n]*)", 1))
    return lines.with_columns(
        text=pl.concat_str(words, text.str.extract(_THROWN, 1), separator=": ", ignore_nulls=True),
        details=text.str.extract(_DETAILS, 2).str.replace_all(r", ([\w.]+=)", " ${1}"),
        allowed=text.str.extract(_ALLOWED, 1)
        .str.extract_all(r'"([^"]+)"')
        .list.eval(pl.element().str.strip_chars('"')),
    )


def _fill() -> Fill:
    words = fill_from_logger(_time(), pl.col("level").str.strip_chars(": "))
    timed = pl.coalesce(words[c.TIME], words[c.CLOCK]).is_not_null()
    return {
        **words,
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(words[c.KIND]),
        c.TIME_MARKS: pl.when(timed).then(pl.lit("instant")).otherwise(pl.lit("unknown")),
        c.ALLOWED_ORIGINS: pl.col("allowed"),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_pairs(_lines(records), "details"), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


FORMAT = Format("bunyan", "bunyan's output", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
