"""Which clock the others are compared with, and how one that agrees with it settles the next.

In: the streams and their moments. Out: a `Clock` for every stream that was compared. The hard thing is that not every
log shares requests with nginx's: a browser may agree with the backend alone, and through it with the rest.
"""

from collections.abc import Iterator

import polars as pl

from analyzer.frozen import dataclass
from analyzer.journeys.clocks.agreement import Agreement, Turn, agreement
from analyzer.journeys.clocks.moments import BEGUN, ENDED, STREAM, TAIL
from analyzer.schema import LINE, Lacks

_MOST_TAILS = 2000
"""So many ends of targets of each stream are looked at to see whether two tell of the same requests at all."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How far a stream's clock is ahead, and how that is known; the one compared with has no `matches`."""

    stream: int
    source: str
    format: str
    offset_s: int
    settled: bool
    """Whether its times are moments now: its lines name the zone, or it agrees with one whose lines do."""
    spread_s: float | None = None
    matches: int | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Stream:
    number: int
    source: str
    format: str
    lacks: str | None
    is_access_log: bool
    moments: pl.DataFrame
    tails: frozenset[str]

    @property
    def rank(self) -> tuple[bool, bool, bool, int, str]:
        """nginx's access log first, then a clock with a zone, then one with a date, then the one that tells most."""
        zoned = self.lacks is None
        return (
            not (zoned and self.is_access_log),
            not zoned,
            self.lacks == Lacks.DATE,
            -self.moments.height,
            self.source,
        )

    def agreed(self, found: Agreement, *, settled: bool) -> Clock:
        return Clock(
            self.number, self.source, self.format, found.offset_s, settled, found.spread_s, found.matches, found.turn
        )

    def right(self, clock: Clock) -> "_Stream":
        """The same stream as it would have been written by the clock that it was compared with."""
        ahead = pl.duration(seconds=ahead_by(clock))
        moments = self.moments.with_columns(pl.col(BEGUN) - ahead, pl.col(ENDED) - ahead)
        return _Stream(self.number, self.source, self.format, self.lacks, self.is_access_log, moments, self.tails)


def ahead_by(clock: Clock) -> pl.Expr:
    """The seconds that the clock is ahead at each line."""
    first = pl.lit(clock.offset_s)
    return (
        first if clock.turn is None else pl.when(LINE.col < clock.turn.line).then(first).otherwise(clock.turn.offset_s)
    )


def settle(streams: pl.DataFrame, told: pl.DataFrame) -> Iterator[Clock]:
    """Compare the clocks of all streams that tell of requests with a date."""
    waiting = sorted(_streams(streams, told), key=lambda each: each.rank)
    while waiting and waiting[0].lacks != Lacks.DATE:
        reference, *waiting = waiting
        found = list(_compared(reference, waiting))
        if found:
            yield Clock(reference.number, reference.source, reference.format, 0, reference.lacks is None)
        yield from found
        agreed = {clock.stream for clock in found}
        waiting = [stream for stream in waiting if stream.number not in agreed]


def _compared(reference: _Stream, waiting: list[_Stream]) -> Iterator[Clock]:
    """Compare with the reference, then with what agreed with it, until nothing more agrees.

    nginx's access logs that name their zone come before what names none. Those that tell of no request that others tell
    of, as the parts of a rotated log do, are right as they are written: the rest is compared with all of them.
    """
    zoned = reference.lacks is None
    named = [stream for stream in waiting if zoned and stream.is_access_log and stream.lacks is None]
    known = [reference]
    yield from _agreeing(known, named, settled=zoned)
    known += named
    yield from _agreeing(known, [stream for stream in waiting if stream not in named], settled=zoned)


def _agreeing(known: list[_Stream], waiting: list[_Stream], *, settled: bool) -> Iterator[Clock]:
    """Compare with what is known, which grows by what agrees with it; what does not stays in `waiting`."""
    latest = list(known)
    while latest:
        before, latest = latest, []
        for stream in list(waiting):
            if not any(stream.tails & other.tails for other in before):
                continue
            others = pl.concat(other.moments for other in known if stream.tails & other.tails)
            found = agreement(stream.moments, others, stream.lacks)
            if found is None:
                continue
            clock = stream.agreed(found, settled=settled)
            latest.append(stream.right(clock))
            waiting.remove(stream)
            yield clock
        known += latest


def _streams(streams: pl.DataFrame, told: pl.DataFrame) -> Iterator[_Stream]:
    for number, source, form, lacks, is_access_log, _ in streams.iter_rows():
        moments = told.filter(pl.col(STREAM) == number).drop(STREAM)
        if moments.height:
            tails = frozenset(moments[TAIL].drop_nulls().unique().sort().head(_MOST_TAILS))
            yield _Stream(number, source, form, lacks, is_access_log, moments, tails)
