"""What Chromium prints on its standard error: its own lines, and among them the page's console.

In come records, out goes what `browser_words` finds in the console's. The hard thing is what is missing: the browser's
own words about a handshake that failed are not among them, only what the page says of it, at level INFO whatever it is.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.browser_words import fill_from_browser_words, time_of_day, with_browser_words
from analyzer.formats.format import Format, captured, parsed, share_with
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import Hop, Kind

_GRAMMAR = load("chromium_stderr")
_HEAD = r"^\[(?:[0-9]+:[0-9]+:)?[0-9]{4}/[0-9]{6}\.[0-9]{3,6}:[A-Z]+[0-9]*:"
_CONSOLE = r'^(?s:"(.*)", source: .* \([0-9]+\)\s*)$'


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR)
    console = pl.col("place").str.starts_with("CONSOLE")
    said = pl.coalesce(pl.col("text").str.extract(_CONSOLE, 1), "text")
    words = with_browser_words(lines.with_columns(pl.when(console).then(said).alias("text"), said.alias("said")))
    kind = pl.when(pl.col("time").is_not_null()).then(pl.coalesce("kind", pl.lit(Kind.MESSAGE)))
    clock = pl.col("time").str.replace(r"^.{5}(..)(..)(.*)$", "${1}:${2}:${3}")
    return parsed(
        words.with_columns(kind=kind),
        {
            **fill_from_browser_words(),
            **time_of_day(clock),
            c.LEVEL: pl.col("level").str.to_lowercase(),
            c.MESSAGE: pl.col("said"),
        },
    )


def _affinity(raw: pl.Series) -> float:
    return share_with(raw, _HEAD)


FORMAT = Format(
    "chromium_stderr",
    "Chromium's standard error",
    Hop.CLIENT,
    _GRAMMAR,
    _read,
    _affinity,
    Assembly(goes_on=lambda line: ~line.str.contains(_HEAD)),
)
