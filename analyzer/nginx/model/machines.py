"""Which nginx is read, where a bundle holds more than one: two machines, an old config beside the new.

In come the config files, text by text; out go those of one nginx, and what was left out. The hard thing: two whole
configs never make one. What `nginx -T` printed comes before files; then counts that servers are shown, then that few
includes are missing, then the name.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analyzer.frozen import dataclass
from analyzer.nginx.model.include import Expansion, is_main
from analyzer.nginx.text.directives import ConfigFile, Skipped
from analyzer.said import said

_MAIN = "nginx.conf"
_ENABLED, _AVAILABLE = "sites-enabled", "sites-available"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The files that are read, the main ones among them; other main files that differ; what was left out."""

    files: tuple[ConfigFile, ...]
    mains: tuple[ConfigFile, ...]
    rivals: tuple[ConfigFile, ...]
    skipped: tuple[Skipped, ...]


class Joined(NamedTuple):
    """The files of several texts; what was left out; dumps of another nginx, file by file."""

    files: tuple[ConfigFile, ...]
    skipped: tuple[Skipped, ...]
    rivals: tuple[tuple[ConfigFile, ...], ...]


def one_dump(texts: Iterable[tuple[ConfigFile, ...]]) -> Joined:
    """Join the files of several texts; of several dumps that are whole, take one."""
    groups = list(texts)
    whole = [group for group in groups if group and group[0].dumped and any(map(is_main, group))]
    best = min(whole, key=_worth_of_dump, default=None)
    files: dict[str, ConfigFile] = {file.name: file for file in best or ()}
    skipped, rivals = [], []
    for group in groups:
        if group in whole and group is not best and best:
            same = _texts(group) == _texts(best)
            rivals += [] if same else [group]
            what = said("the same as") if same else said("another nginx than")
            skipped.append(
                Skipped(group[0].source, 1, said("{what} {source}, which is read", what=what, source=best[0].source))
            )
            continue
        for file in group:
            files.setdefault(file.name, file)
    return Joined(tuple(files.values()), tuple(skipped), tuple(rivals))


def one_main(files: tuple[ConfigFile, ...]) -> Chosen:
    """Choose the main file; others that are whole configs too are left out."""
    mains = [file for file in files if is_main(file)]
    if len(mains) < 2:  # noqa: PLR2004 - nothing to choose from
        return Chosen(files, tuple(mains), (), ())
    best = min(mains, key=lambda main: _worth(files, main))
    others = [main for main in mains if main is not best]
    left = [each for each in others if not _complements(best, each)]
    skipped = tuple(Skipped(file.name, 1, _why(file, best)) for file in left)
    kept = tuple(file for file in files if file not in left)
    rivals = tuple(file for file in left if file.text != best.text)
    return Chosen(kept, (best, *(each for each in others if each not in left)), rivals, skipped)


def only_enabled(files: Sequence[ConfigFile]) -> tuple[list[ConfigFile], list[Skipped]]:
    """Of files that no main file names, leave out copies, and sites that are not enabled beside such that are."""
    enabled = any(_folder(file) == _ENABLED for file in files)
    kept: dict[str, ConfigFile] = {}
    skipped = []
    for file in sorted(files, key=lambda each: _folder(each) == _AVAILABLE):
        other = kept.get(file.text)
        if other is not None:
            skipped.append(Skipped(file.name, 1, said("the same as {name}, which is read", name=other.name)))
        elif enabled and _folder(file) == _AVAILABLE:
            skipped.append(Skipped(file.name, 1, said("it is not among the {enabled}", enabled=_ENABLED)))
        else:
            kept[file.text] = file
    return [file for file in files if file in kept.values()], skipped


def _folder(file: ConfigFile) -> str:
    return file.name.rpartition("/")[0].rpartition("/")[2]


def _complements(best: ConfigFile, other: ConfigFile) -> bool:
    """Tell whether two files may be parts of one config: they open different blocks."""
    return best.dumped == other.dumped and not best.opens & other.opens


def _why(file: ConfigFile, best: ConfigFile) -> str:
    same = said("the same as") if file.text == best.text else said("another whole config than")
    return said("{same} {name}, which is read", same=same, name=best.name)


def _worth(files: Sequence[ConfigFile], main: ConfigFile) -> tuple[bool, bool, int, bool, int, str]:
    """Order main files: what counts first stands first, and the least is best."""
    expansion = Expansion(files)
    directives = expansion.expand(main)
    shown = any(inner.name == "server" for directive in directives for inner in directive.walk())
    called_so = main.name.rpartition("/")[2] == _MAIN
    return not main.dumped, not shown, len(expansion.missing), not called_so, main.name.count("/"), main.name


def _worth_of_dump(group: tuple[ConfigFile, ...]) -> tuple[bool, bool, int, bool, int, str]:
    return (*min(_worth(group, main) for main in group if is_main(main))[:-1], group[0].source)


def _texts(group: Sequence[ConfigFile]) -> list[tuple[str, str]]:
    return [(file.name, file.text) for file in group]
