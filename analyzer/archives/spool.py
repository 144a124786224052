"""A temporary file without a name, for what cannot be opened twice where it is: members of a tar, standard input.

In come streams, out go Contents. The hard thing is room: a tar of logs is ten times its size, so what is put here is
compressed again, unless it is already.
"""

import os
import tempfile
from contextlib import ExitStack
from io import BufferedIOBase, BufferedReader, RawIOBase
from tarfile import TarError
from typing import Protocol

from analyzer.archives.members import DAMAGE
from analyzer.compression import Content, TooLargeError, is_compressed, zstd
from analyzer.said import said

__all__ = ["Spool"]

_CHUNK = 1 << 20
_LEVEL = 1
_ZIP = b"PK"


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes:
        """Read some bytes."""


class _Slice(RawIOBase):
    """A stretch of an open file, with a position of its own."""

    def __init__(self, file: int, begin: int, size: int) -> None:
        self._file, self._begin, self._size = file, begin, size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # BufferedReader gives it no other
        wanted = max(0, min(len(buffer), self._size - self._at))
        data = os.pread(self._file, wanted, self._begin + self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class Spool:
    """One file for everything that a bundle has to keep; it is gone when the bundle is closed."""

    def __init__(self, scratch: ExitStack) -> None:
        self._scratch = scratch
        self._file: int | None = None

    def put(self, stream: _Stream, most: int) -> tuple[Content, BaseException | None]:
        """Keep what a stream holds, at most so much; and why it ended before its end, or None."""
        file = self._open()
        begin = os.lseek(file, 0, os.SEEK_END)
        size, broke, as_it_is = 0, None, False
        try:
            while chunk := stream.read(_CHUNK):
                as_it_is = as_it_is or (size == 0 and (is_compressed(chunk) or chunk.startswith(_ZIP)))
                kept = chunk[: most - size]
                _write(file, kept if as_it_is else zstd.compress(kept, level=_LEVEL))
                size += len(kept)
                if len(kept) < len(chunk):
                    raise TooLargeError(said("it is longer than {most:,} MiB", most=most >> 20))
        except (*DAMAGE, TarError) as error:
            broke = error
        stored = os.lseek(file, 0, os.SEEK_END) - begin

        def opened() -> BufferedIOBase:
            raw = BufferedReader(_Slice(file, begin, stored))
            return raw if as_it_is or not stored else zstd.ZstdFile(raw)

        return Content(opened, size), broke

    def _open(self) -> int:
        if self._file is None:
            kept = tempfile.TemporaryFile(prefix="lasthop-", buffering=0)  # noqa: SIM115  the bundle closes it
            self._file = self._scratch.enter_context(kept).fileno()
        return self._file


def _write(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]
