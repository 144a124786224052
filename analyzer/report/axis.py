"""Time as a width: where a moment stands between the first and the last, and what is drawn there.

In: two moments, and what happened between them. Out: paths in a box a thousand units wide, ticks in per cent of it. The
hard thing is scale: one failure beside ten thousand answers must still be seen.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from analyzer.frozen import dataclass
from analyzer.report import times
from analyzer.report.figures import Bar, Timeline
from analyzer.said import said

__all__ = ["ANSWERS", "HEIGHT", "WIDTH", "Axis", "Tick", "bars_on", "total"]

WIDTH, HEIGHT = 1000, 100
ANSWERS = {
    "failed": said("5xx or no handshake"),
    "refused": "4xx",
    "left": said("client gone first"),
    "served": said("served"),
}
"""From the bottom of a bar to its top, and what each is called."""

_MOST_TICKS = 6
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
class Axis:
    """Where a moment stands between the first and the last."""

    start: datetime
    end: datetime

    def at(self, when: datetime) -> float:
        """The place in units of the width, inside of it."""
        share = (times.utc(when) - times.utc(self.start)) / (self.end - self.start)
        return round(min(max(share, 0.0), 1.0) * WIDTH, 2)

    def line(self, when: datetime) -> str:
        """The path of a moment."""
        return f"M{self.at(when):g} 0V{HEIGHT}"

    def stretch(self, first: datetime, last: datetime) -> str:
        """The path of a stretch of time; a moment can still be seen."""
        left, right = self.at(first), self.at(last)
        left = min(left, WIDTH - _NARROWEST)
        return _box(left, max(right - left, _NARROWEST), 0, HEIGHT)

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
            yield Tick(round(self.at(when) * 100 / WIDTH, 2), when.strftime(form))


def _box(x: float, width: float, y: float, height: float) -> str:
    return f"M{x:g} {y:g}h{width:g}v{height:g}h-{width:g}z"


def total(bar: Bar) -> int:
    """Count the requests of a bar."""
    return bar.served + bar.refused + bar.failed + bar.left


def bars_on(timeline: Timeline, axis: Axis) -> Iterator[tuple[str, str]]:
    """One path for each answer, its boxes standing on those of the answers below."""
    most = max(map(total, timeline.bars))
    boxes: dict[str, list[str]] = {answer: [] for answer in ANSWERS}
    step = timedelta(seconds=timeline.step_s)
    for bar in timeline.bars:
        x = axis.at(bar.start)
        width, y = max(axis.at(bar.start + step) - x, 0.5), float(HEIGHT)
        for answer in ANSWERS:
            count = getattr(bar, answer)
            height = round(min(max(count / most * HEIGHT, _SEEN), y), 2) if count else 0
            y -= height
            if height:
                boxes[answer].append(_box(x, round(width, 2), round(y, 2), height))
    yield from ((answer, "".join(paths)) for answer, paths in boxes.items() if paths)
