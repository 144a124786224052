"""What is spared where there is little to read: Polars' threads but one, and Python's search for cycles.

In come the paths as they were given; it has to be said before Polars is loaded. On two cores a sample's analysis took
an eighth more of them with two threads than with one, and no less time. And of a tenth of its time Python looked for
cycles, of which so little leaves few: it ends with as much memory without.
"""

import gc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from analyzer.small import SMALL

__all__ = ["spare_for_little"]

_THREADS = "POLARS_MAX_THREADS"
_OBJECTS = 1_000_000  # a small bundle leaves fewer; what a small file holds packed may leave more


def spare_for_little(paths: Sequence[str]) -> None:
    """Where these files are small, let Polars start one thread, unless the user says how many, and seek no cycles."""
    if _are_small(paths):
        os.environ.setdefault(_THREADS, "1")
        gc.set_threshold(_OBJECTS)


def _are_small(paths: Sequence[str]) -> bool:
    """Whether they are files and folders of which all is soon read; standard input and patterns may be anything."""
    left = SMALL
    for path in map(Path, paths):
        if not path.exists():
            return False
        for size in _sizes(path):
            left -= size
            if left < 0:
                return False
    return True


def _sizes(path: Path) -> Iterator[int]:
    """The sizes of the files at a place; of what cannot be looked at, more than is little."""
    try:
        if not path.is_dir():
            yield path.stat().st_size if path.is_file() else SMALL + 1
            return
        for inside in path.rglob("*"):
            if inside.is_file():
                yield inside.stat().st_size
    except OSError:
        yield SMALL + 1
