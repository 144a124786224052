"""The tables as they may leave the house: events and journeys without secrets, and what a report counts, as frames.

In: frames of the rooms, what hides secrets, a Report. Out: Polars frames. The hard thing is that a text stands in many
rows and columns: each is looked at once, and equal secrets have one number everywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict

import polars as pl

from analyzer.redaction import Redaction
from analyzer.report.figures import Reach
from analyzer.report.grounds import LedgerRow
from analyzer.schema import EVENTS, HOST, SETTING_AT, SETTING_DIGEST, SOURCE

__all__ = ["changes", "events_shown", "reach_table", "sources_table", "table_shown", "texts_of", "with_changes"]

_NAMED_IN = "source"
_NO_TEXTS = pl.Series(dtype=pl.String())
_ROWS = pl.Schema({"path": pl.String(), "requests": pl.Int64(), "served": pl.Int64(), "missed": pl.Int64()})
_SOURCES = pl.Schema(
    {
        "path": pl.String(), "service": pl.String(), "format": pl.String(), "why": pl.String(), "lines": pl.Int64(),
        "parsed": pl.Int64(), "unparsed": pl.Int64(), "by_features": pl.Int64(), "first": pl.Datetime("us", "UTC"),
        "last": pl.Datetime("us", "UTC"), "clock_offset_s": pl.Float64(), "clock_spread_s": pl.Float64(),
        "clock_matches": pl.Int64(),
    }
)  # fmt: skip


def events_shown(kept: pl.DataFrame, shown: Redaction) -> pl.DataFrame:
    """Give the events without secrets: EVENTS but for the digests of settings, which are others on every run."""
    return table_shown(kept.select(column.name for column in EVENTS if column != SETTING_DIGEST), shown)


def table_shown(table: pl.DataFrame, shown: Redaction) -> pl.DataFrame:
    """Give a table without the secrets in its texts."""
    return table.with_columns(_column_shown(table[name], shown) for name in table.columns)


def _column_shown(column: pl.Series, shown: Redaction) -> pl.Series:
    told = {SOURCE.name: shown.source, HOST.name: shown.host}.get(column.name, shown.text)
    if column.dtype == SETTING_AT.dtype:
        places = column.struct.unnest()
        source = with_changes(places[_NAMED_IN], changes(texts_of(places[_NAMED_IN]), shown.source))
        told_places = places.with_columns(source).to_struct(column.name)
        return pl.select(pl.when(column.is_not_null()).then(told_places).alias(column.name)).to_series()
    return with_changes(column, changes(texts_of(column), told))


def texts_of(column: pl.Series) -> pl.Series:
    """Give the distinct texts of a column of texts, or of lists of them; of any other there are none."""
    texts = column.explode() if column.dtype == pl.List(pl.String()) else column
    return texts.unique(maintain_order=True).drop_nulls() if texts.dtype == pl.String() else _NO_TEXTS


def changes(texts: pl.Series, told: Callable[[str], str]) -> dict[str, str]:
    """Say what changes of distinct texts, by how it was."""
    return {text: other for text in texts if (other := told(text)) != text}


def with_changes(column: pl.Series, changed: Mapping[str, str]) -> pl.Series:
    """Give a column of texts, or of lists of them, with these changes."""
    if not changed:
        return column
    if column.dtype == pl.List(pl.String()):
        return column.list.eval(pl.element().replace(changed))
    return column.replace(changed)


def reach_table(reach: Reach | None) -> pl.DataFrame:
    """A row per path family: `path`, `requests`, how many came to each hop (null: no log tells), `served`, `missed`."""
    hops = {hop.value: pl.Int64() for hop in reach.hops} if reach else {}
    rows = [
        {
            "path": row.path, "requests": row.requests, "served": row.served, "missed": row.missed,
            **dict(zip(hops, row.reached, strict=True)),
        }
        for row in (reach.rows if reach else ())
    ]  # fmt: skip
    return pl.DataFrame(rows, schema={**_ROWS, **hops}).select("path", "requests", *hops, "served", "missed")


def sources_table(sources: tuple[LedgerRow, ...]) -> pl.DataFrame:
    """A row per source, and service of it: what it was taken for and why, what was read of it, how its clock stood."""
    rows = [{name: value for name, value in asdict(row).items() if name in _SOURCES} for row in sources]
    return pl.DataFrame(rows, schema=_SOURCES)
