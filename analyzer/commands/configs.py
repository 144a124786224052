"""The configs named on the command line, read into one.

In come paths, `-` for standard input; out goes a Config and what was not read. The hard thing: a folder holds more than
config, an include may name any file of it, and a single file includes its neighbours on disk, but never another
machine's: only what lies below the file's own folder is followed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from fnmatch import fnmatchcase
from glob import glob
from pathlib import Path, PurePosixPath
from posixpath import normpath

from analyzer.bundle import STANDARD_INPUT, Bundle, BundleFile, open_bundle
from analyzer.errors import NothingReadError
from analyzer.frozen import dataclass
from analyzer.nginx import Config, ConfigText, looks_like_config, read_config
from analyzer.nginx.text.dump import is_dump
from analyzer.nginx.text.strays import blanked
from analyzer.nginx.text.vocabulary import is_directive_name
from analyzer.report.phrases import place, plural, source_name

__all__ = ["read_configs"]

_MOST_BYTES = 16 * 1024 * 1024
_HEAD = 8192
_NAMED = 3
_COMMENT = re.compile(r"(?:^|(?<=[\s;{}]))#.*", re.MULTILINE)
_INCLUDE = re.compile(r"""(?:^|[\s;{}])include\s+(?:"([^"\n]+)"|'([^'\n]+)'|([^\s;"'{}]+))\s*(?=;)""")
_WILD = frozenset("*?[")
_HINT = "Hand in nginx.conf, the folder it stands in, or what nginx -T prints."


@dataclass(slots=True)
class _Shelf:
    """What has been read so far, and where included files may yet be found."""

    texts: dict[str, str] = field(default_factory=dict)
    others: dict[str, BundleFile] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    roots: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def read(self, name: str, file: BundleFile) -> bool:
        """Read a file, unless it is there already; say whether it could be."""
        text = None if name in self.texts else file.text(_MOST_BYTES)
        if text is not None:
            self.texts[name] = text
        return name in self.texts


def read_configs(paths: Sequence[str]) -> tuple[Config, tuple[str, ...]]:
    """Read what is named into one config, and tell what was not. Raises NothingReadError."""
    shelf = _Shelf()
    with open_bundle(tuple(dict.fromkeys(paths))) as bundle:
        _put(bundle, [Path(path) for path in paths], shelf)
        _follow_includes(shelf)
        texts = [ConfigText(name, text) for name, text in sorted(shelf.texts.items())]
        config = read_config(texts, frozenset(_empty(shelf)))
        _demand_config(config, bundle, shelf)
        unread = [f"{problem.path} {problem.what}" for problem in bundle.problems if problem.lost]
    shelf.notes += _counted("not read", unread)
    return config, (*shelf.notes, *_gaps(config))


def _put(bundle: Bundle, named: Sequence[Path], shelf: _Shelf) -> None:
    """Read what was named itself, and of folders what looks like config; what came through a pipe has no neighbours."""
    folders = [path for path in named if path.is_dir()]
    shelf.roots += folders
    for file in bundle.files:
        in_folder = file.path is None or any(file.path.is_relative_to(folder) for folder in folders)
        among_others = in_folder and file.name != STANDARD_INPUT
        if among_others and not looks_like_config(file.head().decode("utf-8", "replace")):
            shelf.others[file.name] = file
        elif not shelf.read(file.name, file):
            shelf.notes.append(f"not read: {file.name} is longer than any config or breaks off")
        elif file.path is not None and not in_folder:
            shelf.folders.append(file.path.absolute().parent)


def _follow_includes(shelf: _Shelf) -> None:
    asked: set[str] = set()
    while new := _patterns(shelf.texts.values()) - asked:
        for pattern in sorted(new):
            for name, file in _named_by(pattern, shelf):
                shelf.read(name, file)
        asked |= new


def _patterns(texts: Iterable[str]) -> set[str]:
    """Return what texts include; a dump holds what it includes.

    >>> sorted(_patterns(["server { include a; } # include b;", "include 'c d';#include e;"]))
    ['a', 'c d']
    """
    shown = (_COMMENT.sub("", text) for text in texts if "include" in text and not is_dump(text))
    return {next(filter(None, found)) for text in shown for found in _INCLUDE.findall(text)}


def _named_by(pattern: str, shelf: _Shelf) -> Iterator[tuple[str, BundleFile]]:
    yield from ((name, file) for name, file in shelf.others.items() if _is_meant(pattern, name))
    for folder in shelf.folders:
        within = PurePosixPath(normpath(folder / pattern))
        if "\0" in pattern or not within.is_relative_to(folder):
            continue
        for name in sorted(glob(str(within.relative_to(folder)), root_dir=folder)):  # noqa: PTH207  Path's knows dotfiles
            if (folder / name).is_file():
                yield name, BundleFile(name, folder / name)


def _empty(shelf: _Shelf) -> Iterator[str]:
    """Yield the open patterns that match nothing in a folder that is there, as Debian's conf.d is when it is new."""
    for pattern in _patterns(shelf.texts.values()):
        parts = PurePosixPath(normpath(pattern)).parent.parts
        tails = [PurePosixPath(*parts[start:]) for start in range(len(parts)) if parts[start] not in {"/", ".."}]
        looked_into = any((root / tail).is_dir() for root in (*shelf.roots, *shelf.folders) for tail in tails)
        if _WILD & set(pattern) and looked_into and not any(_named_by(pattern, shelf)):
            yield pattern


def _is_meant(pattern: str, name: str) -> bool:
    """Whether a pattern may name a file: by its last part, and by the folder where that part is open.

    >>> _is_meant("/etc/nginx/proxy_params", "proxy_params"), _is_meant("sites-enabled/*", "README")
    (True, False)
    """
    wanted, parts = PurePosixPath(pattern).parts, PurePosixPath(name).parts
    count = min(2 if _WILD & set("".join(wanted[-1:])) else 1, len(wanted))
    return 0 < count <= len(parts) and all(map(fnmatchcase, parts[-count:], wanted[-count:]))


def _demand_config(config: Config, bundle: Bundle, shelf: _Shelf) -> None:
    if any(looks_like_config(blanked(text)[0]) for text in shelf.texts.values()) or _says_something(config):
        return
    told = [f"{problem.path} {problem.what}" for problem in bundle.problems] + shelf.notes
    told += [f"{source_name(name)} is no nginx config" for name in shelf.texts]
    told += [f"{source_name(name)} is no nginx config" for name in shelf.others][:_NAMED]
    raise NothingReadError(f"no config could be read: {'; '.join(told) or 'nothing was handed in'}", _HINT)


def _says_something(config: Config) -> bool:
    return bool(config.directives) and all(is_directive_name(directive.name) for directive in config.directives)


def _gaps(config: Config) -> Iterator[str]:
    missing = {each.pattern: f"{each.pattern} ({place(each.file, each.line)})" for each in config.missing_includes}
    yield from _counted("included, but not here", list(missing.values()))
    strangers = {each.file for each in config.skipped if each.is_not_included}
    yield from _counted("no include names", sorted(strangers))
    skipped = [each for each in config.skipped if not each.is_not_included]
    yield from _counted("not read as it stands", [f"{place(each.file, each.line)} {each.reason}" for each in skipped])


def _counted(what: str, items: Sequence[str]) -> list[str]:
    """Name the first few, and count the rest."""
    rest = f" and {plural(len(items) - _NAMED, 'more', 'more')}" if len(items) > _NAMED else ""
    return [f"{what}: {', '.join(items[:_NAMED])}{rest}"] if items else []
