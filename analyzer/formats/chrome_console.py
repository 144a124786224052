"""A browser's console, exported or pasted: Chrome's and Edge's, and Safari's, whose lines begin alike.

In come its lines, out goes what `browser_words` finds in them. The hard thing is what makes a record: an error brings
its stack along, as lines `name @ file:line` of their own. Only Safari copies the level along, in front of all else.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.browser_words import MARKS, fill_from_browser_words, time_of_day, with_browser_words
from analyzer.formats.console import console_assembly, share_telling
from analyzer.formats.format import Format, captured, parsed
from analyzer.grammar import load
from analyzer.schema import RAW, Hop

_GRAMMAR = load("chrome_console")
_LEVEL = r"^\[(Error|Warning|Log|Info|Debug)\]\s"
_ASSEMBLY = console_assembly(
    r"^[^\n]{1,200} @ \S+:[0-9]+(?::[0-9]+)?\s*$"
    r"|^\s*failed: (?:Error (?:during WebSocket handshake|in connection establishment)|WebSocket )"  # broken by hand
    r"|^(?:setTimeout|setInterval|Promise\.[[:word:]]+|await in .{1,80}|Image|requestAnimationFrame)\s*$"
)


def _read(records: pl.DataFrame) -> pl.DataFrame:
    read = with_browser_words(captured(records, _GRAMMAR))
    bare = pl.col("time").is_null() & pl.col("source").is_null()
    level = pl.when(bare).then(pl.col("text").str.extract(_LEVEL, 1).str.to_lowercase())
    return parsed(read, {**fill_from_browser_words(), **time_of_day(pl.col("time")), c.LEVEL: level})


def _affinity(raw: pl.Series) -> float:
    """Count the lines that only a browser's console has, among those that begin a record; few logs have any at all."""
    lines = raw.alias(RAW.name).to_frame()
    linked = pl.col("source").is_not_null() & pl.col("source").str.contains(r"\.[cm]?[jt]sx?|\.html?|^\(|^VM")
    telling = captured(lines, _GRAMMAR).select(telling=linked | pl.col("text").str.contains(MARKS))
    if not telling.to_series().any():
        return 0.0
    heads = lines.hstack(telling).filter(RAW.col.str.contains(r"^\s*[^\s{]") & ~_ASSEMBLY.goes_on(RAW.col))
    return share_telling(heads)


FORMAT = Format(
    "chrome_console", "browser console", Hop.CLIENT, _GRAMMAR, _read, _affinity, _ASSEMBLY, reads_prose=True
)
