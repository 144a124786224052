"""Tasks through an executor: a bounded number in flight, those that were lost tried again, those that fail told.

In: tasks. Out: each with its result, or with why there is none, as they end. The hard thing is a file that kills
whoever reads it: what was in flight with it is innocent, so what was lost is tried again alone.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import Generic, TypeVar, cast

from analyzer.batch.executors import Executor, Handle, LostError
from analyzer.frozen import dataclass

__all__ = ["Failed", "Task", "run"]

_T = TypeVar("_T")
_TRIES = 3
_AHEAD = 2  # for each worker: one that it does and one that waits


@dataclass(frozen=True, slots=True)
class Task(Generic[_T]):
    """A function of a module, what it is given, and what it is about."""

    about: str
    function: Callable[..., _T]
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A task that came to nothing, however often it was tried."""

    error: BaseException


@dataclass(slots=True)
class _Queue(Generic[_T]):
    waiting: deque[Task[_T]]
    tries: dict[int, int] = field(default_factory=dict)
    alone: deque[Task[_T]] = field(default_factory=deque)

    def tried(self, task: Task[_T]) -> bool:
        """Count a try; say whether there may be another one."""
        self.tries[id(task)] = self.tries.get(id(task), 0) + 1
        return self.tries[id(task)] < _TRIES


def run(executor: Executor, tasks: Iterable[Task[_T]]) -> Iterator[tuple[Task[_T], _T | Failed]]:
    """Do all tasks; they end in no particular order."""
    queue = _Queue(deque(tasks))
    in_flight: dict[Handle, Task[_T]] = {}
    while queue.waiting or queue.alone or in_flight:
        _fill(executor, queue, in_flight)
        handle = executor.wait_any(list(in_flight))
        task = in_flight.pop(handle)
        try:
            yield task, cast("_T", executor.result(handle))
        except LostError as lost:
            if queue.tried(task):
                queue.alone.append(task)
            else:
                yield task, Failed(lost)
        except Exception as error:  # noqa: BLE001  whatever goes wrong with one file, the others are read
            yield task, Failed(error)


def _fill(executor: Executor, queue: _Queue[_T], in_flight: dict[Handle, Task[_T]]) -> None:
    """Begin as many tasks as may be in flight; what was lost before goes by itself, before the others."""
    while queue.alone and not in_flight:
        _begin(executor, queue.alone.popleft(), in_flight)
        return
    while queue.waiting and not queue.alone and len(in_flight) < _AHEAD * executor.at_once:
        _begin(executor, queue.waiting.popleft(), in_flight)


def _begin(executor: Executor, task: Task[_T], in_flight: dict[Handle, Task[_T]]) -> None:
    in_flight[executor.submit(task.function, *task.values)] = task
