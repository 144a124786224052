"""What is said of the clocks: in each source's row of the ledger, in the families' times, and in notes.

In: the events in UTC beside their times as written, and the clocks. Out: ledger rows, families, and sentences.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from analyzer.frozen import dataclass
from analyzer.journeys.clocks.moments import STREAM, WRITTEN
from analyzer.journeys.clocks.settling import Clock
from analyzer.journeys.clocks.zones import ZONE_TOLD, Zone, zone_of
from analyzer.report.grounds import LedgerRow
from analyzer.said import counted, said
from analyzer.schema import CLOCK, FIRST, LAST, SOURCE, TIME, TIME_LACKS, Lacks

_DAY = timedelta(days=1)
_AT_FIRST, _AT_LAST = "at first", "at last"


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the times of one stream were moved back, at its first and at its last kept record."""

    source: str
    stream: int
    at_first: timedelta
    at_last: timedelta
    first: datetime
    last: datetime
    dated: bool
    zone_told: bool


Called = Callable[[str], str]
"""The name by which a source is told."""


def moves(right: pl.DataFrame) -> list[Moved]:
    """Lay the times as written beside the right ones; a log without dates counts as of 1970-01-01."""
    back = (pl.coalesce(pl.col(WRITTEN), CLOCK.col) - TIME.col).sort_by(TIME.name)
    streams = right.drop_nulls([STREAM, TIME.name]).group_by(SOURCE.name, STREAM)
    told = streams.agg(
        back.first().alias(_AT_FIRST),
        back.last().alias(_AT_LAST),
        TIME.col.min().alias("first"),
        TIME.col.max().alias("last"),
        pl.col(WRITTEN).is_not_null().any().alias("dated"),
        pl.col(ZONE_TOLD).any().alias("told"),
    )
    return [Moved(*row) for row in told.sort(STREAM).iter_rows()]


def with_clocks(rows: Sequence[LedgerRow], moved: Sequence[Moved], clocks: Sequence[Clock]) -> tuple[LedgerRow, ...]:
    """Tell of each source when it is of, in UTC, and how its clock stood."""
    of_stream = {clock.stream: clock for clock in clocks}
    return tuple(_row(row, [each for each in moved if each.source == row.path], of_stream) for row in rows)


def _row(row: LedgerRow, moved: Sequence[Moved], clocks: dict[int, Clock]) -> LedgerRow:
    if not moved:
        return row
    row = replace(row, first=_first(row, moved), last=_last(row, moved))
    told = max(moved, key=lambda each: (each.stream in clocks or each.zone_told, abs(_ahead(each)), -each.stream))
    clock = clocks.get(told.stream)
    if clock is None:
        return replace(row, clock_offset_s=_ahead(told).total_seconds()) if told.zone_told else row
    return replace(
        row,
        clock_offset_s=_ahead(told).total_seconds(),
        clock_spread_s=clock.spread_s,
        clock_matches=clock.matches,
    )


def _first(row: LedgerRow, moved: Sequence[Moved]) -> datetime:
    """What is not kept has moved as what is; but where two clocks wrote one file, only what is kept is known."""
    alone = row.first and len({each.at_first for each in moved}) == 1 and moved[0].dated
    return row.first - moved[0].at_first if row.first and alone else min(each.first for each in moved)


def _last(row: LedgerRow, moved: Sequence[Moved]) -> datetime:
    alone = row.last and len({each.at_last for each in moved}) == 1 and moved[0].dated
    return row.last - moved[0].at_last if row.last and alone else max(each.last for each in moved)


def families_in_step(families: pl.DataFrame, moved: Sequence[Moved]) -> pl.DataFrame:
    """Move what is only counted as the kept records of its source have moved."""
    told = _beside_moves(families, moved)
    return told.with_columns(FIRST.col - pl.col(_AT_FIRST), LAST.col - pl.col(_AT_LAST)).drop(_AT_FIRST, _AT_LAST)


def histogram_in_step(histogram: pl.DataFrame, moved: Sequence[Moved]) -> pl.DataFrame:
    """Move a source's buckets as its first kept record has moved."""
    told = _beside_moves(histogram, moved)
    return told.with_columns(TIME.col - pl.col(_AT_FIRST)).drop(_AT_FIRST, _AT_LAST)


def _beside_moves(counts: pl.DataFrame, moved: Sequence[Moved]) -> pl.DataFrame:
    """Lay beside each count how far its source's kept records have moved: not at all where none was kept."""
    still = pl.duration(seconds=0)
    back = pl.DataFrame(
        [(each.source, each.at_first, each.at_last) for each in moved],
        schema={SOURCE.name: pl.String(), _AT_FIRST: pl.Duration("us"), _AT_LAST: pl.Duration("us")},
        orient="row",
    ).unique(SOURCE.name, keep="first", maintain_order=True)
    joined = counts.join(back, on=SOURCE.name, how="left", maintain_order="left")
    return joined.with_columns(pl.col(_AT_FIRST, _AT_LAST).fill_null(still))


def _ahead(moved: Moved) -> timedelta:
    return moved.at_first if moved.dated else (moved.at_first + _DAY / 2) % _DAY - _DAY / 2


def notes_on(
    written: pl.DataFrame,
    streams: pl.DataFrame,
    clocks: Sequence[Clock],
    zones: Sequence[Zone],
    called: Called,
) -> tuple[str, ...]:
    """Say which zones and dates stay open, which clock went wrong or turned, and where a told zone changes nothing."""
    return (
        *_open(streams, clocks, called),
        *_wrong(streams, clocks, called),
        *_turned(clocks, called),
        *_unused(written, zones, called),
    )


def _open(streams: pl.DataFrame, clocks: Sequence[Clock], called: Called) -> Iterator[str]:
    settled = {clock.stream for clock in clocks if clock.settled}
    dated = {clock.stream for clock in clocks}
    for stream, source, lacks in streams.select(STREAM, SOURCE.name, TIME_LACKS.name).iter_rows():
        if lacks == Lacks.ZONE and stream not in settled:
            yield said(
                "{source} names no time zone, and nothing else settles it: its times are as written.",
                source=called(source),
            )
        if lacks == Lacks.DATE and stream not in dated:
            yield said(
                "{source} writes no dates, and nothing else settles them: its lines stand in their own order.",
                source=called(source),
            )


def _wrong(streams: pl.DataFrame, clocks: Iterable[Clock], called: Called) -> Iterator[str]:
    """A clock whose zone is known, and that is off all the same."""
    zoned = set(streams.filter(TIME_LACKS.col.is_null())[STREAM])
    for clock in clocks:
        if clock.stream in zoned and clock.offset_s:
            way = said("ahead") if clock.offset_s > 0 else said("behind")
            agree = counted(clock.matches or 0, "one request says", "{count} requests say")
            yield said(
                "The clock of {source} is {seconds} s {way}, {agree}: its times are set right.",
                source=called(clock.source),
                seconds=str(abs(clock.offset_s)),
                way=way,
                agree=agree,
            )


def _turned(clocks: Iterable[Clock], called: Called) -> Iterator[str]:
    for clock in clocks:
        if clock.turn is not None:
            yield said(
                "The clock of {source} was set by an hour at line {line}: it is ahead of UTC by {before:+d} s before"
                " and by {after:+d} s from there on.",
                source=called(clock.source),
                line=clock.turn.line,
                before=clock.offset_s,
                after=clock.turn.offset_s,
            )


def _unused(written: pl.DataFrame, zones: Sequence[Zone], called: Called) -> Iterator[str]:
    """A zone that was told by name, for a source whose lines do not wait for one."""
    local = set(written.filter(TIME_LACKS.col == Lacks.ZONE)[SOURCE.name])
    undated = set(written.filter(TIME_LACKS.col == Lacks.DATE)[SOURCE.name])
    timed = set(written.drop_nulls(TIME.name)[SOURCE.name])
    for source in sorted(set(written[SOURCE.name]) - local):
        zone = zone_of(source, zones)
        if zone is not None and zone.source is not None:
            why = (
                said("names its zone itself")
                if source in timed
                else said("has no date")
                if source in undated
                else said("has no times")
            )
            yield said(
                "{source} {why}: --tz {pattern}={zone} changes nothing there.",
                source=called(source),
                why=why,
                pattern=called(zone.source),
                zone=zone.name,
            )
