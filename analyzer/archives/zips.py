"""A zip as its members, each of which can be opened where it lies.

In comes a Content, out go Members and Refusals. The hard thing is what a zip may claim: sizes, a list of members that
is larger than memory, members that lie over one another; what all claim together is held against the archive's size.
"""

import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from io import BufferedIOBase
from typing import IO, cast

from analyzer.archives.members import DAMAGE, Allotment, Member, Refusal
from analyzer.archives.names import is_junk, of_zip, shown, why_refused
from analyzer.compression import Content
from analyzer.said import said

if sys.version_info >= (3, 14):
    import zipfile
else:
    from backports.zstd import zipfile

__all__ = ["BadZipFile", "is_zip", "members_of_zip"]

BadZipFile = zipfile.BadZipFile
_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ENCRYPTED = 0x1
_MOST_OF_LIST = 8 << 20
_KINDS = {stat.S_IFLNK: said("is a symbolic link, which is not followed"), stat.S_IFIFO: said("is a pipe")}
_REGULAR = {0, stat.S_IFREG}


class _Careful(BufferedIOBase):
    """The file below a zip, which is never read in one piece beyond what a list of members may take."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MOST_OF_LIST:
            raise BadZipFile(said("its list of members is too long"))
        return self._stream.read(_MOST_OF_LIST if size is None or size < 0 else size)

    def close(self) -> None:
        self._stream.close()
        super().close()


def is_zip(head: bytes) -> bool:
    """Say whether a stream of this beginning is a zip."""
    return head.startswith(_MAGICS)


def members_of_zip(content: Content, scratch: ExitStack, allotment: Allotment) -> Iterator[Member | Refusal]:
    """Give the members of a zip in the order of its list; they stay open until `scratch` is closed."""
    try:
        raw = scratch.enter_context(_Careful(content.open()))
        archive = scratch.enter_context(zipfile.ZipFile(cast("IO[bytes]", raw)))
    except (*DAMAGE, BadZipFile) as error:
        yield Refusal(
            "",
            said("is a zip that cannot be read ({error})", error=str(error)),
            said("Copy it again, or unpack it."),
            is_last=True,
        )
        return
    for info in archive.infolist():
        name = of_zip(info.filename, info.flag_bits)
        if info.is_dir() or name.endswith("/") or is_junk(name):
            continue
        if refusal := allotment.next_member():
            yield refusal
            return
        if why := _why_refused(info, name, allotment.most):
            yield Refusal(shown(name), why)
            continue
        allotment.take(info.file_size)
        yield Member(shown(name), Content(partial(_opened, archive, info), info.file_size))


def _why_refused(info: "zipfile.ZipInfo", name: str, most: int) -> str | None:
    if why := why_refused(name):
        return why
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in _REGULAR:
        return _KINDS.get(kind, said("is a device"))
    if info.flag_bits & _ENCRYPTED:
        return said("needs a password, and was not opened")
    if info.file_size > most:
        return said(
            "unpacks to {file_size:,} MiB, more than is believable of its archive", file_size=info.file_size >> 20
        )
    return None


def _opened(archive: "zipfile.ZipFile", info: "zipfile.ZipInfo") -> BufferedIOBase:
    return cast("BufferedIOBase", archive.open(info))
