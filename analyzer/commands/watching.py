"""How far a run has come, shown on a terminal while it lasts, and for how long each room was at work.

In come what the rooms tell, out goes a line on standard error that is gone when the run is over. The hard thing is to
stay out of the way: nothing is shown of a run that is over at once, nor where nobody looks.
"""

from threading import Timer
from time import perf_counter
from types import TracebackType
from typing import Self

import polars as pl
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import ProgressColumn, SpinnerColumn, Task, TimeElapsedColumn
from rich.text import Text

from analyzer.commands.stopwatch import Stopwatch
from analyzer.report.phrases import source_name
from analyzer.report.visible import visible
from analyzer.schema import RAW

__all__ = ["Watch"]

_AT_ONCE_S, _AN_INSTANT_S = 1.0, 1e-6
_MEGABYTE = 1_000_000
_DOES = {
    "bundle": "collecting the files",
    "sources": "recognising the formats",
    "events": "reading",
    "journeys": "tracing the journeys",
    "findings": "looking for causes",
    "incidents": "gathering the incidents",
    "report": "writing the report",
}


class Watch(Stopwatch):
    """Hears of a run, times its rooms, and shows on a console what goes on."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._source, self._lines, self._bytes, self._opened = "", 0, 0, perf_counter()
        self._bar = Bar(SpinnerColumn(), _Told(), TimeElapsedColumn(), console=console, transient=True)
        self._task = self._bar.add_task("")
        self._soon = Timer(_AT_ONCE_S, self._bar.start)

    def __enter__(self) -> Self:
        self._soon.daemon = True
        self._soon.start()
        return super().__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        self._soon.cancel()
        self._soon.join()  # what has begun to show itself has done so before it is taken away
        self._bar.stop()

    def enters(self, room: str) -> None:
        """A room begins its work."""
        super().enters(room)
        self._show(_DOES.get(room, room))

    def opens(self, source: str) -> None:
        """A log is read from here on."""
        self._source, self._lines, self._bytes, self._opened = source_name(source), 0, 0, perf_counter()
        self._show(f"{_DOES['events']} {self._source}")

    def reads(self, lines: pl.DataFrame) -> None:
        """These lines of it were read."""
        self._lines += lines.height
        self._bytes += int(lines[RAW.name].str.len_bytes().sum()) + lines.height
        took = max(perf_counter() - self._opened, _AN_INSTANT_S)
        rates = f"{self._lines / took:,.0f} lines/s, {self._bytes / took / _MEGABYTE:,.1f} MB/s"
        self._show(f"{_DOES['events']} {self._source}", f"{self._lines:,} lines, {rates}")

    def _show(self, does: str, rates: str = "") -> None:
        self._bar.update(self._task, description=visible(does), rates=rates)


class _Told(ProgressColumn):
    """What goes on, as plain text: a file may be called like markup."""

    def render(self, task: Task) -> Text:
        """Give what the task says."""
        return Text.assemble(task.description, ("  " + task.fields.get("rates", ""), "dim"))
