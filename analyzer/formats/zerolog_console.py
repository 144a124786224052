"""zerolog's ConsoleWriter, as Go services print to a terminal and, all too often, into a container's log.

In come its lines, out go the words, and what the pairs behind them tell. The hard thing is its time: by default hour
and minute with AM or PM, and nothing else.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.goroutines import go_assembly, without_frames
from analyzer.formats.loggers import fill_from_logger, iso, time_of_day, with_pairs
from analyzer.grammar import load
from analyzer.schema import Hop

_GRAMMAR = load("zerolog_console")
_ASSEMBLY = go_assembly()
_LEVELS = {"TRC": "trace", "DBG": "debug", "INF": "info", "WRN": "warn", "ERR": "error", "FTL": "fatal", "PNC": "panic"}
_MINUTES, _SECONDS = "%I:%M%p", "%I:%M:%S%p"


def _time() -> Fill:
    stamp = pl.col("stamp").str.strip_chars()
    zoned, naive = iso(stamp)
    dated = moment(zoned, naive)
    minutes, seconds = (time_of_day(stamp, pattern) for pattern in (_MINUTES, _SECONDS))
    return {
        **dated,
        c.CLOCK: pl.coalesce(minutes[c.CLOCK], seconds[c.CLOCK]),
        c.TIME_LACKS: pl.coalesce(dated[c.TIME_LACKS], minutes[c.TIME_LACKS], seconds[c.TIME_LACKS]),
    }


def _fill() -> Fill:
    level = pl.col("level").str.strip_chars().replace_strict(_LEVELS, default=None, return_dtype=pl.String)
    words = fill_from_logger(_time(), level)
    timed = pl.coalesce(words[c.TIME], words[c.CLOCK]).is_not_null()
    return {
        **words,
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(words[c.KIND]),
        c.TIME_MARKS: pl.when(timed).then(pl.lit("instant")).otherwise(pl.lit("unknown")),
        c.MESSAGE: without_frames(pl.col("text")),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_pairs(captured(records, _GRAMMAR)), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


FORMAT = Format("zerolog_console", "zerolog's console log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
