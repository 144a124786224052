"""When an outage began, when it ended, and when it came again: failures as spells.

In: when requests failed, and in which minutes the same path was served, or asked for in vain. Out: `Spell`s. The hard
thing is silence: where nobody asked for a while, or only in vain, an outage goes on; where something was served in
between and some time went by, another one began.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from analyzer.frozen import dataclass

__all__ = ["Asked", "Failure", "Spell", "spells_of"]

_APART = timedelta(minutes=15)
_FORGOTTEN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """So many requests failed, the first at `start`, the last at `end`."""

    start: datetime
    end: datetime
    requests: int


@dataclass(frozen=True, slots=True)
class Spell:
    """From the first failure to the last; `recovered`: the minute in which the path was first served again."""

    first: datetime
    last: datetime
    requests: int
    recovered: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """In which minutes a path was served, and in which it was asked for in vain; both ascending."""

    served: Sequence[datetime] = ()
    in_vain: Sequence[datetime] = ()


def spells_of(failures: Iterable[Failure], asked: Asked) -> tuple[Spell, ...]:
    """Join failures to spells."""
    joined = list(_joined(sorted(failures), asked))
    ends = [(one, other.start) for one, other in pairwise(joined)]
    last = [(joined[-1], None)] if joined else []
    return tuple(_spell(failure, until, asked.served) for failure, until in (*ends, *last))


def _joined(failures: Iterable[Failure], asked: Asked) -> Iterator[Failure]:
    spell: Failure | None = None
    for failure in failures:
        if spell is None:
            spell = failure
        elif _goes_on(spell.end, failure.start, asked):
            spell = Failure(spell.start, max(spell.end, failure.end), spell.requests + failure.requests)
        else:
            yield spell
            spell = failure
    if spell is not None:
        yield spell


def _goes_on(end: datetime, start: datetime, asked: Asked) -> bool:
    """Whether nothing was served in between, and nobody was silent for a day."""
    if start - end <= _APART:
        return True
    again = _first_after(end, asked.served)
    if again is not None and again < start:
        return False
    tried = asked.in_vain[bisect_right(asked.in_vain, end) : bisect_right(asked.in_vain, start)]
    return all(later - before <= _FORGOTTEN for before, later in pairwise((end, *tried, start)))


def _first_after(moment: datetime, served: Sequence[datetime]) -> datetime | None:
    """The first minute that begins after a moment."""
    at = bisect_right(served, moment)
    return served[at] if at < len(served) else None


def _spell(failure: Failure, until: datetime | None, served: Sequence[datetime]) -> Spell:
    again = _first_after(failure.end, served)
    recovered = again if again is not None and (until is None or again < until) else None
    return Spell(failure.start, failure.end, failure.requests, recovered)
