"""Work that runs ahead of whoever takes what comes of it, on as many cores as there are.

In: a pure function, and what it is to be called with. Out: what it returns, in that order, so the same whatever the
number of cores. The hard thing is cost: threads that hand each operation to Polars' own ones wake one another a
thousand times a block, so each core has one thread that does all of a block; and no more is under way than keeps them
busy, for each block costs memory.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from contextvars import ContextVar, copy_context
from functools import partial
from itertools import chain, islice
from threading import Lock, Semaphore
from typing import Generic, NoReturn, TypeVar

import polars as pl

from analyzer.polars_thread import is_polars_thread, on_polars_thread

__all__ = ["ahead", "cores", "with_helpers"]

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")
_SPARE = 2  # done, and not taken yet: with fewer, who is quick waits for who is slow
_PATIENCE_S = 1.0
_HELP: ContextVar[ExitStack | None] = ContextVar("_HELP", default=None)
_FOR_ONE_AT_A_TIME = Lock()  # who is helped by those that he helps waits for ever


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def with_helpers(work: Callable[[], _Done]) -> _Done:
    """Do work on one of Polars' threads; others help with what it asks to be done `ahead`, until it ends.

    What holds such a thread already stays as it is: alone, or helped.
    """

    def helped() -> _Done:
        with ExitStack() as help_ends:
            _HELP.set(help_ends)
            return work()

    return work() if is_polars_thread() else on_polars_thread(helped)


def ahead(work: Callable[[_Item], _Done], items: Iterable[_Item]) -> Iterator[_Done]:
    """Do the work on each item, `with_helpers` on several while those before them are taken, else on one by one.

    Whoever takes them does his share. Of one item none is begun. Each works in the context of whoever asks (PEP 567):
    under the key that digests are made with.
    """
    rest = iter(items)
    first = list(islice(rest, 2))
    fetched = chain(first, rest)
    help_ends, others = _HELP.get(), min(cores(), pl.thread_pool_size()) - 1
    if help_ends is None or len(first) <= 1 or not others or not _FOR_ONE_AT_A_TIME.acquire(blocking=False):
        yield from map(work, fetched)
        return
    try:
        lanes = _Lanes(_tasks(work, fetched), others)
        help_ends.callback(lanes.end)  # who raises while he takes leaves this as it stands
        yield from lanes.taken()
    finally:
        _FOR_ONE_AT_A_TIME.release()


class _Lanes(Generic[_Done]):
    """Tasks that several threads do, each the next one that nobody has begun."""

    def __init__(self, tasks: Iterator[Callable[[], _Done]], helpers: int) -> None:
        self._tasks = tasks
        self._fetching, self._room = Lock(), Semaphore(helpers + 1 + _SPARE)
        self._begun = [Future[None]() for _ in range(helpers)]
        self._threads = ThreadPoolExecutor(helpers)
        self._under_way: deque[Future[_Done]] = deque()
        self._ended = False

    def taken(self) -> Iterator[_Done]:
        """Give what was done, in order; while the first of it is not ready, do the next."""
        for begun in self._begun:
            self._threads.submit(copy_context().run, on_polars_thread, partial(self._help, begun))
        _wait_for(self._begun)
        try:
            while self._under_way or not self._ended:
                ready = self._under_way and self._under_way[0].done()
                if not ready and self._room.acquire(blocking=False):
                    self._do_next()
                else:
                    yield self._under_way.popleft().result()
                    self._room.release()
        finally:
            self.end()

    def end(self) -> None:
        """Let the helpers go, when they are done with what they have begun."""
        self._ended = True
        self._room.release(len(self._begun))
        self._threads.shutdown(wait=not any(begun.cancelled() for begun in self._begun))

    def _help(self, begun: Future[None]) -> None:
        if begun.set_running_or_notify_cancel():
            begun.set_result(None)
            while self._room.acquire() and not self._ended:
                self._do_next()

    def _do_next(self) -> None:
        """Fetch a task, and do it; what that raises is raised to whoever takes what comes of it."""
        done: Future[_Done] = Future()
        with self._fetching:
            tasks = [] if self._ended else list(islice(self._tasks, 1))
            self._ended = self._ended or not tasks
            self._under_way += [done] * len(tasks)
        for task in tasks:
            try:
                done.set_result(task())
            except BaseException as error:  # noqa: BLE001  whoever takes it is told
                done.set_exception(error)


def _tasks(work: Callable[[_Item], _Done], items: Iterator[_Item]) -> Iterator[Callable[[], _Done]]:
    """What is to be done; where the items break off, to raise why is the last of it."""

    def broken_off() -> NoReturn:
        raise why

    try:
        for item in items:
            yield partial(work, item)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  it is raised where it is taken
        why = error
        yield broken_off


def _wait_for(begun: Sequence[Future[None]]) -> None:
    """Wait until all have begun to help; who has not by then never does.

    A thread of Polars that waits for a part of its own work does whatever else there is meanwhile. It must not begin to
    help then: that ends when all is done.
    """
    _, late = wait(begun, _PATIENCE_S)
    for each in late:
        each.cancel()
