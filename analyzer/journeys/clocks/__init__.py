"""Every source's clock brought into step: its zone and how far it is off, from the requests that other logs tell of.

In: the events as written, and the zones that the user told. Out: the same events in UTC, each with CLOCK_TOLERANCE, and
a ledger and notes that say what was done. The hard thing is to leave alone what nothing settles: a wrong correction
pairs the wrong requests, so no offset is better than a guess. Nothing here asks for this machine's clock or zone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil

import polars as pl

from analyzer.events import Events
from analyzer.journeys.clocks.moments import STREAM, WRITTEN, moments, streams_of, with_streams
from analyzer.journeys.clocks.settling import Clock, ahead_by, settle
from analyzer.journeys.clocks.telling import Called, families_in_step, histogram_in_step, moves, notes_on, with_clocks
from analyzer.journeys.clocks.zones import ZONE_TOLD, Zone, demand_sources, read_zones, with_zones
from analyzer.schema import CLOCK, CLOCK_TOLERANCE, FORMAT, HOP, LINE, SOURCE, START, TIME, TIME_LACKS

__all__ = ["Zone", "demand_sources", "in_step", "read_zones", "setting_right"]


def in_step(events: Events, zones: Sequence[Zone] = (), called: Called = str) -> tuple[Events, tuple[str, ...]]:
    """Return the events in UTC with a ledger that tells of their clocks, and what else there is to say of them.

    `called` gives the name by which a source is told.

    Raises UsageError where a zone was told for a source that is not there.
    """
    demand_sources(zones, [row.path for row in events.ledger])
    told, streams, clocks = _compared(events, zones)
    right = _right(told, clocks)
    moved = moves(right)
    ledger = with_clocks(events.ledger, moved, clocks)
    families = families_in_step(events.families, moved)
    histogram = histogram_in_step(events.histogram, moved)
    notes = notes_on(events.kept, streams, clocks, zones, called)
    kept = right.drop(STREAM, WRITTEN, ZONE_TOLD).sort(TIME.name, SOURCE.name, LINE.name, nulls_last=True)
    return replace(events, kept=kept, families=families, histogram=histogram, ledger=ledger), notes


def setting_right(events: Events, zones: Sequence[Zone]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Give what sets right the times of more records of the same logs, by what these events as written settle.

    Where a log writes no dates, such records have no time: on which day they stand is told by all of them alone.
    """
    _, streams, clocks = _compared(events, zones)
    stream_of = [SOURCE.name, FORMAT.name, TIME_LACKS.name]
    known = streams.select(STREAM, *stream_of)

    def right(records: pl.DataFrame) -> pl.DataFrame:
        undated = records.with_columns(pl.lit(None, dtype=CLOCK.dtype).alias(CLOCK.name))
        told = with_zones(undated, zones).join(known, on=stream_of, how="left", nulls_equal=True, maintain_order="left")
        return _right(told, clocks).drop(STREAM, ZONE_TOLD)

    return right


def _compared(events: Events, zones: Sequence[Zone]) -> tuple[pl.DataFrame, pl.DataFrame, tuple[Clock, ...]]:
    """The events as written with the zones that were told, their streams, and the clocks that others settle."""
    told = with_streams(with_zones(events.kept.with_columns(TIME.col.alias(WRITTEN)), zones))
    streams = streams_of(told.filter(HOP.col.is_not_null()))  # a line that is nobody's has nothing to be joined with
    return told, streams, tuple(settle(streams, moments(told)))


def _right(told: pl.DataFrame, clocks: Sequence[Clock]) -> pl.DataFrame:
    """The times as a right clock would have written them; what lacks a date gets one only with a clock.

    Where a clock is settled the times lack nothing any more: TIME_LACKS is left to those that stay as written.
    """
    ahead, tolerance = (pl.lit(None, dtype=pl.Int64) for _ in range(2))
    for clock in clocks:
        here = pl.col(STREAM) == clock.stream
        ahead = pl.when(here).then(ahead_by(clock)).otherwise(ahead)
        tolerance = pl.when(here).then(ceil(clock.spread_s or 0.0)).otherwise(tolerance)
    settled = [clock.stream for clock in clocks if clock.settled]
    back = pl.duration(seconds=ahead.fill_null(0))
    dated = pl.when(ahead.is_not_null()).then(CLOCK.col)
    return told.with_columns(
        (pl.coalesce(TIME.col, dated) - back).alias(TIME.name),
        (pl.coalesce(START.col, dated) - back).alias(START.name),
        tolerance.fill_null(0).alias(CLOCK_TOLERANCE.name),
        pl.when(~pl.col(STREAM).is_in(settled).fill_null(value=False)).then(TIME_LACKS.col).alias(TIME_LACKS.name),
    )
