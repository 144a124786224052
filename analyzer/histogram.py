"""Answers counted by time: what a timeline is drawn from, however long the logs are.

In: events, block by block. Out: HISTOGRAM: how many requests each source answered how, by bucket of time. The hard
thing is the bound: a bucket grows with what has to be counted, so that months need no more rows than minutes.
"""

import polars as pl

from analyzer.counters import Whole, as_told, counted
from analyzer.schema import ANSWER, COUNT, HISTOGRAM, HOP, KIND, SOURCE, STATUS, TIME, Answer, Kind, schema_of

_STEPS = (1, 5, 15, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800)
"""Each holds the one before a whole number of times, so that a bucket that grows takes up whole ones."""
_MOST_ROWS = 20_000
_TOLD = (TIME.name, SOURCE.name, HOP.name, KIND.name, STATUS.name)
_ALIKE = (SOURCE.name, HOP.name, ANSWER.name)
_CLIENT_LEFT = 499  # nginx's own: the client closed the connection first

_BY_KIND = {
    Kind.HANDSHAKE_ACCEPTED: Answer.SERVED,
    Kind.OPENED: Answer.SERVED,
    Kind.HANDSHAKE_REJECTED: Answer.REFUSED,
    Kind.ORIGIN_REJECTED: Answer.REFUSED,
    Kind.HANDSHAKE_FAILED: Answer.FAILED,
    Kind.UPGRADE_MISSING: Answer.FAILED,
}


class Histogram:
    """Takes events block by block; gives the counts, and how long a bucket is."""

    def __init__(self) -> None:
        self._steps = list(_STEPS)
        self._counts = pl.DataFrame(schema=schema_of(HISTOGRAM))
        self._more: list[pl.DataFrame] = []

    @property
    def step_s(self) -> int:
        """How many seconds a bucket holds."""
        self._add_up()
        return self._steps[0]

    def add(self, told: pl.DataFrame, whole: Whole = as_told) -> None:  # noqa: ARG002  no record is kept
        """Count a block's answers."""
        if told.is_empty():
            return
        when = TIME.col.dt.truncate(f"{self._steps[0]}s")
        self._more.append(counted(told.with_columns(when), _TOLD))
        if sum(each.height for each in self._more) > _MOST_ROWS:  # adding up costs what is there already, too
            self._add_up()

    def _add_up(self) -> None:
        if not self._more:
            return
        answered = pl.concat(self._more).lazy().with_columns(answer()).select(self._counts.columns).drop_nulls()
        self._counts = bucketed(pl.concat([self._counts.lazy(), answered]), self._steps[0])
        self._more.clear()
        while self._counts.height > _MOST_ROWS and len(self._steps) > 1:
            del self._steps[0]
            self._counts = bucketed(self._counts.lazy(), self._steps[0])

    def counts(self) -> pl.DataFrame:
        """The HISTOGRAM, sorted."""
        self._add_up()
        return self._counts.sort(TIME.name, *_ALIKE)


def bucketed(counts: pl.LazyFrame, step_s: int) -> pl.DataFrame:
    """Add up what falls into one bucket of time; a bucket is named by the moment it begins."""
    buckets = counts.with_columns(TIME.col.dt.truncate(f"{step_s}s"), COUNT.col.cast(pl.Int64))
    added = buckets.group_by(TIME.name, *_ALIKE).agg(COUNT.col.sum())
    return added.select(schema_of(HISTOGRAM).names()).collect(engine="in-memory")


def steps_from(step_s: int) -> tuple[int, ...]:
    """The lengths that a bucket of so many seconds can grow to."""
    return tuple(step for step in _STEPS if step >= step_s)


def answer() -> pl.Expr:
    """How one record says that a request was answered, a word of Answer; null where it tells of no answer."""
    by_status = (
        pl.when(STATUS.col.is_null()).then(pl.lit(None, dtype=pl.String))
        .when(STATUS.col == _CLIENT_LEFT).then(pl.lit(Answer.LEFT.value))
        .when(STATUS.col < 400).then(pl.lit(Answer.SERVED.value))  # noqa: PLR2004  HTTP's own classes
        .when(STATUS.col < 500).then(pl.lit(Answer.REFUSED.value))  # noqa: PLR2004
        .otherwise(pl.lit(Answer.FAILED.value))
    )  # fmt: skip
    by_kind = KIND.col.replace_strict(
        {kind.value: said.value for kind, said in _BY_KIND.items()}, default=None, return_dtype=pl.String
    )
    return pl.when(KIND.col == Kind.REQUEST).then(by_status).otherwise(by_kind).alias(ANSWER.name)
