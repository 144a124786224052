"""Who counts records while logs are read: what a counter is told of every record, and how it gets one in full.

In: a block's records, a row each, with the columns that all counters look at (schema.TOLD). The hard thing is cost: of
a long log nearly every record is counted and forgotten, so its other columns are read only where a counter asks.
"""

from collections.abc import Callable
from typing import Protocol

import polars as pl

from analyzer.schema import EVENTS, schema_of

Whole = Callable[[pl.DataFrame], pl.DataFrame]
"""Takes rows that a counter was told of, and gives the same records in full, as EVENTS."""


class Counter(Protocol):
    """Hears of the records of logs, block by block, in the order in which they stand."""

    def add(self, told: pl.DataFrame, whole: Whole = ...) -> None:
        """Count records. `told` has TOLD and maybe more, a row each; what else is kept of a row, `whole` gives."""


def as_told(records: pl.DataFrame) -> pl.DataFrame:
    """Give records that were told in full."""
    return records.select(schema_of(EVENTS).names())
