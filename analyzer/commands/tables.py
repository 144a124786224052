"""`lasthop events` and `lasthop journeys`: a room's table, printed or written.

In come a table and a place, out goes text on standard output or a file. The hard thing is that a cell holds what an
attacker sent: on a terminal it is shown and does nothing, and in a file it stands as it was.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import polars as pl
from rich.table import Table
from rich.text import Text

from analyzer.analysis import Analysis
from analyzer.commands.printing import STANDARD_OUTPUT, messages, note, output, write, writing
from analyzer.commands.stopwatch import watched
from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.inquiry import Inquiry
from analyzer.pipeline import investigate
from analyzer.report.phrases import place, plural
from analyzer.report.visible import visible
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_SEEN,
    CLIENT_AT,
    ERROR_AT,
    HOP,
    KIND,
    LB_AT,
    LINE,
    MESSAGE,
    METHOD,
    NGINX_SEEN,
    OUTCOME,
    SOURCE,
    STATUS,
    TARGET,
    TIME,
)

__all__ = ["OF_ROOM", "Showing", "tell_table"]

_AT = "at"
_HEADINGS = {
    STATUS.name: "status", ANSWERED_BY.name: "answered by", NGINX_SEEN.name: "nginx", BACKEND_SEEN.name: "backend",
}  # fmt: skip
_LONG = frozenset({TARGET.name, MESSAGE.name, _AT})
"""What gives way where a terminal is narrow."""
_MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"
_ENDINGS = (".parquet", ".csv", ".jsonl")


@dataclass(frozen=True, slots=True)
class Showing:
    """Where a table goes, how many rows a terminal shows of it, and whether it shows how far the work has come."""

    place: str | None
    limit: int
    progress: bool


@dataclass(frozen=True, slots=True)
class RoomTable:
    """A room's table, and what of it a terminal has room for; a file has all of it."""

    table: pl.DataFrame
    shown: tuple[pl.Expr, ...]


def _events(found: Analysis) -> RoomTable:
    """A row per record."""
    at = pl.format("{}:{}", SOURCE.col, LINE.col).alias(_AT)
    return RoomTable(found.events, (TIME.col, at, HOP.col, KIND.col, METHOD.col, TARGET.col, STATUS.col, MESSAGE.col))


def _journeys(found: Analysis) -> RoomTable:
    """A row per attempt."""
    seen = (NGINX_SEEN.col, BACKEND_SEEN.col)
    at = pl.coalesce(column.col for column in (ACCESS_AT, ERROR_AT, LB_AT, BACKEND_AT, CLIENT_AT)).alias(_AT)
    shown = (TIME.col, METHOD.col, TARGET.col, OUTCOME.col, STATUS.col, ANSWERED_BY.col, *seen, at)
    return RoomTable(found.journeys, shown)


OF_ROOM: Mapping[str, Callable[[Analysis], RoomTable]] = {"events": _events, "journeys": _journeys}
"""The rooms whose table is shown."""


def tell_table(of: Callable[[Analysis], RoomTable], inquiry: Inquiry, showing: Showing) -> None:
    """Write a table where it is wanted, else print its first rows."""
    to = showing.place
    _demand_ending(to)
    with watched(shown=showing.progress) as watch:
        found = investigate(inquiry, watch)
        room = of(found)
    if to is None:
        _print(room, showing.limit)
    elif to == STANDARD_OUTPUT:
        write(to, _harmless(_flat(room.table).write_csv(datetime_format=_MOMENT)))
    else:
        _write(room.table, to)
        messages.print(visible(f"{plural(room.table.height, 'row')} written to {to}"), markup=False, highlight=False)
    if found.not_kept:
        more = plural(found.not_kept, "more record")
        note(f"{more} were counted and stand in no table: of a long log the first of each kind are kept")


def _harmless(text: str) -> str:
    """A terminal is shown what a log holds, and does nothing of it; a file and a pipe get it as it is."""
    if sys.stdout is None or not sys.stdout.isatty():
        return text
    return "\n".join(map(visible, text.split("\n")))


def _demand_ending(to: str | None) -> None:
    """A place is looked at before the work is done."""
    if to not in {None, STANDARD_OUTPUT} and Path(to or "").suffix.lower() not in _ENDINGS:
        hint = "Name a file with one of these endings, or - for CSV on standard output."
        raise UsageError(f"{to}: a table is written as {', '.join(_ENDINGS)}", hint)


def _write(table: pl.DataFrame, to: str) -> None:
    with writing(to) as file:
        match Path(to).suffix.lower():
            case ".parquet":
                table.write_parquet(file)
            case ".csv":
                _flat(table).write_csv(file, datetime_format=_MOMENT)
            case _:
                table.with_columns(pl.col(pl.Datetime).dt.strftime(_MOMENT)).write_ndjson(file)


def _flat(table: pl.DataFrame) -> pl.DataFrame:
    """What stands in one cell as text: places as `file:line`, lists as JSON."""
    return table.with_columns(
        _places(table[name]) if isinstance(table[name].dtype, pl.Struct) else _lists(table[name])
        for name, dtype in table.schema.items()
        if isinstance(dtype, pl.Struct | pl.List)
    )


def _places(column: pl.Series) -> pl.Series:
    told = (
        None if at is None or at["line"] is None else place(at["source"], at["line"], at["last_line"]) for at in column
    )
    return pl.Series(column.name, told, dtype=pl.String())


def _lists(column: pl.Series) -> pl.Series:
    as_struct = pl.struct(pl.col(column.name).alias("of")).struct.json_encode()
    encoded = as_struct.str.strip_prefix('{"of":').str.strip_suffix("}").alias(column.name)
    return column.to_frame().select(pl.when(pl.col(column.name).is_not_null()).then(encoded)).to_series()


def _print(room: RoomTable, limit: int) -> None:
    """Print the columns of which anything is known."""
    rows = _flat(room.table.head(limit)).select(room.shown)
    told = rows.select(name for name in rows.columns if rows[name].null_count() < rows.height)
    printed = Table(box=None, pad_edge=False, header_style="bold")
    for name in told.columns:
        printed.add_column(_HEADINGS.get(name, name.rpartition(".")[2]), no_wrap=name not in _LONG)
    for row in told.iter_rows():
        printed.add_row(*map(_cell, row))
    output().print(printed)
    left = room.table.height - limit
    if left > 0:
        rest = f"{left:,} of {plural(room.table.height, 'row')} are not shown"
        note(f"{rest}: --limit N shows more, -o FILE writes all of them")


def _cell(value: object) -> Text:
    """One line of it, cut where there is no room for more."""
    told = "" if value is None else f"{value:%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
    return Text(visible(told.partition("\n")[0]), no_wrap=True, overflow="ellipsis")
