"""Archives of logs: zip and tar, known by content, read without ever being written to a path of their own choice.

In comes a Content, out go its Members and Refusals.
"""

from collections.abc import Iterator
from contextlib import ExitStack

from analyzer.archives.members import Budget, Member, Refusal
from analyzer.archives.names import is_junk, shown
from analyzer.archives.spool import Spool
from analyzer.archives.tars import HEADER, is_tar, members_of_tar
from analyzer.archives.zips import BadZipFile, is_zip, members_of_zip
from analyzer.compression import BROKEN, Content

__all__ = ["UNREADABLE", "Archives", "Member", "Refusal", "Spool", "is_archive", "is_junk", "shown"]

UNREADABLE = (*BROKEN, BadZipFile, NotImplementedError)
"""What reading a member of an archive may raise."""


def is_archive(head: bytes) -> bool:
    """Say whether bytes of this beginning are a zip or a tar."""
    return is_zip(head) or is_tar(head)


class Archives:
    """Opens archives for one bundle, within what a bundle may hold."""

    def __init__(self, scratch: ExitStack, spool: Spool) -> None:
        self._scratch, self._spool = scratch, spool
        self._budget = Budget()

    def members(self, content: Content, *, nested: bool) -> Iterator[Member | Refusal]:
        """Give what an archive holds; it may be compressed, or lie in another. Raises what UNREADABLE names."""
        allotment = self._budget.of_archive(content.size)
        with content.unpacked() as stream:
            head = stream.read(HEADER)
        if is_zip(content.head(HEADER)) and not nested:
            yield from members_of_zip(content, self._scratch, allotment)
        elif is_zip(head):
            yield from members_of_zip(self._put(content, allotment.most), self._scratch, allotment)
        else:
            with content.unpacked() as stream:
                yield from members_of_tar(stream, self._spool, allotment)

    def kept(self, content: Content) -> Content:
        """What is packed in it, put beside the bundle. Raises what UNREADABLE names."""
        allotment = self._budget.of_archive(content.size)
        kept = self._put(content, allotment.most)
        allotment.take(kept.size)
        return kept

    def _put(self, content: Content, most: int) -> Content:
        with content.unpacked() as stream:
            kept, broke = self._spool.put(stream, most)
        if broke:
            raise broke
        return kept
