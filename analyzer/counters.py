"""Who counts records while logs are read: what a counter is told of every record, and how it gets one in full.

In: a block's records, a row each, with the columns that all counters look at (schema.TOLD). The hard thing is cost: of
a long log nearly every record is counted and forgotten, so its other columns are read only where a counter asks, and
what is counted are groups of records, not records.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import polars as pl

from analyzer.aside import Later, on_its_own
from analyzer.schema import COUNT, EVENTS, schema_of

Whole = Callable[[pl.DataFrame], Later]
"""Takes rows that a counter was told of; the same records in full are read when it asks for them."""


class Counter(Protocol):
    """Hears of the records of logs, block by block, in the order in which they stand."""

    def add(self, told: pl.DataFrame, whole: Whole = ...) -> None:
        """Count records. `told` has TOLD and maybe more, a row each; what else is kept of a row, `whole` gives."""


def as_told(records: pl.DataFrame) -> Later:
    """Keep records that were told in full."""
    kept = on_its_own(records.select(schema_of(EVENTS).names()))
    return lambda: kept


def counted(told: pl.DataFrame, alike: Sequence[str], *sums: pl.Expr) -> pl.DataFrame:
    """Group records that are alike in these columns, in the order in which the first of each stands, with their COUNT.

    Most columns of a block hold one value, or none: they are laid beside the groups, not grouped by.
    """
    is_one = told.select_seq(pl.col(name).eq_missing(pl.col(name).first()).all() for name in alike).row(0, named=True)
    groups = told.group_by([name for name in alike if not is_one[name]], maintain_order=True)
    found = groups.agg(pl.len().cast(COUNT.dtype).alias(COUNT.name), *sums)
    first = told.head(1)
    laid_beside = (first[name].new_from_index(0, found.height) for name in alike if is_one[name])
    return found.hstack([*laid_beside]).select(*alike, pl.exclude(alike))
