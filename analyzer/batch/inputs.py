"""The files that a history is made of, here or in an object storage, as units of work.

In: paths, patterns and URLs. Out: `Unit`s, each with what tells whether it changed; opened, a bundle of the files in
it. The hard thing is that another process opens it: a unit is an address, and is called the same wherever it lies.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import obstore

from analyzer.batch.place import is_remote, place_of
from analyzer.bundle import Bundle, open_bundle
from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.gathering import Found, expanded, gathered
from analyzer.report.grounds import Problem
from analyzer.said import said

__all__ = ["Unit", "opened", "units_of"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A file: the name it is told by, where it lies, and a stamp that changes whenever the file does."""

    name: str
    address: str
    size: int
    stamp: str


def units_of(arguments: Sequence[str], but: str) -> tuple[list[Unit], list[Problem]]:
    """Find the files of the arguments but for those of the store `but`. Raises UsageError for standard input."""
    if "-" in arguments:
        raise UsageError("a history is not made of standard input", "Name files, folders or URLs.")
    found = [each for argument in _with_patterns(arguments) for each in _of(argument, several=len(arguments) > 1)]
    problems = [each for each in found if isinstance(each, Problem)]
    units = {each.address: each for each in found if isinstance(each, Unit) and not _within(each.address, but)}
    return sorted(units.values(), key=lambda unit: unit.name), problems


def _with_patterns(arguments: Sequence[str]) -> Iterator[str | Problem]:
    for argument in arguments:
        yield from [argument] if is_remote(argument) else expanded([argument])


def _of(argument: str | Problem, *, several: bool) -> Iterator[Unit | Problem]:
    if isinstance(argument, Problem):
        yield argument
    elif is_remote(argument):
        yield from _in_bucket(argument)
    else:
        for found in gathered(argument, Path(argument).name if several else "", set()):
            yield _on_disk(found) if isinstance(found, Found) else found


def _on_disk(found: Found) -> Unit | Problem:
    try:
        told = found.path.stat()
    except OSError as error:
        what = said("cannot be read: {reason}", reason=error.strerror or str(error))
        return Problem(found.name, what, said("Check who may read it, or copy it again."))
    stamp = f"{told.st_size} {told.st_mtime_ns} {told.st_ino}"
    return Unit(found.name, str(found.path.absolute()), told.st_size, stamp)


def _in_bucket(url: str) -> Iterator[Unit | Problem]:
    parent, _, last = url.rstrip("/").rpartition("/")
    place, below = (place_of(url), "") if not PurePosixPath(last).suffix else (place_of(parent), last)
    listed = list(place.sizes(below))
    if not listed:
        yield Problem(url, said("matches no file"), said("Check the URL, and who may list what is below it."))
    for name, size, tag in listed:
        yield Unit(name, f"{place.address}/{name}", size, f"{size} {tag}")


def _within(address: str, store: str) -> bool:
    return address == store or address.startswith(store.rstrip("/") + "/")


@contextmanager
def opened(unit: Unit) -> Iterator[Bundle]:
    """Open a unit as a bundle whose files bear the unit's name; what lies elsewhere is fetched first."""
    with TemporaryDirectory(prefix="lasthop-") as scratch:
        path = _fetched(unit, Path(scratch)) if is_remote(unit.address) else Path(unit.address)
        with open_bundle([str(path)]) as bundle:
            files = tuple(replace(file, name=unit.name + file.name[len(path.name) :]) for file in bundle.files)
            yield replace(bundle, files=files)


def _fetched(unit: Unit, scratch: Path) -> Path:
    parent, _, name = unit.address.rpartition("/")
    path = scratch / name
    with path.open("wb") as copy:
        for chunk in obstore.get(place_of(parent).objects, name).stream():
            copy.write(chunk)
    return path
