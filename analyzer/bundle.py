"""What the user hands in, as named, bounded files: folders, single files, compressed files, standard input.

In: the paths of the command line. Out: a `Bundle` of files that can be streamed, and the problems met on the way.
This room never parses. The hard thing is to lose nothing silently: whatever is not handed on is told as a `Problem`.
"""

import bz2
import gzip
import lzma
import os
import shutil
import stat
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from io import BufferedIOBase, BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from analyzer.report.html import GENERATOR_MARK
from analyzer.report.model import Problem

STANDARD_INPUT = "-"

_PEEK = 8192
_BEGINNING = 256 * 1024
_OWN_MARKS = (GENERATOR_MARK.encode(), b'"tool":{"name":"lasthop"', b'"name": "lasthop"')
_OPENERS: dict[bytes, Callable[[Path], BufferedIOBase]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
_ARCHIVES = {
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
}
_BROKEN = (EOFError, OSError, lzma.LZMAError, zlib.error)
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1b\x08")
_BINARY_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of the bundle. `name` is its path relative to the argument; `path` is where its bytes lie."""

    name: str
    path: Path

    def open(self) -> BufferedIOBase:
        """Open the file's content, decompressed by what its first bytes say. Raises OSError."""
        with self.path.open("rb") as raw:
            head = raw.read(8)
        opener = next((opener for magic, opener in _OPENERS.items() if head.startswith(magic)), None)
        return opener(self.path) if opener else self.path.open("rb")

    def text(self, most_bytes: int) -> str | None:
        """The whole content as text, line ends as they are; None where it is longer or cannot be read to its end."""
        try:
            with self.open() as content:
                raw = content.read(most_bytes + 1)
        except _BROKEN:
            return None
        if len(raw) > most_bytes:
            return None
        return raw.decode(encoding_of(raw[:_PEEK]), errors="replace").removeprefix("\ufeff")

    def beginning(self) -> str:
        """The first of its text, as far as a document is known by. Raises OSError and EOFError."""
        with self.open() as content:
            raw = content.read(_BEGINNING)
        return raw.decode(encoding_of(raw[:_PEEK]), errors="replace").removeprefix("\ufeff")

    def head(self) -> bytes:
        """Return the first few KiB of the content. Raises OSError and EOFError."""
        with self.open() as content:
            return content.read(_PEEK)


@dataclass(frozen=True, slots=True)
class Bundle(AbstractContextManager["Bundle"]):
    """The files of the bundle, sorted by name, and what could not be handed on. Close it to drop temporary copies."""

    title: str
    files: tuple[BundleFile, ...]
    problems: tuple[Problem, ...]
    _scratch: ExitStack

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._scratch.close()

    def keep(self, name: str, text: str) -> BundleFile:
        """Put a text beside the bundle until it is closed: another reading of what bears this name."""
        return _spool(name, BytesIO(text.encode("utf-8", errors="replace")), self._scratch)


def open_bundle(arguments: Sequence[str], stdin: BinaryIO | None = None) -> Bundle:
    """Collect the files of the arguments; `-` is standard input. What cannot be read becomes a `Problem`."""
    scratch = ExitStack()
    files: list[BundleFile] = []
    problems: list[Problem] = []
    for argument in arguments:
        prefix = Path(argument).name if len(arguments) > 1 and argument != STANDARD_INPUT else ""
        for found in _collect(argument, prefix, scratch, stdin):
            if isinstance(found, Problem):
                problems.append(found)
            elif problem := _unreadable(found):
                problems.append(problem)
            else:
                files.append(found)
    title = ", ".join("standard input" if a == STANDARD_INPUT else _title(a) for a in arguments)
    return Bundle(title, tuple(sorted(files, key=lambda file: file.name)), tuple(problems), scratch)


def _title(argument: str) -> str:
    return Path(argument).resolve().name or argument


def _collect(argument: str, prefix: str, scratch: ExitStack, stdin: BinaryIO | None) -> Iterator[BundleFile | Problem]:
    if argument == STANDARD_INPUT:
        yield _spool(STANDARD_INPUT, stdin or sys.stdin.buffer, scratch)
        return
    path = Path(argument)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        yield Problem(argument, f"cannot be opened: {_reason(error)}", "Check the path; the rest was analysed.")
        return
    if stat.S_ISDIR(mode):
        yield from _walk(path, prefix)
    elif stat.S_ISFIFO(mode):
        with path.open("rb") as pipe:
            yield _spool(path.name, pipe, scratch)
    else:
        yield BundleFile(path.name, path)


def _walk(folder: Path, prefix: str) -> Iterator[BundleFile | Problem]:
    unreadable: list[OSError] = []
    found = False
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        folders.sort()
        for name in sorted(names):
            found = True
            path = Path(parent, name)
            yield BundleFile(str(Path(prefix, path.relative_to(folder))), path)
    for error in unreadable:
        yield Problem(str(error.filename), f"cannot be opened: {_reason(error)}", "Check who may read this folder.")
    if not found and not unreadable:
        yield Problem(str(folder), "holds no files", "Hand in the folder that holds the logs.")


def _spool(name: str, stream: BinaryIO, scratch: ExitStack) -> BundleFile:
    copy = scratch.enter_context(tempfile.NamedTemporaryFile(prefix="lasthop-"))  # noqa: SIM115  the bundle closes it
    shutil.copyfileobj(stream, copy)
    copy.flush()
    return BundleFile(name, Path(copy.name))


def _unreadable(file: BundleFile) -> Problem | None:
    """Say why a file cannot be read as text, or None."""
    try:
        if not stat.S_ISREG(file.path.stat().st_mode):
            return Problem(file.name, "is not a regular file", "Hand in the log itself, or pipe it in with `-`.")
        with file.path.open("rb") as raw:
            packed = raw.read(8)
        head = file.head()
    except _BROKEN as error:
        return Problem(file.name, f"cannot be read: {_reason(error)}", "Check who may read it, or copy it again.")
    return _not_text(file.name, packed, head)


def _not_text(name: str, packed: bytes, head: bytes) -> Problem | None:
    if not head:
        return Problem(
            name, "is empty", "If requests should have been logged here, check where this log really goes.", lost=False
        )
    for magic, words in _ARCHIVES.items():
        if packed.startswith(magic):
            return Problem(name, f"is {words}, which is not unpacked", "Unpack it and hand in the folder.")
    if any(mark in head for mark in _OWN_MARKS):
        return Problem(
            name, "is a report of lasthop itself", "Nothing to do: reports are never read as logs.", lost=False
        )
    if is_binary(head):
        return Problem(name, "is not text", "Hand in logs and configs as text.")
    return None


def is_binary(head: bytes) -> bool:
    r"""Say whether bytes are something else than text.

    Runs of NUL at the start are what logrotate's copytruncate leaves; UTF-16 has a NUL beside every letter.

    >>> is_binary(b"\x7fELF\x02\x01\x01\x00\x00\x00\x00"), is_binary(b"GET /"), is_binary("GET /".encode("utf-16"))
    (True, False, False)
    """
    if encoding_of(head) != "utf-8":
        return False
    text = head.lstrip(b"\x00")
    strange = sum(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in text)
    return strange > _BINARY_SHARE * len(text) or not text


def encoding_of(head: bytes) -> str:
    """Name the encoding that the first bytes announce: UTF-16 with or without a mark, else UTF-8."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(head) >= len("GET ") * 2:
        evens, odds = head[0::2], head[1::2]
        if odds.count(0) == len(odds) and evens.count(0) == 0:
            return "utf-16-le"
        if evens.count(0) == len(evens) and odds.count(0) == 0:
            return "utf-16-be"
    return "utf-8"


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
