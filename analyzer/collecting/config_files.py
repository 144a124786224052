"""nginx's config as it lies on disk, where nginx itself will not print it.

In: the main file. Out: the texts that its includes lead to, and where each lies. The hard thing: an include may name
any file of the machine, and Debian's enabled sites are links; one that leads out of the config's folder stays unread.
"""

import os
from glob import glob
from pathlib import Path
from posixpath import join

from analyzer.collecting.reading import last_of
from analyzer.nginx import ConfigText, read_config

__all__ = ["config_files"]

_MOST_BYTES = 1 << 20
_MOST_FILES = 500


def config_files(main: Path) -> tuple[list[ConfigText], dict[Path, Path]]:
    """Give the main file and what it includes: the texts, and by its name where each file lies."""
    texts: dict[Path, ConfigText] = {}
    lies: dict[Path, Path] = {}
    wanted = [main]
    asked: set[str] = set()
    while wanted and len(lies) < _MOST_FILES:
        for path in wanted:
            lies[path] = _within(path, main.parent)
            read = last_of(lies[path], _MOST_BYTES)
            if read.data and read.total <= _MOST_BYTES:
                texts[path] = ConfigText(str(path), read.data.decode("utf-8", "replace"))
        patterns = {each.pattern for each in read_config(list(texts.values())).missing_includes} - asked
        asked |= patterns
        found = [Path(each) for pattern in sorted(patterns) for each in sorted(glob(join(main.parent, pattern)))]  # noqa: PTH207
        wanted = [path for path in found if path not in lies]
    return list(texts.values()), lies


def _within(path: Path, folder: Path) -> Path:
    """Where a link leads within the config's folder, which is root's; one that leads out stays the link that it is."""
    target = Path(os.path.realpath(path))
    return target if path.is_symlink() and target.is_relative_to(os.path.realpath(folder)) else path
