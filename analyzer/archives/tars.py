"""A tar as its members, read once from its beginning to its end, as a tape is.

In comes a stream, out go Members and Refusals. The hard thing is a tar that lies: a header may claim a name of eight
gigabytes, so while headers are read only so much is let through; and a tar that was cut must not look whole.
"""

import tarfile
from collections.abc import Iterator
from io import BufferedIOBase
from typing import IO, Self, cast

from analyzer.archives.members import DAMAGE, Allotment, Member, Refusal
from analyzer.archives.names import is_junk, shown, why_refused
from analyzer.archives.spool import Spool
from analyzer.compression import TooLargeError
from analyzer.said import said

__all__ = ["HEADER", "is_tar", "members_of_tar"]

HEADER = 512
_MOST_OF_HEADERS = 1 << 20
_KINDS = {
    tarfile.SYMTYPE: said("is a symbolic link, which is not followed"),
    tarfile.LNKTYPE: said("is a hard link, which is not followed"),
    tarfile.CHRTYPE: said("is a device"),
    tarfile.BLKTYPE: said("is a device"),
    tarfile.FIFOTYPE: said("is a pipe"),
}
_COPY = said("Copy the archive again for the rest; what came before was read.")


class _Header(tarfile.TarInfo):
    """A header; one that is damaged is an error, also where tarfile takes it for the end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if bytes(buf).strip(b"\0"):
                raise tarfile.ReadError(str(error)) from None
            raise


class _Tape(BufferedIOBase):
    """The stream below a tar, which lets only so much through until it is told that more may come.

    `broke`: why it ended before its end; to tarfile it looks like an end, so that what came before is not lost.
    """

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._left = 0
        self.broke: BaseException | None = None

    def allow(self, count: int) -> None:
        self._left = count

    def read(self, size: int | None = -1, /) -> bytes:
        if self.broke:
            return b""
        try:
            data = self._stream.read1(-1 if size is None else size)
        except DAMAGE as error:
            self.broke = error
            return b""
        self._left -= len(data)
        if self._left < 0:
            self.broke = TooLargeError(said("a header in it is too large"))
            return b""
        return data


class _Data:
    """What a member holds, read from the tape itself."""

    def __init__(self, archive: tarfile.TarFile, header: tarfile.TarInfo, tape: _Tape) -> None:
        self._file = cast("IO[bytes]", archive.fileobj)
        self._left, self._tape = header.size, tape

    def read(self, size: int, /) -> bytes:
        data = self._file.read(min(size, self._left))
        if not data and self._left:
            raise self._tape.broke or EOFError(said("the archive ends before it does"))
        self._left -= len(data)
        return data


def is_tar(head: bytes) -> bool:
    """Say whether a stream of this beginning is a tar: its first header's checksum is right.

    >>> is_tar(b"GET / HTTP/1.1" * 100)
    False
    """
    try:
        tarfile.TarInfo.frombuf(head[:HEADER], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def members_of_tar(stream: BufferedIOBase, spool: Spool, allotment: Allotment) -> Iterator[Member | Refusal]:
    """Give the members of a tar in their order; each is put into the spool."""
    tape = _Tape(stream)
    try:
        tape.allow(_MOST_OF_HEADERS)
        with tarfile.open(fileobj=cast("IO[bytes]", tape), mode="r|", tarinfo=_Header) as archive:
            while header := archive.next():
                told = _member(archive, header, tape, spool, allotment)
                if told is not None:
                    yield told
                if (isinstance(told, Refusal) and told.is_last) or (isinstance(told, Member) and told.broke):
                    return
                unread = 0 if isinstance(told, Member) else max(0, header.size)
                tape.allow(_MOST_OF_HEADERS + unread)
    except (*DAMAGE, tarfile.TarError) as error:
        tape.broke = tape.broke or error
    if tape.broke:
        why = str(tape.broke) or type(tape.broke).__name__
        yield Refusal("", said("is a tar that breaks off ({why})", why=why), _COPY, is_last=True)


def _member(
    archive: tarfile.TarFile, header: tarfile.TarInfo, tape: _Tape, spool: Spool, allotment: Allotment
) -> Member | Refusal | None:
    """One member; None of what is not worth a word."""
    if header.isdir() or is_junk(header.name):
        return None
    if refusal := allotment.next_member():
        return refusal
    name = shown(header.name)
    if why := why_refused(header.name) or _KINDS.get(header.type):
        return Refusal(name, why)
    if header.size > allotment.most:
        return Refusal(
            name, said("unpacks to {size:,} MiB, more than is believable of its archive", size=header.size >> 20)
        )
    tape.allow(header.size + _MOST_OF_HEADERS)
    sparse = archive.extractfile(header) if header.issparse() else None
    content, broke = spool.put(sparse or _Data(archive, header, tape), allotment.most)
    allotment.take(content.size)
    return Member(name, content, broke)
