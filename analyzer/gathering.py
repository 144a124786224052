"""The paths of a command line as the files that lie there: patterns, folders, links.

In come arguments, out go files with the names they are told by, and problems. The hard thing is that a folder may come
from anybody: a link that leads out of it is not followed, and what is reached twice is read once.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path

from analyzer.archives import is_junk, shown
from analyzer.frozen import dataclass
from analyzer.report.grounds import Problem
from analyzer.said import Said, said

__all__ = ["STANDARD_INPUT", "Found", "expanded", "gathered", "reason"]

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Found:
    """A file: its name relative to the argument. `again`: a link beside it, to what the same folder holds."""

    name: str
    path: Path
    again: bool = False


def expanded(arguments: Sequence[str]) -> Iterator[str | Problem]:
    """Put what it matches in the place of a pattern that the shell left alone; nothing comes twice."""
    seen: set[str] = set()
    for argument in arguments:
        for each in _matches(argument):
            if isinstance(each, Problem) or each not in seen:
                yield each
            if isinstance(each, str):
                seen.add(each)


def _matches(argument: str) -> list[str] | list[Problem]:
    if argument == STANDARD_INPUT or not has_magic(argument) or os.path.lexists(argument):
        return [argument]
    found = sorted(glob(argument, recursive=True))  # noqa: PTH207  the same pattern as a shell's
    files = [each for each in found if not Path(each).is_dir()]
    hint = said("Check the pattern; `**` goes through folders, and the rest was analysed.")
    return files or found or [Problem(argument, said("matches no file"), hint)]


def gathered(argument: str, prefix: str, seen: set[str]) -> Iterator[Found | Problem]:
    """Give the files of one argument that are not yet in `seen`."""
    path = Path(argument)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        yield Problem(
            argument,
            said("cannot be opened: {reason}", reason=reason(error)),
            said("Check the path; the rest was analysed."),
        )
        return
    found = _walk(path, prefix) if stat.S_ISDIR(mode) else [Found(shown(path.name), path)]
    for each in found:
        if isinstance(each, Problem):
            yield each
        elif (key := _place(each.path)) not in seen:
            seen.add(key)
            yield each


def _place(path: Path) -> str:
    """Where a file lies, whichever way leads there; a link itself is a place of its own."""
    return os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118  a name may be no text


def _walk(folder: Path, prefix: str) -> Iterator[Found | Problem]:
    unreadable: list[OSError] = []
    whole = os.path.realpath(folder)
    found = False
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        folders.sort()
        for name in sorted([*names, *(each for each in folders if os.path.islink(os.path.join(parent, each)))]):  # noqa: PTH114, PTH118
            if is_junk(name):
                continue
            found = True
            told = _of_folder(
                Path(parent, name), whole, shown(Path(prefix, Path(parent, name).relative_to(folder)).as_posix())
            )
            if told is not None:
                yield told
    for error in unreadable:
        yield Problem(
            str(error.filename),
            said("cannot be opened: {reason}", reason=reason(error)),
            said("Check who may read this folder."),
        )
    if not found and not unreadable:
        yield Problem(str(folder), said("holds no files"), said("Hand in the folder that holds the logs."))


def _of_folder(path: Path, whole: str, name: str) -> Found | Problem | None:
    """A file of a folder; None of a link to another folder in it, which is read where it lies."""
    if not path.is_symlink():
        return Found(name, path)
    leads_to = os.path.realpath(path)
    if os.path.commonpath([whole, leads_to]) != whole:
        return Problem(
            name,
            said("is a link that leads out of its folder, and is not followed"),
            said("Hand in {leads_to} itself.", leads_to=leads_to),
        )
    return None if path.is_dir() else Found(name, path, again=path.exists())


def reason(error: BaseException) -> str:
    """Say in a few words why something could not be read."""
    if error.args and isinstance(error.args[0], Said):
        return error.args[0]
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{words[:1].lower()}{words[1:]}"
