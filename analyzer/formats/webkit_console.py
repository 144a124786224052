"""A page's console as WebKit prints it on standard output: WebKitGTK, WPE, and browsers built on them.

In come records, out goes what `browser_words` finds in their texts. The hard thing is that it says least of all:
`The server did not accept the WebSocket handshake` stands for any status, and no line has a time.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.browser_words import fill_from_browser_words, with_browser_words
from analyzer.formats.format import Format, captured, parsed, share_with
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import Hop, Kind

_GRAMMAR = load("webkit_console")
_HEAD = r"^(?:(?:[a-z][a-z0-9+.-]*:[!-~]+:[0-9]+:[0-9]+|\[native code\]): )?CONSOLE [A-Z]"


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR).with_columns(pl.col("text").str.strip_prefix(" "))
    words = with_browser_words(lines)
    kind = pl.when(pl.col("console").is_not_null()).then(pl.coalesce("kind", pl.lit(Kind.MESSAGE)))
    level = pl.col("level").str.strip_chars().str.to_lowercase()
    return parsed(words.with_columns(kind=kind), {**fill_from_browser_words(), c.LEVEL: level})


def _affinity(raw: pl.Series) -> float:
    return share_with(raw, _HEAD)


FORMAT = Format(
    "webkit_console",
    "WebKit's console",
    Hop.CLIENT,
    _GRAMMAR,
    _read,
    _affinity,
    Assembly(goes_on=lambda line: ~line.str.contains(_HEAD)),
)
