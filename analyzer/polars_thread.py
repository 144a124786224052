"""Work done on one of Polars' own threads, where every operation is done on the spot.

In: a function without arguments. Out: what it returns, or raises. Polars hands most operations to its threads and waits
for them: with a few rows that takes three times as long as the work, and a small bundle is a thousand operations. The
hard thing is to wait for nobody meanwhile who needs those threads, of which there may be but one.
"""

from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar, copy_context
from threading import get_ident
from typing import TypeVar

import polars as pl

__all__ = ["is_polars_thread", "on_polars_thread"]

_Done = TypeVar("_Done")
_HERE: ContextVar[int | None] = ContextVar("_HERE", default=None)
_ROW = pl.DataFrame({"row": [0]})


def on_polars_thread(work: Callable[[], _Done]) -> _Done:
    """Do all of the work on one thread, in the context of whoever asks (PEP 567)."""
    if is_polars_thread():
        return work()
    done: Future[_Done] = Future()
    context = copy_context()

    def do(row: pl.Series, **_: object) -> pl.Series:
        context.run(_HERE.set, get_ident())
        try:
            done.set_result(context.run(work))
        except BaseException as error:  # noqa: BLE001  whoever waits for it is told
            done.set_exception(error)
        return row

    beside = pl.col("row").alias("beside")  # one expression alone is evaluated on the thread that asks
    _ROW.select(pl.col("row").map_batches(do, return_dtype=pl.Int64), beside)
    return done.result()


def is_polars_thread() -> bool:
    """Whether this is work that is done on one of Polars' threads: it must wait for no other one."""
    return _HERE.get() == get_ident()
