"""Records that are to be read in full, set aside as they stand in their file.

In: a few records of each block. Out: the same as a format reads them, when they are asked for. The hard thing is cost:
to read three records takes as long as to read a thousand, so they wait until they are many, or until somebody asks.
"""

from collections.abc import Callable
from functools import partial
from io import BytesIO

import polars as pl

from analyzer.schema import LINE

__all__ = ["Aside", "Later", "on_its_own"]

Later = Callable[[], pl.DataFrame]
"""Gives records in full, as EVENTS, when it is asked."""
_MANY = 20_000


class Aside:
    """The kept records of one log, in the order in which they stand in it; `read` reads many at once."""

    def __init__(self, read: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        self._read = read
        self._waiting: list[pl.DataFrame] = []
        self._batches: list[pl.DataFrame] = []

    def put(self, records: pl.DataFrame) -> Later:
        """Set records aside: as many as are read for somebody else, and these with them, are read but once."""
        self._waiting.append(on_its_own(records))
        take = partial(self._take, len(self._batches), records[LINE.name].min(), records[LINE.name].max())
        if sum(each.height for each in self._waiting) >= _MANY:
            self._read_waiting()
        return take

    def _read_waiting(self) -> None:
        self._batches.append(self._read(pl.concat(self._waiting)))
        self._waiting.clear()

    def _take(self, batch: int, first: object, last: object) -> pl.DataFrame:
        if batch == len(self._batches):
            self._read_waiting()
        return self._batches[batch].filter(LINE.col.is_between(first, last))


def on_its_own(rows: pl.DataFrame) -> pl.DataFrame:
    """Copy rows out of their block: a text that Polars filters is a view, and one view keeps the whole block alive."""
    copy = BytesIO()
    rows.write_ipc_stream(copy)
    copy.seek(0)
    return pl.read_ipc_stream(copy)
