"""logrus to a terminal; into a file it writes logfmt.

In come its lines, out go the words, and what the pairs behind them tell. The hard thing is that its default has no
time, but the seconds since the program began.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.goroutines import go_assembly, without_frames
from analyzer.formats.loggers import fill_from_logger, iso, with_pairs
from analyzer.grammar import load
from analyzer.schema import Hop

_GRAMMAR = load("logrus")
_ASSEMBLY = go_assembly()
_LEVELS = {
    "TRAC": "trace", "DEBU": "debug", "INFO": "info", "WARN": "warning", "ERRO": "error", "FATA": "fatal",
    "PANI": "panic",
}  # fmt: skip
_PADDING = r" {2,}"


def _fill() -> Fill:
    level = pl.col("level").str.strip_chars("[").replace_strict(_LEVELS, default=None, return_dtype=pl.String)
    words = fill_from_logger(moment(*iso(pl.col("stamp").str.strip_chars("] "))), level)
    return {
        **words,
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(words[c.KIND]),
        c.MESSAGE: without_frames(pl.col("text")).str.replace(_PADDING, " "),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_pairs(captured(records, _GRAMMAR)), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


FORMAT = Format("logrus", "logrus' log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
