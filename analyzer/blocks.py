"""The block reader: a file as a stream of frames of numbered lines, so that memory never grows with the log.

In: a `BundleFile`. Out: `Block`s of (line, raw). Lines are cut at LF only (log lines may hold U+2028, form feeds and
the like); a CR before it is dropped. Bad bytes become U+FFFD; a damaged tail ends the stream with a `Problem`.
"""

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BufferedIOBase
from itertools import chain, dropwhile
from lzma import LZMAError

import polars as pl

from analyzer.bundle import BundleFile, encoding_of
from analyzer.report.model import Problem
from analyzer.schema import LINE, RAW

BLOCK_BYTES = 8 * 1024 * 1024
BLOCK_LINES = 100_000  # a line costs memory for every column of the event table, however short it is
LINE_CHARACTERS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines in order: `lines` holds LINE and RAW. `problem` is set where the file broke off."""

    lines: pl.DataFrame
    problem: Problem | None = None


def read_blocks(file: BundleFile, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """Stream the file's lines, numbered from 1. Never raises for what is in the file."""
    first = 1
    for text, problem in _texts(file, block_bytes):
        *before, last = _numbered(text, first).iter_slices(BLOCK_LINES)
        yield from map(Block, before)
        first = int(last[LINE.name][-1]) + 1
        yield Block(last, problem and replace(problem, what=f"{problem.what} after line {first - 1}"))


def read_texts(file: BundleFile) -> Iterator[str]:
    """Stream the file's text as it is, for what is not made of lines. It ends where a damaged file breaks off."""
    return (text for text, _ in _decoded(file, BLOCK_BYTES))


def _numbered(text: str, first: int) -> pl.DataFrame:
    raw = pl.Series(RAW.name, [text], dtype=pl.String).str.split("\n").explode()
    lines = raw.str.strip_suffix("\r").str.slice(0, LINE_CHARACTERS)
    return pl.DataFrame(
        {LINE.name: pl.int_range(first, first + len(lines), dtype=pl.Int64, eager=True), RAW.name: lines}
    )


def _texts(file: BundleFile, block_bytes: int) -> Iterator[tuple[str, Problem | None]]:
    """Yield texts of whole lines, without the last LF. A line beyond the cap is kept up to the cap."""
    rest = ""
    for chunk, problem in _decoded(file, block_bytes):
        text = rest + chunk
        if problem:
            yield text.removesuffix("\n"), problem
            return
        whole, newline, rest = text.rpartition("\n")
        if not newline and len(rest) > LINE_CHARACTERS:
            rest = rest[:LINE_CHARACTERS]
        if newline:
            yield whole, None
    if rest:
        yield rest, None


def _decoded(file: BundleFile, block_bytes: int) -> Iterator[tuple[str, Problem | None]]:
    try:
        with file.open() as content:
            yield from ((text, None) for text in _decode(content, block_bytes))
    except (OSError, EOFError, zlib.error, LZMAError) as error:
        what = f"breaks off ({str(error) or type(error).__name__})"
        yield "", Problem(file.name, what, "What came before it was analysed; copy the file again for the rest.")


def _decode(content: BufferedIOBase, block_bytes: int) -> Iterator[str]:
    chunks = _chunks(content, block_bytes)
    first = next(chunks, b"")
    encoding = encoding_of(first[:8192])
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    whole = chain([first], chunks)
    texts = map(decoder.decode, _without_leading_zeros(whole) if encoding == "utf-8" else whole)
    yield next(texts, "").removeprefix("\ufeff")
    yield from texts
    yield decoder.decode(b"", final=True)


def _without_leading_zeros(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Drop the run of NUL that logrotate's copytruncate leaves at the start of a file that is still written to."""
    rest = dropwhile(lambda chunk: not chunk.strip(b"\x00"), chunks)
    yield next(rest, b"").lstrip(b"\x00")
    yield from rest


def _chunks(content: BufferedIOBase, block_bytes: int) -> Iterator[bytes]:
    """Gather reads to a block. What was read before a damaged spot is handed on before its error is raised."""
    block = bytearray()
    try:
        while part := content.read1(block_bytes):
            block += part
            if len(block) >= block_bytes:
                yield bytes(block)
                block.clear()
    except (OSError, EOFError, zlib.error, LZMAError):
        yield bytes(block)
        raise
    yield bytes(block)
