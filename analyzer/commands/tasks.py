"""How far a long run has come, shown on a terminal while it lasts.

In: what is being done, how much of it is done, and of how much. Out: a line on standard error that is gone when the run
is over; nothing where nobody looks.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from analyzer.commands.printing import messages

__all__ = ["watched"]


@contextmanager
def watched(*, shown: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Give what hears of a run; on a terminal it shows how far it has come, if that is to be `shown`."""
    if not shown or sys.stderr is None or not sys.stderr.isatty():
        yield lambda *_: None
        return
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=messages, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of)
