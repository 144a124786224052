"""Python's `logging` as applications set it up: aiohttp, Flask, Django under daphne, and every program of one's own.

In come its lines, out go requests where a server printed one, else what the words tell. The hard thing is that every
program sets it up anew: time, level, logger and the place in the program stand in any order, and any may be missing.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, share_of_heads
from analyzer.formats.loggers import dated_or_of_day, iso, time_of_day
from analyzer.formats.python_lines import read_behind_heads, time_behind
from analyzer.formats.tracebacks import python_assembly
from analyzer.grammar import load
from analyzer.schema import Hop

_GRAMMAR = load("python_logging")
_STAMP = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[,.][0-9]{1,6})?(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}))?)"
)
_OF_DAY = r"^\[?[0-9]{2}-[0-9]{2}-[0-9]{2} ([0-9]{2}:[0-9]{2}:[0-9]{2})"  # of two such numbers either may be the day
_LEVEL = r"\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b"
_PLACES = {  # by head, what follows it and is no word yet: as loguru writes, Flask, Django's verbose formatter
    r" \| $": r"^[A-Za-z_][\w.]*:[\w<>]+:[0-9]+ - ",
    r"^\[[^\]]+\] [A-Z]+ $": r"^in [A-Za-z_]\w*: ",
    r"^[A-Z]+ +[0-9]": r"^[a-z_]\w* [0-9]+ [0-9]+ ",
}


def _time() -> Fill:
    dated = time_behind(*iso(pl.col("head").str.extract(_STAMP, 1)))
    of_day = time_of_day(pl.col("head").str.extract(_OF_DAY, 1), "%H:%M:%S")
    told = of_day[c.CLOCK].is_not_null() & (dated[c.TIME_MARKS] == "unknown")
    return {
        **dated_or_of_day(dated, of_day),
        c.TIME_MARKS: pl.when(told).then(pl.lit("instant")).otherwise(dated[c.TIME_MARKS]),
    }


def _without_place() -> pl.Expr:
    """Drop what a head tells of the place in the program: module, function and line, or process and thread."""
    text = pl.col("text")
    without = (
        pl.when(pl.col("head").str.contains(head)).then(text.str.replace(place, "")) for head, place in _PLACES.items()
    )
    return pl.coalesce(*without, text)


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR).with_columns(text=_without_place())
    level = pl.col("head").str.extract(_LEVEL, 1).str.to_lowercase()
    return read_behind_heads(lines, {**_time(), c.LEVEL: level}, served=pl.lit(value=True))


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


_ASSEMBLY = python_assembly()

FORMAT = Format("python_logging", "Python's logging", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
