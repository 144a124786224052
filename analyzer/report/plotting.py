"""The timeline as shapes: bars, lanes and ticks, ready to be drawn without a script.

In: a report with a Timeline. Out: a Plot: paths in a box a thousand units wide, ticks in per cent of it, and the same
as rows of a table. The hard thing is measure: what is drawn is bounded, and what is not drawn is counted.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from analyzer.frozen import dataclass
from analyzer.report import reading, times, words
from analyzer.report.axis import Axis, Tick, bars_on, total
from analyzer.report.figures import Bar, Mark, Timeline
from analyzer.report.grounds import LedgerRow
from analyzer.report.model import Incident, Report
from analyzer.report.phrases import plural
from analyzer.said import joined, said

__all__ = ["Lane", "Plot", "plot_of"]

_MOST_LANES, _MOST_ROWS = 12, 24


@dataclass(frozen=True, slots=True)
class Lane:
    """A stretch of time, as one row: what it is of, its path, and its times in words."""

    label: str
    shape: str
    says: str
    moment: str = ""  # the path of a moment in it that counts
    note: str = ""  # how far the clock of a log was off


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that the page draws; `bars` are (answer, path), `rows` the same in figures."""

    start: datetime
    end: datetime
    bar: str
    most: int
    bars: tuple[tuple[str, str], ...]
    marks: tuple[Mark, ...]
    marks_shape: str
    sources: tuple[Lane, ...]
    incidents: tuple[Lane, ...]
    more: str
    ticks: tuple[Tick, ...]
    rows: tuple[Bar, ...]

    def moment(self, when: datetime) -> str:
        """Write a moment of the plot: with its day, where there is more than one."""
        one_day = times.utc(self.start).date() == times.utc(self.end).date()
        return times.utc(when).strftime("%H:%M:%S" if one_day else "%m-%d %H:%M")


def plot_of(report: Report) -> Plot | None:
    """Draw the report's timeline, with what each log covers and when each incident was; None where there is none."""
    timeline = report.timeline
    if timeline is None:
        return None
    moments = [m for each in report.incidents for m in (each.first_seen, each.last_seen) if m]
    axis = Axis(min([timeline.start, *moments]), max([timeline.end, *moments]))
    sources = [_source(row, row.first, row.last, axis) for row in report.sources if row.first and row.last]
    incidents = [
        _incident(number, each, each.first_seen, each.last_seen, axis)
        for number, each in enumerate(report.incidents, 1)
        if each.first_seen and each.last_seen
    ]
    return Plot(
        start=axis.start,
        end=axis.end,
        bar=times.lasting(timedelta(seconds=timeline.step_s)),
        most=max(map(total, timeline.bars)),
        bars=tuple(bars_on(timeline, axis)),
        marks=timeline.marks,
        marks_shape=" ".join(axis.line(mark.time) for mark in timeline.marks),
        sources=tuple(sources[:_MOST_LANES]),
        incidents=tuple(incidents[:_MOST_LANES]),
        more=_beyond(len(sources), len(incidents)),
        ticks=tuple(axis.ticks()),
        rows=tuple(_rows(timeline)),
    )


def _source(row: LedgerRow, first: datetime, last: datetime, axis: Axis) -> Lane:
    says = said("{covers}; clock {clock}", covers=reading.covers(row), clock=reading.clock(row))
    off = f"{row.clock_offset_s:+.10g} s" if row.clock_offset_s else ""
    return Lane(words.source_name(row.path), axis.stretch(first, last), says, note=off)


def _incident(number: int, incident: Incident, first: datetime, last: datetime, axis: Axis) -> Lane:
    rings = incident.watch.rings_at if incident.watch else None
    name = f"{number}. {incident.target.path or incident.cause}"
    return Lane(name, axis.stretch(first, last), times.span(first, last), axis.line(rings) if rings else "")


def _beyond(sources: int, incidents: int) -> str:
    counts = (plural(sources - _MOST_LANES, "more source"), plural(incidents - _MOST_LANES, "more incident"))
    return joined(each for each in counts if each.quantity > 0)


def _rows(timeline: Timeline) -> Iterator[Bar]:
    """The bars added up, so that a table of them can be read."""
    size = -(-len(timeline.bars) // _MOST_ROWS)
    for at in range(0, len(timeline.bars), size):
        yield _added(timeline.bars[at : at + size])


def _added(bars: Sequence[Bar]) -> Bar:
    sums = ((bar.served, bar.refused, bar.failed, bar.left) for bar in bars)
    return Bar(bars[0].start, *map(sum, zip(*sums, strict=True)))
