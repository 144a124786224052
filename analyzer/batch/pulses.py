"""Answers by minute and path: what a history counts by, and by what it knows when a path was served again.

In: events, block by block. Out: PULSES. The hard thing is a scanner, who asks for every path there is: past a bound,
new paths are counted together.
"""

import polars as pl

from analyzer.counters import Whole, as_told, counted
from analyzer.histogram import answer
from analyzer.paths import REST
from analyzer.schema import ANSWER, COUNT, HOP, HOST, KIND, PATH_KEY, SOURCE, STATUS, TIME, schema_of

__all__ = ["MINUTE_S", "PULSES", "Pulses", "added"]

PULSES = (TIME, SOURCE, HOP, HOST, PATH_KEY, ANSWER, COUNT)
"""How many requests for a path a source answered how, by minute; TIME is where the minute begins."""
MINUTE_S = 60
_ASKED = [column.name for column in (TIME, SOURCE, HOP, HOST, PATH_KEY)]
_ALIKE = [*_ASKED, ANSWER.name]
_TOLD = [*_ASKED, KIND.name, STATUS.name]
_MINUTE = TIME.col.dt.truncate(f"{MINUTE_S}s")
_MOST_PATHS = 20_000


class Pulses:
    """Takes events block by block; gives the counts."""

    def __init__(self) -> None:
        self._counts = pl.DataFrame(schema=schema_of(PULSES))
        self._paths = pl.Series(PATH_KEY.name, [], dtype=PATH_KEY.dtype)

    def add(self, told: pl.DataFrame, whole: Whole = as_told) -> None:  # noqa: ARG002  what is told is enough
        """Count a block's answers."""
        if told.is_empty():
            return
        groups = counted(told.with_columns(_MINUTE), _TOLD)
        answered = groups.select(*_ASKED, answer(), COUNT.name).drop_nulls([TIME.name, HOP.name, ANSWER.name])
        self._counts = added(pl.concat([self._counts, self._folded(answered)]))

    def _folded(self, answered: pl.DataFrame) -> pl.DataFrame:
        if len(self._paths) >= _MOST_PATHS:
            known = PATH_KEY.col.is_in(self._paths.implode()) | PATH_KEY.col.is_null()
            return answered.with_columns(pl.when(known).then(PATH_KEY.col).otherwise(pl.lit(REST)).alias(PATH_KEY.name))
        self._paths = pl.concat([self._paths, answered[PATH_KEY.name]]).drop_nulls().unique(maintain_order=True)
        return answered

    def counts(self) -> pl.DataFrame:
        """The PULSES, sorted."""
        return self._counts.sort(_ALIKE)


def added(counts: pl.DataFrame) -> pl.DataFrame:
    """Add up what is of one minute, source, hop, host, path and answer."""
    minutes = counts.lazy().with_columns(_MINUTE)
    return minutes.group_by(_ALIKE).agg(COUNT.col.sum()).select(schema_of(PULSES).names()).collect(engine="in-memory")
