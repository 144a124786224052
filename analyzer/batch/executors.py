"""Who does the work: processes of this machine, or whatever has the same three calls.

In: a function and values that can be sent to another process. Out: its result. The hard thing is a worker that dies:
the pool is broken then, and everything that was in flight is lost with it.
"""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Protocol

__all__ = ["Executor", "Handle", "Local", "LostError", "outliving_workers", "shared_cores"]

_THREADS = "POLARS_MAX_THREADS"


class LostError(Exception):
    """The worker that had a task is gone; another one may do it."""


class Handle(Protocol):
    """A task in flight."""


class Executor(Protocol):
    """Does tasks somewhere."""

    @property
    def at_once(self) -> int:
        """How many tasks it can do at a time."""

    def submit(self, function: Callable[..., object], *values: object) -> Handle:
        """Begin a task."""

    def wait_any(self, handles: list[Handle]) -> Handle:
        """Wait until one of them is done."""

    def result(self, handle: Handle) -> object:
        """Give what a task came to. Raises LostError where its worker died, else what the task raised."""

    def close(self) -> None:
        """Let it all go."""


class Local(Executor):
    """Processes of this machine, begun anew (`spawn`), each with its share of the cores."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    @property
    def at_once(self) -> int:
        """How many processes there are."""
        return self._jobs

    def submit(self, function: Callable[..., object], *values: object) -> Handle:
        """Begin a task; the processes are begun with the first."""
        try:
            return self._running().submit(function, *values)
        except BrokenProcessPool:
            self.close()
            return self._running().submit(function, *values)

    def wait_any(self, handles: list[Handle]) -> Handle:
        """Wait until one of them is done."""
        futures = [handle for handle in handles if isinstance(handle, Future)]
        return min(wait(futures, return_when=FIRST_COMPLETED).done, key=futures.index)

    def result(self, handle: Handle) -> object:
        """Give what a task came to."""
        if not isinstance(handle, Future):
            raise TypeError(handle)
        try:
            return handle.result()
        except BrokenProcessPool as broken:
            raise LostError from broken

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=get_context("spawn"))
        return self._pool


@contextmanager
def outliving_workers() -> Iterator[None]:
    """Do not end with a worker that dies while it is written to: a broken pipe is an error like others meanwhile."""
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)


@contextmanager
def shared_cores(jobs: int) -> Iterator[None]:
    """Let every process that begins meanwhile use its share of the cores: Polars reads it when it is loaded."""
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = before or str(max(1, (os.cpu_count() or 1) // jobs))
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREADS]
