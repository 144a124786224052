"""Who wants to know how far a run has come: the rooms tell, and know nothing of terminals.

In: the name of a room, of a source, a block of lines. Out: nothing. The hard thing is to cost nothing: a room tells
once for every block, never for every line, and what is to be counted of a block is counted by who wants to know.
"""

from typing import Protocol

import polars as pl

__all__ = ["SILENT", "Progress"]


class Progress(Protocol):
    """Hears of a run while it goes on."""

    def enters(self, room: str) -> None:
        """A room begins its work."""

    def opens(self, source: str) -> None:
        """A log is read from here on."""

    def reads(self, lines: pl.DataFrame) -> None:
        """These lines of it (RAW among their columns) were read."""


class _Silent:
    """Nobody wants to know."""

    def enters(self, room: str) -> None:
        """A room begins its work."""

    def opens(self, source: str) -> None:
        """A log is read from here on."""

    def reads(self, lines: pl.DataFrame) -> None:
        """These lines of it were read."""


SILENT: Progress = _Silent()
