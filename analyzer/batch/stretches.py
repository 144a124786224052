"""The stretches of time that are judged at once: a day, or some hours of one where a day would not fit into memory.

In: what the manifest says of each piece. Out: `Stretch`es that cover every hour in which a log tells anything. The hard
thing is that they must not depend on who asks: they follow from what is in the store, and from nothing else.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from analyzer.batch.manifest import UNDATED, Held, Manifest
from analyzer.frozen import dataclass

__all__ = ["DAY", "Stretch", "pieces_of", "stretches_of"]

DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_INSTANT = timedelta(microseconds=1)
_MOST_RECORDS = 200_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` to `end`, both included, in UTC; both None: what bears no time. `name` is the day, or day and hour.

    `alone`: there is no other, so that what bears no time can only be of it.

    >>> Stretch.of(datetime(2026, 3, 14, tzinfo=UTC), 24).name
    '2026-03-14'
    """

    name: str
    start: datetime | None
    end: datetime | None
    alone: bool = False

    @classmethod
    def of(cls, start: datetime, hours: int) -> "Stretch":
        """Give a stretch of whole hours of one day."""
        whole = timedelta(hours=hours) == DAY
        return cls(f"{start:%Y-%m-%d}" if whole else f"{start:%Y-%m-%dT%H}", start, start + hours * _HOUR - _INSTANT)

    @property
    def days(self) -> tuple[str, ...]:
        """The days whose tables may tell of it: its own, and those beside it, for a clock's zone may be unknown."""
        if self.start is None:
            return (UNDATED,)
        return (*(f"{self.start + DAY * beside:%Y-%m-%d}" for beside in (-1, 0, 1)), UNDATED)


def stretches_of(manifest: Manifest) -> list[Stretch]:
    """Cut the time that a store tells of into stretches, in order; what bears no time comes last."""
    by_day: dict[str, Counter[int]] = {}
    for piece in manifest.pieces.values():
        for hour, records in piece.hours.items():
            day, _, of_day = hour.partition("T")
            by_day.setdefault(day, Counter())[int(of_day or 0)] += records
    dated = [each for day, hours in sorted(by_day.items()) if day != UNDATED for each in _of_day(day, hours)]
    if len(dated) == 1:
        return [replace(dated[0], alone=True)]
    return [*dated, Stretch(UNDATED, None, None)] if UNDATED in by_day else dated


def pieces_of(manifest: Manifest, stretch: Stretch) -> list[Held]:
    """Give the pieces that tell of a stretch or of what lies beside it, in the order of their sources and lines."""
    days = set(stretch.days)
    told = (piece for piece in manifest.pieces.values() if days & piece.objects.keys())
    return sorted(told, key=lambda piece: (piece.source, piece.first_line, piece.id))


def _of_day(day: str, hours: Counter[int]) -> Iterator[Stretch]:
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    if hours.total() <= _MOST_RECORDS:
        yield Stretch.of(midnight, 24)
        return
    begin, records = 0, 0
    for hour in range(24):
        if records and records + hours[hour] > _MOST_RECORDS:
            yield Stretch.of(midnight + begin * _HOUR, hour - begin)
            begin, records = hour, 0
        records += hours[hour]
    yield Stretch.of(midnight + begin * _HOUR, 24 - begin)
