"""The configs named on the command line, read into one.

In come paths, `-` for standard input; out goes a Config and what was not read. The hard thing: a folder holds more than
config, an include may name any file of it, and a single file includes its neighbours on disk, but never another
machine's: only what lies below the file's own folder is followed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from glob import glob
from pathlib import Path, PurePosixPath

from analyzer.bundle import Bundle, BundleFile, open_bundle
from analyzer.errors import NothingReadError, UsageError
from analyzer.nginx import Config, ConfigFile, ConfigText, looks_like_config
from analyzer.nginx.config import config_of
from analyzer.nginx.dump import files_of
from analyzer.nginx.include import is_main
from analyzer.nginx.vocabulary import is_directive_name
from analyzer.report.phrases import place, plural, source_name

__all__ = ["read_configs"]

_MOST_BYTES = 16 * 1024 * 1024
_HEAD = 8192
_NAMED = 3
_WILD = frozenset("*?[")
_MAIN = "nginx.conf"
_HINT = "Hand in nginx.conf, the folder it stands in, or what nginx -T prints."


@dataclass(slots=True)
class _Shelf:
    """What has been read so far, and where included files may yet be found."""

    files: dict[str, ConfigFile] = field(default_factory=dict)
    others: dict[str, BundleFile] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def read(self, name: str, file: BundleFile) -> bool:
        """Read a file, unless it is there already; say whether it could be."""
        text = None if name in self.files else file.text(_MOST_BYTES)
        for each in files_of(ConfigText(name, text)) if text else ():
            self.files.setdefault(each.name, each)
        return name in self.files or text is not None


def read_configs(paths: Sequence[str]) -> tuple[Config, tuple[str, ...]]:
    """Read what is named into one config, and tell what was not. Raises NothingReadError and UsageError."""
    shelf = _Shelf()
    with open_bundle(tuple(dict.fromkeys(paths))) as bundle:
        _put(bundle, [Path(path) for path in paths], shelf)
        _follow_includes(shelf)
        _demand_config(bundle, shelf)
        unread = [f"{problem.path} {problem.what}" for problem in bundle.problems if problem.lost]
    shelf.notes += _counted("not read", unread)
    config = config_of(_of_one_nginx(shelf))
    return config, (*shelf.notes, *_gaps(config))


def _put(bundle: Bundle, named: Sequence[Path], shelf: _Shelf) -> None:
    """Read what was named itself, and of folders what looks like config; what came through a pipe has no neighbours."""
    folders = [path for path in named if path.is_dir()]
    bearers = Counter(file.name for file in bundle.files)
    for file in bundle.files:
        name = str(file.path) if bearers[file.name] > 1 else file.name
        in_folder = any(file.path.is_relative_to(folder) for folder in folders)
        if in_folder and not looks_like_config(file.head().decode("utf-8", "replace")):
            shelf.others[name] = file
        elif not shelf.read(name, file):
            shelf.notes.append(f"not read: {name} is longer than any config or breaks off")
        elif file.path in named:
            shelf.folders.append(file.path.absolute().parent)


def _follow_includes(shelf: _Shelf) -> None:
    asked: set[str] = set()
    while new := _patterns(shelf.files.values()) - asked:
        for pattern in sorted(new):
            for name, file in _named_by(pattern, shelf):
                shelf.read(name, file)
        asked |= new


def _patterns(files: Iterable[ConfigFile]) -> set[str]:
    directives = (inner for file in files if not file.dumped for top in file.directives for inner in top.walk())
    return {directive.args[0] for directive in directives if directive.name == "include" and directive.args}


def _named_by(pattern: str, shelf: _Shelf) -> Iterator[tuple[str, BundleFile]]:
    yield from ((name, file) for name, file in shelf.others.items() if _is_meant(pattern, name))
    for folder in shelf.folders:
        for found in sorted(glob(str(folder / pattern))):  # noqa: PTH207  nginx's own patterns, absolute ones too
            path = Path(found).resolve() if ".." in pattern else Path(found)
            if path.is_relative_to(folder) and path.is_file():
                name = str(path.relative_to(folder))
                yield name, BundleFile(name, path)


def _is_meant(pattern: str, name: str) -> bool:
    """Whether a pattern may name a file: by its last part, and by the folder where that part is open.

    >>> _is_meant("/etc/nginx/proxy_params", "proxy_params"), _is_meant("sites-enabled/*", "README")
    (True, False)
    """
    wanted, parts = PurePosixPath(pattern).parts, PurePosixPath(name).parts
    count = min(2 if _WILD & set(wanted[-1]) else 1, len(wanted))
    return len(parts) >= count and all(map(fnmatchcase, parts[-count:], wanted[-count:]))


def _demand_config(bundle: Bundle, shelf: _Shelf) -> None:
    if any(_is_config(file) for file in shelf.files.values()):
        return
    told = [f"{problem.path} {problem.what}" for problem in bundle.problems]
    told += [f"{source_name(name)} is no nginx config" for name in shelf.files]
    told += [f"{source_name(name)} is no nginx config" for name in shelf.others][:_NAMED]
    raise NothingReadError(f"no config could be read: {'; '.join(told) or 'nothing was handed in'}", _HINT)


def _is_config(file: ConfigFile) -> bool:
    names = [directive.name for directive in file.directives]
    return looks_like_config(file.text) or (bool(names) and all(map(is_directive_name, names)))


def _of_one_nginx(shelf: _Shelf) -> tuple[ConfigFile, ...]:
    """Leave out what lies beside nginx.conf and is a whole config of its own: a backup, a distribution's example."""
    mains = [file for file in shelf.files.values() if is_main(file)]
    called_so = [file for file in mains if PurePosixPath(file.name).name == _MAIN]
    if len(mains) > 1 and len(called_so) != 1:
        names = ", ".join(file.name for file in mains[:_NAMED])
        raise UsageError(f"{len(mains)} whole configs were handed in: {names}", "Name one nginx with --config.")
    left_out = [file.name for file in mains if file not in called_so] if len(mains) > 1 else []
    shelf.notes += _counted("left out, a whole config beside nginx.conf", left_out)
    return tuple(file for name, file in sorted(shelf.files.items()) if file.name not in left_out)


def _gaps(config: Config) -> Iterator[str]:
    missing = {each.pattern: f"{each.pattern} ({place(each.file, each.line)})" for each in config.missing_includes}
    yield from _counted("included, but not here", list(missing.values()))
    skipped = [f"{place(each.file, each.line)} {each.reason}" for each in config.skipped]
    yield from _counted("not read as it stands", skipped)


def _counted(what: str, items: Sequence[str]) -> list[str]:
    """Name the first few, and count the rest."""
    rest = f" and {plural(len(items) - _NAMED, 'more', 'more')}" if len(items) > _NAMED else ""
    return [f"{what}: {', '.join(items[:_NAMED])}{rest}"] if items else []
