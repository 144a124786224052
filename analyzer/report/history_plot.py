"""A history as shapes: a bar per day, the days without logs, and below them each incident's episodes.

In: a history. Out: a DayPlot: paths in a box a thousand units wide. The hard thing is measure: years of days and
thousands of episodes are drawn in a bounded number of boxes.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from analyzer.frozen import dataclass
from analyzer.report import times
from analyzer.report.axis import HEIGHT, WIDTH, Axis, Tick, bars_on, total
from analyzer.report.figures import Bar, Timeline
from analyzer.report.history import DayTold, History, Recurring
from analyzer.report.history_words import came, gap_told, path_of
from analyzer.report.phrases import plural
from analyzer.said import joined, said
from analyzer.schema import Hop

__all__ = ["DayPlot", "Row", "day_plot"]

_MOST_ROWS, _MOST_BARS, _MOST_TICKS, _MONTHS_FROM = 20, 400, 8, 100
_NARROWEST = 2.0
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """An incident's episodes as one path, and in words."""

    number: int
    label: str
    shape: str
    says: str


@dataclass(frozen=True, slots=True)
class DayPlot:
    """Everything that the page draws; `bars` and `failures` are (answer, path), each lane to its own scale."""

    start: datetime
    end: datetime
    bar: str
    most: int
    most_failures: int
    bars: tuple[tuple[str, str], ...]
    failures: str
    gaps: str
    gaps_told: str
    rows: tuple[Row, ...]
    more: str
    ticks: tuple[Tick, ...]


def day_plot(history: History) -> DayPlot | None:
    """Draw a history; None where no log tells of a day."""
    if not history.days:
        return None
    told = [incident for incident in history.incidents if incident.episodes]
    axis = Axis(*_extent(history.days, told))
    size = -(-((axis.end - axis.start) // _DAY) // _MOST_BARS)
    bars = tuple(_bars(history.days, axis.start, size))
    answers = _timeline(axis, size, bars)
    failures = _timeline(axis, size, tuple(Bar(bar.start, 0, 0, bar.failed, 0) for bar in bars))
    numbered = [pair for pair in enumerate(history.incidents, 1) if pair[1].episodes]
    left = plural(len(numbered) - _MOST_ROWS, "more incident")
    return DayPlot(
        start=axis.start,
        end=axis.end,
        bar=plural(size, "day"),
        most=max(map(total, bars)),
        most_failures=max(bar.failed for bar in bars),
        bars=tuple(bars_on(answers, axis)) if any(map(total, bars)) else (),
        failures="".join(shape for _, shape in bars_on(failures, axis)) if any(bar.failed for bar in bars) else "",
        gaps="".join(axis.stretch(_midnight(gap.first), _midnight(gap.last) + _DAY) for gap in history.gaps),
        gaps_told=joined(map(gap_told, history.gaps[:_MOST_ROWS]), "{before} {last}"),
        rows=tuple(_row(number, incident, axis) for number, incident in numbered[:_MOST_ROWS]),
        more=left if left.quantity > 0 else "",
        ticks=tuple(_ticks(axis)),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _extent(days: Sequence[DayTold], incidents: Iterable[Recurring]) -> tuple[datetime, datetime]:
    """From the first midnight to the last, so that every day and every episode lies within."""
    ends = [(each.first, each.last) for incident in incidents for each in incident.episodes]
    first = min([days[0].day, *(times.utc(start).date() for start, _ in ends)])
    last = max([days[-1].day, *(times.utc(end).date() for _, end in ends)])
    return _midnight(first), _midnight(last) + _DAY


def _bars(days: Sequence[DayTold], start: datetime, size: int) -> Iterator[Bar]:
    """The days added up, so many to a bar."""
    sums: dict[int, list[int]] = {}
    for each in days:
        of = sums.setdefault((each.day - start.date()).days // size, [0, 0, 0, 0])
        for at, count in enumerate((each.served, each.refused, each.failed, each.left)):
            of[at] += count
    for index, of in sorted(sums.items()):
        yield Bar(start + index * size * _DAY, *of)


def _timeline(axis: Axis, size: int, bars: tuple[Bar, ...]) -> Timeline:
    step_s = size * int(_DAY.total_seconds())
    return Timeline(start=axis.start, end=axis.end, hop=Hop.NGINX, step_s=step_s, bars=bars, marks=())


def _row(number: int, incident: Recurring, axis: Axis) -> Row:
    told = said("{title}: {came}", title=incident.title, came=came(incident))
    return Row(number, f"{number}. {path_of(incident)}", _episodes(incident, axis), told)


def _episodes(incident: Recurring, axis: Axis) -> str:
    """One path of all episodes; those that would lie on one another are one box."""
    boxes: list[tuple[float, float]] = []
    for each in incident.episodes:
        left = min(axis.at(each.first), WIDTH - _NARROWEST)
        right = max(axis.at(each.last), left + _NARROWEST)
        if boxes and left <= boxes[-1][1]:
            boxes[-1] = boxes[-1][0], max(right, boxes[-1][1])
        else:
            boxes.append((left, right))
    return "".join(f"M{left:g} 0h{right - left:g}v{HEIGHT}h{left - right:g}z" for left, right in boxes)


def _ticks(axis: Axis) -> Iterator[Tick]:
    """The firsts of months, where there are several; days else."""
    if (axis.end - axis.start) // _DAY < _MONTHS_FROM:
        yield from axis.ticks()
        return
    firsts = [day for day in _firsts(axis.start.date(), axis.end.date()) if _midnight(day) >= axis.start]
    step = -(-len(firsts) // _MOST_TICKS)
    for day in firsts[::step]:
        yield Tick(round(axis.at(_midnight(day)) * 100 / WIDTH, 2), f"{day:%Y-%m}")


def _firsts(start: date, end: date) -> Iterator[date]:
    day = start.replace(day=1)
    while day < end:
        yield day
        day = (day + timedelta(days=31)).replace(day=1)
