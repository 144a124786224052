"""Parts of a file's content that are read as files of their own, so that a large log is read in pieces.

In: a file, and from which byte on how many. Out: a file that holds just these. The hard thing is a compressed one: it
can only be unpacked from its beginning, so pieces are taken off one stream in their order. And a log may be rotated
away under its reader: a digest of what was read tells.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from io import BufferedIOBase

from analyzer.batch.pieces import DIGEST_BYTES
from analyzer.bundle import BundleFile
from analyzer.compression import Content
from analyzer.frozen import dataclass

__all__ = ["ChangedError", "Slicer", "slicing"]

_AT_ONCE = 1 << 20


class ChangedError(Exception):
    """A file is not any more what it was when it was cut; names it."""


class _Part(BufferedIOBase):
    """The next so many bytes of a stream that others go on with; closing it leaves the stream open."""

    def __init__(self, stream: BufferedIOBase, length: int) -> None:
        self._stream, self._left = stream, length
        self.digest = blake2b(digest_size=DIGEST_BYTES)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._took(self._stream.read(self._within(size)))

    def read1(self, size: int = -1, /) -> bytes:
        return self._took(self._stream.read1(self._within(size)))

    def _within(self, size: int | None) -> int:
        return self._left if size is None or size < 0 else min(size, self._left)

    def _took(self, data: bytes) -> bytes:
        self._left -= len(data)
        self.digest.update(data)
        return data


@dataclass(frozen=True, slots=True)
class _Text(Content):
    """Bytes that are unpacked already, whatever their first ones look like."""

    def unpacked(self) -> BufferedIOBase:
        return self.open()


class Slicer:
    """Cuts one file; parts are asked for in the order in which they stand, and each is read before the next."""

    def __init__(self, file: BundleFile) -> None:
        self._file = file
        self._stream = file.open()
        self._at = 0
        self._part: _Part | None = None

    def part(self, offset: int, length: int) -> BundleFile:
        """Give a part as a file of the same name. Raises what bundle.UNREADABLE names where the stream is damaged."""
        if self._stream.seekable():
            self._stream.seek(offset)
        else:
            self._skip(offset - self._at)
        self._at = offset + length
        self._part = part = _Part(self._stream, length)
        return BundleFile(self._file.name, None, _Text(lambda: part, length))

    def digest(self) -> str:
        """Give the digest of the part that was read last, as `pieces.Piece` has it."""
        return self._part.digest.hexdigest() if self._part else ""

    def _skip(self, count: int) -> None:
        while count > 0 and (data := self._stream.read1(min(count, _AT_ONCE))):
            count -= len(data)

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()


@contextmanager
def slicing(file: BundleFile) -> Iterator[Slicer]:
    """Open a file to be cut. Raises what bundle.UNREADABLE names."""
    slicer = Slicer(file)
    try:
        yield slicer
    finally:
        slicer.close()
