"""Which files hold a log's lines of a window: the log itself, and what was rotated away.

In: where a log is written, and a window. Out: files, the oldest first. The hard thing: no file says when it begins. It
ends when it was last written to, and begins where the one before it ends.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from analyzer.collecting.window import Window
from analyzer.rotation import reading_order

__all__ = ["files_of"]


def files_of(log: Path, window: Window) -> Sequence[Path]:
    """Give the log and its rotated parts that may hold lines of the window. Raises OSError."""
    stem = reading_order(log.name)[0]
    with os.scandir(log.parent) as entries:
        names = [entry.name for entry in entries if reading_order(entry.name)[0] == stem]
    found = [log.parent / name for name in sorted(names, key=reading_order)]
    return list(_of_window(found, window))


def _of_window(files: Sequence[Path], window: Window) -> Iterator[Path]:
    begins = datetime.min.replace(tzinfo=UTC)
    for file in files:
        ends = datetime.fromtimestamp(file.lstat().st_mtime, UTC)
        if ends >= window.since and begins <= window.until:
            yield file
        begins = ends
