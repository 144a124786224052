"""What the user hands in, as named, bounded files: folders, files, archives, whatever is compressed, standard input.

In: the paths of the command line. Out: a `Bundle` of files that can be streamed, and the problems met on the way.
This room never parses. The hard thing is to lose nothing silently: whatever is not handed on is told as a `Problem`.
"""

import re
import stat
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import field, replace
from io import BufferedIOBase, BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from analyzer.archives import UNREADABLE, Archives, Refusal, Spool, is_archive
from analyzer.compression import Content, is_compressed
from analyzer.encodings import Decoder, encoding_of
from analyzer.frozen import dataclass
from analyzer.gathering import STANDARD_INPUT, Found, expanded, gathered, reason
from analyzer.manifest import is_manifest, missing_in
from analyzer.no_text import why_no_text
from analyzer.report.grounds import Problem
from analyzer.rotation import reading_order
from analyzer.said import said

__all__ = ["STANDARD_INPUT", "UNREADABLE", "Bundle", "BundleFile", "first_of", "open_bundle"]

_PEEK = 8192
_BEGINNING = 256 * 1024
_WHOLE = 1 << 62
_PATCHED = re.compile(r"^(--- a/|\+\+\+ b/)(?P<name>[^\t\n]*!(?P<inner>[^!\t\n]+))", re.MULTILINE)
_DEEPEST = 2
_NAMED = 10
_COPY = said("Check who may read it, or copy it again.")
_BEFORE = said("What came before it was analysed.")
_BY_HAND = said("Unpack it and hand in the folder.")
_TOO_DEEP = said("is packed in what is packed itself, and was not opened")


def first_of(stream: BufferedIOBase, most: int) -> bytes:
    """Read that much, or up to where the stream is damaged. Raises what UNREADABLE names where nothing comes before."""
    data = bytearray()
    try:
        while len(data) < most and (part := stream.read1(most - len(data))):
            data += part
    except UNREADABLE:
        if not data:
            raise
    return bytes(data)


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of the bundle. `name` is its path relative to the argument, or `outer.zip!inner/a.log`.

    `path` is where it lies on disk; a member of an archive and standard input are nowhere, and have a `content`.
    `again`: it is a link to another file of the bundle.
    """

    name: str
    path: Path | None
    content: Content | None = field(default=None, compare=False)
    again: bool = False

    def stored(self) -> Content:
        """Its bytes as they are stored. Raises OSError."""
        return self.content or Content.of_file(self.path or Path())

    def open(self) -> BufferedIOBase:
        """Open the file's content, decompressed by what its first bytes say. Raises what UNREADABLE names."""
        return self.stored().unpacked()

    def text(self, most_bytes: int) -> str | None:
        """The whole content as text, line ends as they are; None where it is longer or cannot be read to its end.

        A byte that is no text leaves a mark in its place: what is patched must not look whole.
        """
        try:
            with self.open() as content:
                raw = content.read(most_bytes + 1)
        except UNREADABLE:
            return None
        if len(raw) > most_bytes:
            return None
        return raw.decode(encoding_of(raw[:_PEEK]), errors="replace").removeprefix("\ufeff")

    def beginning(self) -> str:
        """The first of its text, as far as a document is known by. Raises what UNREADABLE names."""
        with self.open() as content:
            raw = first_of(content, _BEGINNING)
        return Decoder(raw[:_PEEK], Counter()).decode(raw, final=True)

    def head(self) -> bytes:
        """Return the first few KiB of the content, behind a run of NUL. Raises what UNREADABLE names."""
        with self.open() as content:
            head = chunk = first_of(content, _PEEK)
            while chunk and not chunk.strip(b"\x00"):
                chunk = first_of(content, _BEGINNING)
        return chunk.lstrip(b"\x00")[:_PEEK] if chunk and chunk is not head else head


@dataclass(frozen=True, slots=True)
class Bundle(AbstractContextManager["Bundle"]):
    """The files of the bundle in the order of reading, and what could not be handed on.

    Of a rotated log the oldest part comes first. Close it to drop temporary copies.
    """

    title: str
    files: tuple[BundleFile, ...]
    problems: tuple[Problem, ...]
    _scratch: ExitStack
    _spool: Spool

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._scratch.close()

    def unpacked(self, patch: str) -> str:
        """A patch with the names that members of archives bear once they are unpacked."""
        members = {file.name for file in self.files if file.path is None}
        return _PATCHED.sub(lambda line: line[1] + line["inner"] if line["name"] in members else line[0], patch)

    def keep(self, name: str, text: str) -> BundleFile:
        """Put a text beside the bundle until it is closed: another reading of what bears this name."""
        content, _ = self._spool.put(BytesIO(text.encode("utf-8", errors="replace")), _WHOLE)
        return BundleFile(name, None, content)


def open_bundle(arguments: Sequence[str], stdin: BinaryIO | None = None) -> Bundle:
    """Collect the files of the arguments; `-` is standard input. What cannot be read becomes a `Problem`."""
    scratch = ExitStack()
    spool = Spool(scratch)
    handed_in = _HandedIn(stdin, scratch, spool)
    named = list(expanded(arguments))
    paths = [each for each in named if isinstance(each, str)]
    handed_in.problems += [each for each in named if isinstance(each, Problem)]
    for argument in paths:
        handed_in.take(argument, Path(argument).name if len(paths) > 1 and argument != STANDARD_INPUT else "")
    title = ", ".join("standard input" if a == STANDARD_INPUT else _title(a) for a in arguments)
    files = sorted(_told_apart(handed_in.files), key=lambda file: reading_order(file.name))
    return Bundle(title, tuple(files), tuple(_few(handed_in.problems)), scratch, spool)


def _title(argument: str) -> str:
    return Path(argument).resolve().name or argument


class _HandedIn:
    """Gathers the files of all arguments, those in archives too, and the problems."""

    def __init__(self, stdin: BinaryIO | None, scratch: ExitStack, spool: Spool) -> None:
        self.files: list[BundleFile] = []
        self.problems: list[Problem] = []
        self._stdin, self._spool = stdin, spool
        self._archives = Archives(scratch, spool)
        self._seen: set[str] = set()

    def take(self, argument: str, prefix: str) -> None:
        """Take one argument."""
        if argument == STANDARD_INPUT:
            self._look_into(self._piped(STANDARD_INPUT, self._stdin or sys.stdin.buffer), 0)
            return
        for found in gathered(argument, prefix, self._seen):
            if isinstance(found, Problem):
                self.problems.append(found)
            elif found.path.is_fifo() and found.path == Path(argument):
                with found.path.open("rb") as pipe:
                    self._look_into(self._piped(found.name, pipe), 0)
            else:
                self._take_file(found)

    def _take_file(self, found: Found) -> None:
        file = BundleFile(found.name, found.path, again=found.again)
        try:
            if not stat.S_ISREG(found.path.stat().st_mode):
                self._tell(
                    found.name, said("is not a regular file"), said("Hand in the log itself, or pipe it in with `-`.")
                )
                return
        except OSError as error:
            self._tell(found.name, said("cannot be read: {reason}", reason=reason(error)), _COPY)
            return
        self._look_into(file, 0)

    def _piped(self, name: str, stream: BinaryIO) -> BundleFile:
        content, broke = self._spool.put(stream, _WHOLE)
        if broke:
            self._tell(name, said("breaks off ({reason})", reason=reason(broke)), _BEFORE)
        return BundleFile(name, None, content)

    def _look_into(self, file: BundleFile, depth: int) -> None:
        """Hand on a file, or what an archive holds; what is packed again is opened once."""
        try:
            stored = file.stored()
            packed, head = stored.head(_PEEK), file.head()
            is_packed = is_compressed(packed)
            if is_archive(packed) or (is_packed and is_archive(head)):
                self._take_archive(file, stored, depth)
            elif is_packed and is_compressed(head):
                self._take_packed_again(file, stored, depth)
            elif is_manifest(file.name, head):
                self.problems += missing_in(file.text(_BEGINNING) or "")
            elif problem := why_no_text(file.name, packed, head):
                self.problems.append(problem)
            else:
                self.files.append(file)
        except UNREADABLE as error:
            self._tell(file.name, said("cannot be read: {reason}", reason=reason(error)), _COPY)

    def _take_archive(self, file: BundleFile, stored: Content, depth: int) -> None:
        if depth == _DEEPEST:
            self._tell(file.name, _TOO_DEEP, _BY_HAND)
        elif not file.again:
            self._take_members(file.name, stored, depth)

    def _take_packed_again(self, file: BundleFile, stored: Content, depth: int) -> None:
        if depth:
            self._tell(file.name, _TOO_DEEP, _BY_HAND)
        else:
            self._look_into(replace(file, path=None, content=self._archives.kept(stored)), depth + 1)

    def _take_members(self, name: str, stored: Content, depth: int) -> None:
        found = False
        names: Counter[str] = Counter()
        for member in self._archives.members(stored, nested=depth > 0):
            found = True
            inner = f"{name}!{member.name}" if member.name else name
            if isinstance(member, Refusal):
                self._tell(inner, member.what, member.hint, lost=member.lost)
                continue
            names[inner] += 1
            if names[inner] > 1:
                self._tell(inner, said("is in the archive more than once"), said("All of them were read."), lost=False)
                inner = f"{inner} ({names[inner]})"
            if member.broke:
                self._tell(inner, said("breaks off ({reason})", reason=reason(member.broke)), _BEFORE)
            self._look_into(BundleFile(inner, None, member.content), depth + 1)
        if not found:
            self._tell(name, said("is an archive that holds no files"), said("Check what was packed."))

    def _tell(self, name: str, what: str, hint: str, *, lost: bool = True) -> None:
        self.problems.append(Problem(name, what, hint, lost=lost))


def _told_apart(files: Sequence[BundleFile]) -> Iterator[BundleFile]:
    """Give files of one name the folders that tell them apart, or a number."""
    bearers = Counter(file.name for file in files)
    given: Counter[str] = Counter()
    for file in files:
        name = file.name
        if bearers[name] > 1 and file.path is not None:
            others = [other.path for other in files if other.name == name and other.path not in {None, file.path}]
            parts = file.path.absolute().parts
            tails = ("/".join(parts[-count:]) for count in range(len(Path(name).parts) + 1, len(parts)))
            name = next(
                (tail for tail in tails if not any(other.as_posix().endswith(f"/{tail}") for other in others)), name
            )
        given[name] += 1
        yield replace(file, name=name if given[name] == 1 else f"{name} ({given[name]})")


def _few(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Name the first of many files that share a problem, and count the rest."""
    told = Counter(problem.what for problem in problems)
    seen: Counter[str] = Counter()
    for problem in problems:
        seen[problem.what] += 1
        if seen[problem.what] <= _NAMED or told[problem.what] == _NAMED + 1:
            yield problem
        elif seen[problem.what] == told[problem.what]:
            yield replace(
                problem,
                path=said("{more:,} more files like {path}", more=told[problem.what] - _NAMED, path=problem.path),
            )
