"""Only what is of the period that was asked about is judged; what a log tells besides still counts as what it tells.

In: events with their clocks in step, journeys, and a `Period`. Out: the events and journeys that lie within it, and how
much does not. The hard thing: whether a hop's silence proves anything, which clock is right and who asks in earnest is
told by the whole bundle, so journeys are traced and judged over all of it, and cut last. And of a large log only the
first records were kept: where those of the period may be missing among them, they are read once more.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import polars as pl

from analyzer.errors import NothingReadError
from analyzer.events import Choice, Events
from analyzer.families import Families
from analyzer.frozen import dataclass
from analyzer.journeys import Journeys
from analyzer.periods import Asked, Period
from analyzer.report.model import AskedAbout
from analyzer.report.times import moment
from analyzer.schema import (
    COUNT,
    EVENTS,
    FIRST,
    HOP,
    JOURNEY,
    KEPT,
    KIND,
    LAST,
    LINE,
    SOURCE,
    TIME,
    TIME_LACKS,
    Kind,
    schema_of,
)

__all__ = ["Within", "requests_told", "within"]

ReadAgain = Callable[[Choice], Events]
SetRight = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Within:
    """What is of the period. `events`: all of them still; `counted`: the families of the period's; `asked`: the rest.

    Without a period all are of it, and `asked` is None.
    """

    events: Events
    counted: pl.DataFrame
    period: Period
    asked: AskedAbout | None

    @property
    def judged(self) -> Events:
        """The events of the period alone; of the stretches of time that were counted, those that begin in it."""
        if self.asked is None:
            return self.events
        kept, histogram = (each.filter(_inside(self.period)) for each in (self.events.kept, self.events.histogram))
        return replace(self.events, kept=kept, families=self.counted, histogram=histogram)

    def journeys(self, traced: Journeys) -> Journeys:
        """The journeys of the period, with the signs that tell of them, and what else was said in it."""
        if self.asked is None:
            return traced
        kept = traced.journeys.filter(_inside(self.period))
        told = JOURNEY.col.is_in(kept[JOURNEY.name].implode())
        alone = (JOURNEY.col < 0) & _inside(self.period)
        return replace(
            traced,
            journeys=kept,
            conditions=traced.conditions.filter(_inside(self.period)),
            signs=traced.signs.filter(told | alone),
            counted=self.counted,
        )


def within(events: Events, asked: Asked | None, read_again: ReadAgain, set_right: Callable[[], SetRight]) -> Within:
    """Cut the events. Raises NothingReadError where the bundle tells nothing of the period.

    `read_again` reads the logs once more and keeps what it is told to; `set_right` gives what brings times into step.
    """
    if asked is None:
        return Within(events, events.families, Period(None, None), None)
    period = asked.before(_last_event(events))
    if _may_lack(events.families, period):
        right = set_right()
        more = read_again(lambda records: records.filter(right(records).select(_inside(period)).to_series()))
        events, counted = replace(events, kept=_together(events.kept, right(more.kept))), more.families
    else:
        counted = _families_of(events.kept.filter(_inside(period)))
    _demand_something_told(events, period)
    return Within(events, counted, period, _told(period, events.families, counted))


def requests_told(families: pl.DataFrame) -> int:
    """Requests, by the hop whose logs tell of most."""
    told = families.filter(KIND.col.is_in([Kind.REQUEST, Kind.HANDSHAKE_RECEIVED, Kind.HANDSHAKE_FAILED]))
    by_hop = told.group_by(HOP.name).agg(COUNT.col.sum())
    return max(by_hop[COUNT.name].to_list(), default=0)


def _inside(period: Period) -> pl.Expr:
    """Within the period, which has a bound; what has no time cannot be told to lie outside."""
    bounds = [TIME.col >= pl.lit(period.start)] if period.start else []
    bounds += [TIME.col <= pl.lit(period.end)] if period.end else []
    return pl.all_horizontal(*bounds).fill_null(value=True)


def _last_event(events: Events) -> datetime | None:
    """The last moment that a log tells of; by those that name their zone, where there are any."""
    told = events.kept.filter(HOP.col.is_not_null(), TIME.col.is_not_null())
    settled = told.filter(TIME_LACKS.col.is_null())
    known = settled if settled.height else told
    counted = events.families.filter(HOP.col.is_not_null(), SOURCE.col.is_in(known[SOURCE.name].unique().implode()))
    moments = [each for each in (known[TIME.name].max(), counted[LAST.name].max()) if isinstance(each, datetime)]
    return max(moments, default=None)


def _may_lack(families: pl.DataFrame, period: Period) -> bool:
    """Whether records of the period may have been counted and not kept."""
    overlaps = [LAST.col >= pl.lit(period.start)] if period.start else []
    overlaps += [FIRST.col <= pl.lit(period.end)] if period.end else []
    perhaps = pl.all_horizontal(*overlaps).fill_null(value=True)
    return not families.filter(COUNT.col > KEPT.col, perhaps).is_empty()


def _together(kept: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat([kept, more.select(kept.columns)])
    once = both.unique([SOURCE.name, LINE.name], keep="first", maintain_order=True)
    return once.sort(TIME.name, SOURCE.name, LINE.name, nulls_last=True)


def _families_of(kept: pl.DataFrame) -> pl.DataFrame:
    families = Families()
    families.add(kept.select(schema_of(EVENTS).names()))
    return families.counts()


def _demand_something_told(events: Events, period: Period) -> None:
    """Of the period some line must tell, where lines have times at all: what has none is no proof that all was well."""
    times = events.kept.filter(HOP.col.is_not_null(), TIME.col.is_not_null())
    first, last = times[TIME.name].min(), times[TIME.name].max()
    if isinstance(first, datetime) and isinstance(last, datetime) and times.filter(_inside(period)).is_empty():
        hint = f"Its logs tell of {moment(first)} to {moment(last)}."
        raise NothingReadError(f"nothing in the bundle is of the period asked about, {_named(period)}", hint)


def _named(period: Period) -> str:
    since = f"from {moment(period.start)}" if period.start else ""
    until = f"to {moment(period.end)}" if period.end else ""
    return f"{since} {until}".strip()


def _told(period: Period, families: pl.DataFrame, counted: pl.DataFrame) -> AskedAbout:
    logged = HOP.col.is_not_null() & (KIND.col != Kind.SETTING)
    return AskedAbout(
        since=period.since,
        until=period.until,
        start=period.start,
        end=period.end,
        records_outside=_records(families) - _records(counted),
        requests_outside=requests_told(families) - requests_told(counted),
        untimed=_records(counted.filter(logged, FIRST.col.is_null())),
    )


def _records(families: pl.DataFrame) -> int:
    return int(families[COUNT.name].sum())
