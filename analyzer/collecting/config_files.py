"""nginx's config as it lies on disk, where nginx itself will not print it.

In: the main file. Out: the texts that its includes lead to. The hard thing: an include may name any file of the
machine; what is no text of a config's size is not read, and what was said of links and devices holds here too.
"""

from glob import glob
from pathlib import Path
from posixpath import join

from analyzer.collecting.reading import last_of
from analyzer.nginx import ConfigText, read_config

__all__ = ["config_files"]

_MOST_BYTES = 1 << 20
_MOST_FILES = 500


def config_files(main: Path) -> tuple[list[ConfigText], list[Path]]:
    """Give the main file and what it includes, as texts and as paths."""
    texts: dict[Path, ConfigText] = {}
    wanted = [main]
    asked: set[str] = set()
    while wanted and len(texts) < _MOST_FILES:
        for path in wanted:
            read = last_of(path, _MOST_BYTES, main.parent)
            if read.data and read.total <= _MOST_BYTES:
                texts[path] = ConfigText(str(path), read.data.decode("utf-8", "replace"))
        patterns = {each.pattern for each in read_config(list(texts.values())).missing_includes} - asked
        asked |= patterns
        found = [Path(each) for pattern in sorted(patterns) for each in sorted(glob(join(main.parent, pattern)))]  # noqa: PTH207
        wanted = [path for path in found if path not in texts]
    return list(texts.values()), list(texts)
