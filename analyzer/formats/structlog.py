"""structlog as it writes to a screen (structlog/dev.py, `ConsoleRenderer`); its JSON and logfmt are read as such.

In come its lines, out go requests where a server handed one on, else what words and pairs tell. The hard thing is that
values are printed as Python's `repr` does: in single quotes where they hold a blank, and lists among them.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Format, captured, share_of_heads
from analyzer.formats.loggers import iso, with_pairs
from analyzer.formats.python_lines import HANDED_ON, read_behind_heads, time_behind
from analyzer.formats.tracebacks import python_assembly
from analyzer.grammar import load
from analyzer.schema import Hop

_GRAMMAR = load("structlog")
_IN_SINGLE_QUOTES = r"='([^'\"\n]*)'"
_ALLOWED, _EACH = r"\ballowed_?[oO]rigins=\[([^\]\n]*)\]", r"'[^']*'"
_PADDING, _LOGGER = r"^([^\n]*?) {2,}", r"^[^\n]*? (\[[A-Za-z_][\w.]*\])(?: |\n|$)"


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR)
    text, first = pl.col("text").str.replace(_PADDING, "${1} ").str.strip_chars_end(), pl.col("text")
    told = lines.with_columns(text=text, head=first.str.extract(_LOGGER, 1))
    level = pl.col("level").str.strip_chars("[] ")
    head = {**time_behind(*iso(pl.col("stamp").str.strip_chars())), c.LEVEL: level}
    return read_behind_heads(told, head, HANDED_ON, _with_pairs)


def _with_pairs(lines: pl.DataFrame) -> pl.DataFrame:
    pairs = pl.col("text").str.replace_all(_IN_SINGLE_QUOTES, '="${1}"')
    allowed = pl.col("text").str.extract(_ALLOWED, 1).str.extract_all(_EACH)
    told = with_pairs(lines.with_columns(pairs=pairs), "pairs")
    return told.with_columns(in_allowed_origins=allowed.list.eval(pl.element().str.strip_chars("'")))


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


_ASSEMBLY = python_assembly()

FORMAT = Format("structlog", "structlog's console", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
