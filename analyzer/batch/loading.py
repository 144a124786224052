"""What a store tells of a stretch of time, as events: what the logs' own reading would have given of it.

In: the store, the pieces that tell of a stretch. Out: `Events` of it and of what lies around it, and what of them is
counted within it. The hard thing is the rim: a request may have begun before midnight, and a log that names no zone may
mean another day: what its clock is compared with must hold all that it could mean, so more is loaded than is judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from analyzer.batch.manifest import EVENTS_IN, FAMILIES_IN, PULSES_IN, Held
from analyzer.batch.place import Place
from analyzer.batch.pulses import MINUTE_S, PULSES
from analyzer.batch.reading import STORED, STORED_FAMILY
from analyzer.batch.stretches import Stretch
from analyzer.cutting import Within
from analyzer.events import Events
from analyzer.frozen import dataclass
from analyzer.journeys.clocks import Zone, in_step
from analyzer.periods import Period
from analyzer.perspective import seen_from_behind
from analyzer.report.grounds import LedgerRow
from analyzer.report.model import AskedAbout
from analyzer.schema import (
    ANSWER,
    COUNT,
    EVENTS,
    FAMILY,
    FIRST,
    HISTOGRAM,
    HOP,
    HOUR,
    KEPT,
    KIND,
    LAST,
    LINE,
    SOURCE,
    TIME,
    Column,
    Kind,
    schema_of,
)

__all__ = ["Loaded", "ledger_of", "load"]

_NO_RIM, _RIM = timedelta(), timedelta(hours=1)
_ZONES = timedelta(hours=14)  # the furthest a zone is from UTC (tz database)
_ORDER = [TIME.name, SOURCE.name, LINE.name]
_COUNTED = (COUNT, KEPT, FIRST, LAST)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stretch's events with their clocks in step, cut to it; `families`: of each hour, STORED_FAMILY with counts."""

    within: Within
    families: pl.DataFrame
    notes: tuple[str, ...]


def load(place: Place, pieces: Sequence[Held], stretch: Stretch, zones: Sequence[Zone]) -> Loaded:
    """Load a stretch; `pieces` are those that tell of it (`stretches.pieces_of`)."""
    near = _Around(stretch, _RIM)
    wide = _Around(stretch, _ZONES if any(piece.zoneless for piece in pieces) else _RIM)
    names = [name for piece in pieces for day in stretch.days for name in piece.objects.get(day, ())]
    events = wide.events(_read(place, names, EVENTS_IN, STORED))
    families = wide.of_hours(_read(place, names, FAMILIES_IN, (*STORED_FAMILY, *_COUNTED)))
    sources = ledger_of(pieces, frozenset(events[SOURCE.name].unique()))
    written = Events(
        kept=seen_from_behind(events.select(schema_of(EVENTS).names())),
        families=families,
        histogram=_histogram(wide.timed(_read(place, names, PULSES_IN, PULSES))),
        step_s=MINUTE_S,
        ledger=sources,
        problems=(),
        lines=sum(row.lines for row in sources),
    )
    here = [zone for zone in zones if any(zone.tells_of(row.path) for row in sources)]
    timed, notes = in_step(written, here)
    hourly = timed.families.filter(_Around(stretch, _NO_RIM).holds(FIRST.col))
    counted = _by_family(hourly)
    around = _by_family(timed.families.filter(near.holds(FIRST.col)))
    all_of = replace(
        timed,
        kept=timed.kept.filter(near.holds(TIME.col)),
        families=around,
        histogram=near.timed(timed.histogram),
    )
    asked = AskedAbout(
        since=stretch.name, until=stretch.name, start=stretch.start, end=stretch.end,
        records_outside=int(around[COUNT.name].sum()) - int(counted[COUNT.name].sum()),
        requests_outside=0, untimed=0,
    )  # fmt: skip
    period = Period(stretch.start, stretch.end, stretch.name, stretch.name)
    return Loaded(Within(all_of, counted, period, asked), hourly, notes)


@dataclass(frozen=True, slots=True)
class _Around:
    """A stretch with a rim on either side. What bears no time cannot be told to lie outside."""

    stretch: Stretch
    rim: timedelta

    def events(self, stored: pl.DataFrame) -> pl.DataFrame:
        """Its records; of those without a time the settings, which hold at any, unless they can only be of it."""
        settings = (KIND.col == Kind.SETTING) | pl.lit(self.stretch.alone or self.stretch.start is None)
        return self.of_hours(stored).filter(HOUR.col.is_not_null() | settings).sort(_ORDER, nulls_last=True)

    def of_hours(self, stored: pl.DataFrame) -> pl.DataFrame:
        """What may be of it, by the hour that it begins in."""
        if self.stretch.start is None:
            return stored.filter(HOUR.col.is_null())
        return stored.filter(self._between(HOUR.col.dt.offset_by("59m59s"), HOUR.col))

    def timed(self, stored: pl.DataFrame) -> pl.DataFrame:
        """What is of it by its time."""
        return stored.filter(self._between(TIME.col, TIME.col)) if self.stretch.start else stored.clear()

    def holds(self, moment: pl.Expr) -> pl.Expr:
        """Whether a moment lies in it."""
        return self._between(moment, moment)

    def _between(self, last: pl.Expr, first: pl.Expr) -> pl.Expr:
        start, end = self.stretch.start, self.stretch.end
        if start is None or end is None:
            return pl.lit(value=True)
        return ((last >= pl.lit(start - self.rim)) & (first <= pl.lit(end + self.rim))).fill_null(value=True)


def _read(place: Place, names: Iterable[str], folder: str, columns: tuple[Column, ...]) -> pl.DataFrame:
    """The tables of a folder, one after the other; a column that an older version did not write is empty."""
    schema = schema_of(columns)
    empty = pl.DataFrame(schema=schema)
    tables = [place.read_frame(name) for name in names if name.startswith(f"{folder}/")]
    return pl.concat([empty, *tables], how="diagonal_relaxed").select(
        pl.col(name).cast(dtype) for name, dtype in schema.items()
    )


def _by_family(hourly: pl.DataFrame) -> pl.DataFrame:
    """The families of all hours together."""
    return hourly.group_by([column.name for column in FAMILY], maintain_order=True).agg(
        COUNT.col.sum(), KEPT.col.sum(), FIRST.col.min(), LAST.col.max()
    )


def _histogram(pulses: pl.DataFrame) -> pl.DataFrame:
    by = [TIME.name, SOURCE.name, HOP.name, ANSWER.name]
    return pulses.group_by(by).agg(COUNT.col.sum()).sort(by).select(schema_of(HISTOGRAM).names())


def ledger_of(pieces: Sequence[Held], seen: frozenset[object] | None) -> tuple[LedgerRow, ...]:
    """The rows of the sources that are `seen`, or of all; the pieces of one file are one."""
    rows: dict[tuple[object, object], LedgerRow] = {}
    for piece in pieces:
        for told in piece.sources:
            row = _row(told)
            if seen is None or row.path in seen:
                before = rows.get((row.path, row.service))
                rows[row.path, row.service] = _together(before, row) if before else row
    return tuple(rows.values())


def _row(told: Mapping[str, Any]) -> LedgerRow:
    """A row as the manifest tells it, without the lines that it quotes."""
    return LedgerRow(
        path=told["path"], service=told["service"], format=told["format"], why=told["why"], lines=told["lines"],
        parsed=told["parsed"], unparsed=told["unparsed"], first=_moment(told["first"]), last=_moment(told["last"]),
        clock_offset_s=None, by_features=told["by_features"],
    )  # fmt: skip


def _together(one: LedgerRow, other: LedgerRow) -> LedgerRow:
    """Two pieces of a file as one; the later one was recognised by more of it."""
    firsts, lasts = [one.first, other.first], [one.last, other.last]
    return replace(
        other,
        lines=one.lines + other.lines,
        parsed=one.parsed + other.parsed,
        unparsed=one.unparsed + other.unparsed,
        by_features=one.by_features + other.by_features,
        first=min(filter(None, firsts), default=None),
        last=max(filter(None, lasts), default=None),
    )


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)
