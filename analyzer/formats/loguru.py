"""loguru, which many services in Python write with instead of logging (loguru/_defaults.py, `LOGURU_FORMAT`).

In come its lines, out go requests where a server handed one on, else what the words tell. The hard thing is its
traceback: blank lines stand inside it, an arrow marks a frame, and below each frame it draws the values.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, share_of_heads
from analyzer.formats.loggers import dated_or_of_day, iso, time_of_day
from analyzer.formats.python_lines import HANDED_ON, read_behind_heads, time_behind
from analyzer.formats.tracebacks import python_assembly
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import Hop

_GRAMMAR = load("loguru")
_FRAME = r"^(?:> File \"|[ \t]+\S)"  # the arrow: where it was caught (loguru/_better_exceptions.py)
_TRACEBACK = r"^(?:Traceback \(most recent|During handling of the above|The above exception was)"
_BLANK, _NAMED = r"^\s*$", r"^(?:[A-Za-z_][\w]*\.)*[A-Z]\w*(?::|$)"


def _assembly() -> Assembly:
    python = python_assembly()

    def goes_on(line: pl.Expr) -> pl.Expr:
        before, after = line.shift(1).fill_null(""), line.shift(-1).fill_null("")
        inside = f"{_FRAME}|{_TRACEBACK}"
        far = line.shift(-2).fill_null("").str.contains(_TRACEBACK) & after.str.contains(_BLANK)
        blank = line.str.contains(_BLANK) & (before.str.contains(inside) | after.str.contains(inside) | far)
        ends = line.str.contains(_NAMED) & before.str.contains(_BLANK) & line.shift(2).str.contains(_FRAME)
        return python.goes_on(line) | line.str.contains(_FRAME) | blank | ends.fill_null(value=False)

    return Assembly(goes_on=goes_on, begins=python.begins)


def _time() -> Fill:
    stamp = pl.col("stamp").str.strip_chars(" |")
    return dated_or_of_day(time_behind(*iso(stamp)), time_of_day(stamp, "%H:%M:%S%.f"))


def _read(records: pl.DataFrame) -> pl.DataFrame:
    level = pl.col("level").str.strip_chars(" |").str.to_lowercase()
    lines = captured(records, _GRAMMAR).rename({"place": "head"})
    return read_behind_heads(lines, {**_time(), c.LEVEL: level}, HANDED_ON)


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


_ASSEMBLY = _assembly()

FORMAT = Format("loguru", "loguru log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
