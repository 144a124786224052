"""The timeline as shapes: bars, lanes and ticks, ready to be drawn without a script.

In: a report with a Timeline. Out: a Plot: paths in a box a thousand units wide, ticks in per cent of it, and the same
as rows of a table. The hard thing is scale: one failure beside ten thousand answers must still be seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analyzer.report import reading, times, words
from analyzer.report.figures import Bar, Mark, Timeline
from analyzer.report.grounds import LedgerRow
from analyzer.report.model import Incident, Report
from analyzer.report.phrases import plural
from analyzer.said import joined, said

__all__ = ["ANSWERS", "Lane", "Plot", "Tick", "plot_of"]

_WIDTH, _HEIGHT = 1000, 100
ANSWERS = {
    "failed": said("5xx or no handshake"),
    "refused": "4xx",
    "left": said("client gone first"),
    "served": said("served"),
}
"""From the bottom of a bar to its top, and what each is called."""

_MOST_LANES, _MOST_ROWS, _MOST_TICKS = 12, 24, 6
_SEEN = 3  # units of height that one failure has at least
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
_DAY_S = 86_400
_NARROWEST = 2.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment below the plot."""

    percent: float
    text: str


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
    axis = _Axis(min([timeline.start, *moments]), max([timeline.end, *moments]))
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
        most=max(map(_total, timeline.bars)),
        bars=tuple(_bars(timeline, axis)),
        marks=timeline.marks,
        marks_shape=" ".join(axis.line(mark.time) for mark in timeline.marks),
        sources=tuple(sources[:_MOST_LANES]),
        incidents=tuple(incidents[:_MOST_LANES]),
        more=_beyond(len(sources), len(incidents)),
        ticks=tuple(axis.ticks()),
        rows=tuple(_rows(timeline)),
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where a moment stands between the first and the last."""

    start: datetime
    end: datetime

    def at(self, when: datetime) -> float:
        """The place in units of the width, inside of it."""
        share = (times.utc(when) - times.utc(self.start)) / (self.end - self.start)
        return round(min(max(share, 0.0), 1.0) * _WIDTH, 2)

    def line(self, when: datetime) -> str:
        """The path of a moment."""
        return f"M{self.at(when):g} 0V{_HEIGHT}"

    def stretch(self, first: datetime, last: datetime) -> str:
        """The path of a stretch of time; a moment can still be seen."""
        left, right = self.at(first), self.at(last)
        left = min(left, _WIDTH - _NARROWEST)
        return _box(left, max(right - left, _NARROWEST), 0, _HEIGHT)

    def ticks(self) -> Iterator[Tick]:
        """A few round moments; days without their time of day."""
        lasting = (self.end - self.start).total_seconds()
        days = -(-lasting // (_DAY_S * _MOST_TICKS)) * _DAY_S
        step = next((step for step in _STEPS_S if lasting / step <= _MOST_TICKS), int(days))
        form = "%H:%M:%S" if step < 60 else "%H:%M" if step < _DAY_S else "%m-%d"  # noqa: PLR2004  a minute
        since = times.utc(self.start).timestamp()
        first = -(-since // step) * step
        for index in range(int((since + lasting - first) // step) + 1):
            when = datetime.fromtimestamp(first + index * step, UTC)
            yield Tick(round(self.at(when) * 100 / _WIDTH, 2), when.strftime(form))


def _box(x: float, width: float, y: float, height: float) -> str:
    return f"M{x:g} {y:g}h{width:g}v{height:g}h-{width:g}z"


def _total(bar: Bar) -> int:
    return bar.served + bar.refused + bar.failed + bar.left


def _bars(timeline: Timeline, axis: _Axis) -> Iterator[tuple[str, str]]:
    """One path for each answer, its boxes standing on those of the answers below."""
    most = max(map(_total, timeline.bars))
    boxes: dict[str, list[str]] = {answer: [] for answer in ANSWERS}
    step = timedelta(seconds=timeline.step_s)
    for bar in timeline.bars:
        x = axis.at(bar.start)
        width, y = max(axis.at(bar.start + step) - x, 0.5), float(_HEIGHT)
        for answer in ANSWERS:
            count = getattr(bar, answer)
            height = round(min(max(count / most * _HEIGHT, _SEEN), y), 2) if count else 0
            y -= height
            if height:
                boxes[answer].append(_box(x, round(width, 2), round(y, 2), height))
    yield from ((answer, "".join(paths)) for answer, paths in boxes.items() if paths)


def _source(row: LedgerRow, first: datetime, last: datetime, axis: _Axis) -> Lane:
    says = said("{covers}; clock {clock}", covers=reading.covers(row), clock=reading.clock(row))
    off = f"{row.clock_offset_s:+.10g} s" if row.clock_offset_s else ""
    return Lane(words.source_name(row.path), axis.stretch(first, last), says, note=off)


def _incident(number: int, incident: Incident, first: datetime, last: datetime, axis: _Axis) -> Lane:
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
