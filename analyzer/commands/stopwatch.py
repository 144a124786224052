"""For how long each room was at work.

In comes what the rooms tell, out go seconds by room. It shows nothing: `watching` does, where somebody looks.
"""

import sys
from contextlib import AbstractContextManager
from time import perf_counter
from types import TracebackType
from typing import Self

import polars as pl

from analyzer.commands.printing import messages
from analyzer.progress import Progress

__all__ = ["Stopwatch", "watched"]


def watched(*, shown: bool) -> "Stopwatch":
    """Give what hears of a run; on a terminal it shows how far it has come, if that is to be `shown`."""
    if not shown or sys.stderr is None or not sys.stderr.isatty():
        return Stopwatch()
    from analyzer.commands.watching import Watch  # noqa: PLC0415  who sees nothing waits for nothing

    return Watch(messages)


class Stopwatch(AbstractContextManager["Stopwatch"], Progress):
    """Hears of a run, and times its rooms."""

    def __init__(self) -> None:
        self.spent_s: dict[str, float] = {}
        self._room, self._since = "", perf_counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.enters("")

    def enters(self, room: str) -> None:
        """A room begins its work, and the one before it has done its own."""
        now = perf_counter()
        if self._room:
            self.spent_s[self._room] = self.spent_s.get(self._room, 0.0) + now - self._since
        self._room, self._since = room, now

    def opens(self, source: str) -> None:
        """A log is read from here on."""

    def reads(self, lines: pl.DataFrame) -> None:
        """These lines of it were read."""
