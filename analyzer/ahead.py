"""Work that runs ahead of whoever takes what comes of it, on as many cores as there are.

In: a pure function, and what it is to be called with. Out: what it returns, in that order, so the same whatever the
number of cores. The hard thing is a bound: no more is under way than keeps the cores busy, for each block costs memory.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import chain, islice
from typing import TypeVar

from analyzer.polars_thread import is_polars_thread

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ahead(work: Callable[[_Item], _Done], items: Iterable[_Item]) -> Iterator[_Done]:
    """Do the work on each item while the next one is fetched, and the one before is taken.

    Threads are enough: Polars, zlib and the reading of files let others run. Of one item none is begun, and none where
    whoever asks holds one of Polars' threads. Each works in the context of whoever asks (PEP 567): under the key that
    digests are made with.
    """
    if is_polars_thread():
        yield from map(work, items)
        return
    rest = iter(items)
    first = list(islice(rest, 2))
    if len(first) <= 1:
        yield from map(work, first)
        return
    fetched = chain(first, rest)
    with ThreadPoolExecutor(cores()) as workers, ThreadPoolExecutor(1) as reader:  # one: it frees what it got itself
        under_way: deque[Future[_Done]] = deque()
        fetching = reader.submit(copy_context().run, _next, fetched)
        while item := fetching.result():
            fetching = reader.submit(copy_context().run, _next, fetched)
            under_way.append(workers.submit(copy_context().run, work, item[0]))
            if len(under_way) > cores() + 1:  # one waits for a core that falls free while this one is taken
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _next(items: Iterator[_Item]) -> list[_Item]:
    """The next item, if there is one."""
    return list(islice(items, 1))
