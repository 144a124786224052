"""Files that are made on the real disk; the text of each names it."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from analyzer.nginx import OnDisk

Present = Sequence[tuple[Path, OnDisk]]


def make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"the file {file}", encoding="utf-8")


@contextmanager
def made(present: Present) -> Iterator[None]:
    """Have some files on the disk, and the folders around them, while the block runs."""
    tops = []
    for path, kind in present:
        tops.append(next(each for each in reversed([path, *path.parents]) if not each.exists() or each == path))
        if kind is OnDisk.FILE:
            make(path)
        else:
            path.mkdir(parents=True, exist_ok=True)
    yield
    for top in tops:
        if top.is_dir():
            shutil.rmtree(top)
        else:
            top.unlink(missing_ok=True)
