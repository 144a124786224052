"""The block reader: a file as a stream of frames of numbered lines, so that memory never grows with the log.

In: a `BundleFile`. Out: `Block`s of (line, raw). A text stays UTF-8 bytes until it is lines; they are cut at LF only
(log lines may hold U+2028, form feeds and the like), or at CR where a file knows no LF; a CR before the LF is dropped.
What was put right is noted, and a damaged tail ends the stream with a `Problem`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from io import BufferedIOBase
from itertools import chain

import polars as pl

from analyzer.bundle import UNREADABLE, BundleFile
from analyzer.encodings import Decoder, Oddity
from analyzer.frozen import dataclass
from analyzer.line_feeds import cut_at_line_feeds
from analyzer.mojibake import put_right
from analyzer.report.grounds import Problem
from analyzer.said import said
from analyzer.schema import LINE, RAW

BLOCK_BYTES = 8 * 1024 * 1024
BLOCK_LINES = 65_536  # a line costs memory for every column of the event table, however short it is
LINE_CHARACTERS = 1024 * 1024
_HEAD = 8192
_AT_ONCE = 256 * 1024  # what was read just now is sooner looked through than what was read long ago


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines in order: `lines` holds LINE and RAW. `problem` is set where the file broke off.

    `oddities`: of how many lines something was put right or left out.
    """

    lines: pl.DataFrame
    problem: Problem | None = None
    oddities: Mapping[Oddity, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Text:
    """Some text of a file, as UTF-8; `problem` is set where it broke off; a `plain` one is ASCII without CR."""

    text: bytes
    problem: Problem | None = None
    plain: bool = False


def read_blocks(file: BundleFile, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """Stream the file's lines, numbered from 1. Never raises for what is in the file."""
    first = 1
    oddities: Counter[Oddity] = Counter()
    for part in _texts(file, block_bytes, oddities):
        *before, last = _numbered(part, first, oddities).iter_slices(BLOCK_LINES)
        yield from map(Block, before)
        first = int(last[LINE.name][-1]) + 1
        what = part.problem and replace(
            part.problem, what=said("{what} after line {line}", what=part.problem.what, line=first - 1)
        )
        yield Block(last, what, dict(oddities))
        oddities.clear()


def read_texts(file: BundleFile) -> Iterator[str]:
    """Stream the file's text as it is, for what is not made of lines. It ends where a damaged file breaks off."""
    return (part.text.decode() for part in _decoded(file, BLOCK_BYTES, Counter()))


def _numbered(part: _Text, first: int, oddities: Counter[Oddity]) -> pl.DataFrame:
    lines, text = cut_at_line_feeds(part.text), part.text
    if not part.plain and b"\r" in text:
        lines = _shown_last(lines.str.strip_chars_end("\r"), oddities)
    if len(text) > LINE_CHARACTERS:
        lines = _cut(lines, oddities)
    if not part.plain and not text.isascii():
        lines, mended = put_right(lines)
        oddities.update(mended)
    return pl.DataFrame(
        {LINE.name: pl.int_range(first, first + len(lines), dtype=pl.Int64, eager=True), RAW.name: lines}
    )


def _cut(lines: pl.Series, oddities: Counter[Oddity]) -> pl.Series:
    """Cut the lines beyond the cap; most have not even that many bytes."""
    if not (lines.str.len_bytes() > LINE_CHARACTERS).any():
        return lines
    oddities[Oddity.TOO_LONG] += int((lines.str.len_chars() > LINE_CHARACTERS).sum())
    return lines.str.slice(0, LINE_CHARACTERS)


def _shown_last(lines: pl.Series, oddities: Counter[Oddity]) -> pl.Series:
    """Of a line that was written over after a carriage return, as a progress bar is, what stood there in the end.

    Where the last text does not cover what was there before it, the line stays as it is.
    """
    returned = lines.str.contains("\r", literal=True).arg_true()
    last: dict[int, str] = {}
    for at, line in zip(returned, lines.gather(returned), strict=True):
        *before, shown = line.split("\r")
        if all(len(each) <= len(shown) for each in before):
            last[at] = shown
    oddities[Oddity.OVERWRITTEN] += len(last)
    return lines.scatter(list(last), list(last.values())) if last else lines


def _texts(file: BundleFile, block_bytes: int, oddities: Counter[Oddity]) -> Iterator[_Text]:
    """Yield texts of whole lines. A line beyond the cap is kept up to the cap."""
    rest = b""
    for part in _decoded(file, block_bytes, oddities):
        if part.problem:
            yield _Text(rest + part.text, part.problem)
            return
        end = part.text.rfind(b"\n") + 1
        if end:
            whole = part.text if end == len(part.text) else part.text[:end]
            yield _Text(rest + whole, plain=part.plain and _is_plain(rest))
            rest = b""
        rest += part.text[end:]
        if not end and len(rest) > LINE_CHARACTERS:
            rest = rest.decode()[: LINE_CHARACTERS + 1].encode()
    if rest:
        yield _Text(rest)


def _decoded(file: BundleFile, block_bytes: int, oddities: Counter[Oddity]) -> Iterator[_Text]:
    try:
        with file.open() as content:
            at_once = min(block_bytes, _AT_ONCE)
            yield from _gathered(_with_line_feeds(_decode(content, at_once, oddities)), block_bytes // at_once)
    except UNREADABLE as error:
        what = said("breaks off ({reason})", reason=str(error) or type(error).__name__)
        yield _Text(
            b"", Problem(file.name, what, said("What came before it was analysed; copy the file again for the rest."))
        )


def _gathered(texts: Iterator[bytes], many: int) -> Iterator[_Text]:
    """Put so many texts together. What stands before a damaged spot is handed on before its error is raised."""
    held: list[bytes] = []
    plain = True
    try:
        for text in texts:
            held.append(text)
            plain = plain and _is_plain(text)
            if len(held) == many:
                yield _Text(b"".join(held), plain=plain)
                held.clear()
                plain = True
    except UNREADABLE:
        yield _Text(b"".join(held))
        raise
    yield _Text(b"".join(held), plain=plain)


def _is_plain(text: bytes) -> bool:
    return text.isascii() and b"\r" not in text


def _with_line_feeds(texts: Iterator[bytes]) -> Iterator[bytes]:
    """Give LF to a text whose lines end in CR alone, as an old Mac's do."""
    first = next(texts, b"")
    head = first[:_HEAD]
    if b"\n" in head or b"\r" not in head.rstrip(b"\r"):
        yield first
        yield from texts
        return
    held = b""
    for text in chain([first], texts):
        whole = held + text
        held = b"\r" if whole.endswith(b"\r") else b""
        yield whole.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    yield held.replace(b"\r", b"\n")


def _decode(content: BufferedIOBase, at_once: int, oddities: Counter[Oddity]) -> Iterator[bytes]:
    """Give a stream as UTF-8. What stands before a damaged spot is handed on before its error is raised."""
    chunks = _chunks(content, at_once)
    first = next(chunks)
    decoder = Decoder(bytes(first[:_HEAD]), oddities)
    try:
        yield from map(decoder.utf8, chain([first], chunks))
    except UNREADABLE:
        yield decoder.utf8(b"", final=True)
        raise
    yield decoder.utf8(b"", final=True)


def _chunks(content: BufferedIOBase, at_once: int) -> Iterator[bytearray]:
    """Gather reads. What was read before a damaged spot is handed on before its error is raised.

    A chunk stands until the next one is asked for: memory that was filled once is sooner filled than new one.
    """
    enough = max(at_once, _HEAD)
    chunk, filled = bytearray(enough), 0
    try:
        while count := content.readinto1(memoryview(chunk)[filled:enough]):
            filled += count
            if filled == enough:
                yield chunk if enough == len(chunk) else chunk[:enough]
                filled, enough = 0, at_once
    except UNREADABLE:
        yield chunk[:filled]
        raise
    yield chunk[:filled]
