"""What is said of the clocks: in each source's row of the ledger, and in notes of what is open or was not done.

In: the events in UTC beside their times as written, and the clocks. Out: ledger rows, and sentences.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from analyzer.journeys.clocks.moments import STREAM, WRITTEN
from analyzer.journeys.clocks.settling import Clock
from analyzer.journeys.clocks.zones import Zone, zone_of
from analyzer.report.model import LedgerRow
from analyzer.schema import CLOCK, SOURCE, TIME, TIME_LACKS, Lacks

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Moved:
    """How far the times of one stream were moved back, at its first and at its last kept record."""

    source: str
    stream: int
    at_first: timedelta
    at_last: timedelta
    first: datetime
    last: datetime
    dated: bool


def with_clocks(rows: Sequence[LedgerRow], right: pl.DataFrame, clocks: Sequence[Clock]) -> tuple[LedgerRow, ...]:
    """Tell of each source when it is of, in UTC, and how its clock stood."""
    of_stream = {clock.stream: clock for clock in clocks}
    moved = list(_moved(right))
    by_source = {row.path: [each for each in moved if each.source == row.path] for row in rows}
    return tuple(_row(row, by_source[row.path], of_stream) for row in rows)


def _moved(right: pl.DataFrame) -> Iterator[_Moved]:
    """A log without dates was written on some day: which one is no matter of its clock."""
    back = (pl.coalesce(pl.col(WRITTEN), CLOCK.col) - TIME.col).sort_by(TIME.name)
    streams = right.drop_nulls([STREAM, TIME.name]).group_by(SOURCE.name, STREAM)
    told = streams.agg(
        back.first().alias("at first"),
        back.last().alias("at last"),
        TIME.col.min().alias("first"),
        TIME.col.max().alias("last"),
        pl.col(WRITTEN).is_not_null().any().alias("dated"),
    )
    for row in told.sort(STREAM).iter_rows():
        yield _Moved(*row)


def _row(row: LedgerRow, moved: Sequence[_Moved], clocks: dict[int, Clock]) -> LedgerRow:
    if not moved:
        return row
    told = max(moved, key=lambda each: (each.stream in clocks, abs(_ahead(each)), -each.stream))
    clock = clocks.get(told.stream)
    same = len({each.at_first for each in moved} | {each.at_last for each in moved if len(moved) > 1}) == 1
    first = row.first - told.at_first if same and told.dated and row.first else min(each.first for each in moved)
    last = row.last - told.at_last if same and told.dated and row.last else max(each.last for each in moved)
    row = replace(row, first=first, last=last)
    if clock is None and not told.at_first:
        return row
    return replace(
        row,
        clock_offset_s=_ahead(told).total_seconds(),
        clock_spread_s=clock.spread_s if clock else None,
        clock_matches=clock.matches if clock else None,
    )


def _ahead(moved: _Moved) -> timedelta:
    return moved.at_first if moved.dated else (moved.at_first + _DAY / 2) % _DAY - _DAY / 2


def notes_on(
    written: pl.DataFrame, streams: pl.DataFrame, clocks: Sequence[Clock], zones: Sequence[Zone]
) -> tuple[str, ...]:
    """Say which zones and dates stay open, which clock turned, and where a zone that was told changes nothing."""
    return (*_open(streams, clocks), *_turned(clocks), *_unused(written, zones))


def _open(streams: pl.DataFrame, clocks: Sequence[Clock]) -> Iterator[str]:
    settled = {clock.stream for clock in clocks if clock.settled}
    dated = {clock.stream for clock in clocks}
    for stream, source, lacks in streams.select(STREAM, SOURCE.name, TIME_LACKS.name).iter_rows():
        if lacks == Lacks.ZONE and stream not in settled:
            yield f"{source} names no time zone, and nothing else settles it: its times are as written."
        if lacks == Lacks.DATE and stream not in dated:
            yield f"{source} writes no dates, and nothing else settles them: its lines stand in their own order."


def _turned(clocks: Iterable[Clock]) -> Iterator[str]:
    for clock in clocks:
        if clock.turn is not None:
            yield (
                f"The clock of {clock.source} was set by an hour at line {clock.turn.line}: it is ahead of UTC by "
                f"{clock.offset_s:+d} s before and by {clock.turn.offset_s:+d} s from there on."
            )


def _unused(written: pl.DataFrame, zones: Sequence[Zone]) -> Iterator[str]:
    """A zone that was told by name, for a source whose lines do not wait for one."""
    local = set(written.filter(TIME_LACKS.col == Lacks.ZONE)[SOURCE.name])
    undated = set(written.filter(TIME_LACKS.col == Lacks.DATE)[SOURCE.name])
    timed = set(written.drop_nulls(TIME.name)[SOURCE.name])
    for source in sorted(set(written[SOURCE.name]) - local):
        zone = zone_of(source, zones)
        if zone is not None and zone.source is not None:
            why = "names its zone itself" if source in timed else "has no date" if source in undated else "has no times"
            yield f"{source} {why}: --tz {zone.source}={zone.name} changes nothing there."
