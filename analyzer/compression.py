"""Compressed streams, known by their first bytes, and unpacked while they are read.

In come bytes that can be opened again and again, out goes the stream that is packed in them. The hard thing is a bound:
ten megabytes may stand for terabytes of zeros, so nothing is unpacked beyond what a log of that size could hold.
"""

import bz2
import gzip
import lzma
import sys
import zlib
from collections.abc import Callable
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Self, cast

from analyzer.frozen import dataclass
from analyzer.said import said

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = [
    "BROKEN",
    "MOST_OF_ONE",
    "Bounded",
    "Content",
    "TooLargeError",
    "allowance",
    "is_compressed",
    "unpacked",
    "zstd",
]

MOST_OF_ONE = 16 << 30
_FREE = 256 << 20
_AT_ONCE = 1 << 20
_MOST_FOLD = 200
_OPENERS: dict[bytes, Callable[[BufferedIOBase], BufferedIOBase]] = {
    b"\x1f\x8b": lambda raw: gzip.GzipFile(fileobj=raw),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lambda raw: cast("BufferedIOBase", lzma.LZMAFile(cast("IO[bytes]", raw))),  # noqa: SIM115  Bounded closes it
    b"\x28\xb5\x2f\xfd": zstd.ZstdFile,
}
_LONGEST_MAGIC = max(map(len, _OPENERS))
BROKEN = (EOFError, OSError, lzma.LZMAError, zlib.error, zstd.ZstdError)
"""What reading a damaged or a too large stream raises."""


class TooLargeError(EOFError):
    """There is more in a stream than was allowed."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that can be opened again and again, each time from their beginning."""

    open: Callable[[], BufferedIOBase]
    size: int

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """The bytes of a file. Raises OSError."""
        return cls(lambda: path.open("rb"), path.stat().st_size)

    def unpacked(self) -> BufferedIOBase:
        """Open them without the compression around them. Raises what BROKEN names."""
        return unpacked(self.open(), self.size)

    def head(self, most: int) -> bytes:
        """The first bytes, as they are stored."""
        with self.open() as raw:
            return raw.read(most)


class Bounded(BufferedIOBase):
    """A stream that ends with a TooLargeError after `most` bytes; what came before is handed on."""

    def __init__(self, stream: BufferedIOBase, most: int, below: BufferedIOBase | None = None) -> None:
        self._stream, self._below = stream, below
        self._left = self._most = most

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Read that many bytes, or all that is allowed."""
        return self._passed(self._stream.read(self._within(size)))

    def read1(self, size: int = -1, /) -> bytes:
        """Read what is at hand."""
        return self._passed(self._stream.read1(min(self._within(size), _AT_ONCE)))

    def close(self) -> None:
        """Close it, and what lies below it."""
        self._stream.close()
        if self._below is not None:
            self._below.close()
        super().close()

    def _within(self, size: int | None) -> int:
        return self._left + 1 if size is None or size < 0 else min(size, self._left + 1)

    def _passed(self, data: bytes) -> bytes:
        if len(data) > self._left and not self._left:
            raise TooLargeError(said("it unpacks to more than {most:,} MiB", most=self._most >> 20))
        data = data[: self._left]
        self._left -= len(data)
        return data


def allowance(size: int) -> int:
    """How many bytes may come out of that many: repetitive logs shrink to a hundredth, and hardly ever more."""
    return min(MOST_OF_ONE, max(_FREE, size * _MOST_FOLD))


def is_compressed(head: bytes) -> bool:
    """Say whether a stream of this beginning is unpacked here."""
    return head.startswith(tuple(_OPENERS))


def unpacked(raw: BufferedIOBase, size: int) -> BufferedIOBase:
    """Take one compression off a stream of that size, if it has one. Raises what BROKEN names."""
    head = raw.read(_LONGEST_MAGIC)
    raw.seek(0)
    opener = next((opener for magic, opener in _OPENERS.items() if head.startswith(magic)), None)
    return Bounded(opener(raw), allowance(size), raw) if opener else raw
