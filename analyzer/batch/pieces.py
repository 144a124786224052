"""A file's content in pieces that are known by what is in them: the unit of work, and of what was read already.

In: a stream of bytes. Out: `Piece`s: whole lines, each piece about as large as the last. The hard thing is that a log
grows, is renamed and is compressed: a piece is named by a digest of its unpacked bytes, all but a file's last piece
stay what they are when lines are appended, and of the last one it is known whether it is the beginning of a new one.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from io import BufferedIOBase

from analyzer.bundle import UNREADABLE
from analyzer.frozen import dataclass

__all__ = ["DIGEST_BYTES", "PIECE_BYTES", "Piece", "pieces_of"]

PIECE_BYTES = 64 * 1024 * 1024
_AT_ONCE = 1 << 20
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a file, from the byte `offset` of its unpacked content on; `first_line` is the number of the first.

    `began_as` are the digests of earlier, shorter states of it that were asked for. `whole`: more bytes follow it.
    """

    digest: str
    offset: int
    length: int
    first_line: int
    lines: int
    began_as: tuple[str, ...] = ()
    whole: bool = False


Earlier = Mapping[int, Sequence[int]]
"""By offset, the lengths that pieces had when they were last read, ascending."""


def pieces_of(
    stream: BufferedIOBase, earlier: Earlier | None = None, size: int | None = PIECE_BYTES
) -> Iterator[Piece]:
    """Cut a stream at line feeds, once `size` bytes are together; None: it stays one piece.

    Where the stream is damaged, what came before is the last piece.
    """
    making = _Making(0, 1, (earlier or {}).get(0, ()))
    for data in _read(stream):
        rest = data
        while rest:
            cut = _cut(rest, None if size is None else size - making.length)
            making.add(rest[:cut])
            rest = rest[cut:]
            if size is not None and making.length >= size and making.ends_a_line:
                done = making
                making = _Making(done.end, done.next_line, (earlier or {}).get(done.end, ()))
                yield done.piece(whole=True)
    if making.length or not making.offset:
        yield making.piece(whole=False)


def _read(stream: BufferedIOBase) -> Iterator[bytes]:
    try:
        while data := stream.read1(_AT_ONCE):
            yield data
    except UNREADABLE:
        return


def _cut(data: bytes, room: int | None) -> int:
    """How much of some bytes belongs to a piece that has room for so many more."""
    if room is None or room > len(data):
        return len(data)
    line_feed = data.find(b"\n", max(room - 1, 0))
    return len(data) if line_feed < 0 else line_feed + 1


class _Making:
    """A piece that is not yet at its end."""

    def __init__(self, offset: int, first_line: int, lengths: Sequence[int]) -> None:
        self.offset, self.length, self.ends_a_line = offset, 0, True
        self._first_line, self._feeds = first_line, 0
        self._digest = blake2b(digest_size=DIGEST_BYTES)
        self._lengths, self._began_as = list(lengths), list[str]()

    @property
    def end(self) -> int:
        return self.offset + self.length

    @property
    def next_line(self) -> int:
        return self._first_line + self._feeds

    def add(self, data: bytes) -> None:
        """Take more bytes along, and note what the piece was where an earlier state of it ended."""
        while self._lengths and self.length + len(data) > self._lengths[0]:
            before = self._lengths.pop(0) - self.length
            self._take(data[:before])
            self._began_as.append(self._digest.hexdigest())
            data = data[before:]
        self._take(data)

    def _take(self, data: bytes) -> None:
        self._digest.update(data)
        self.length += len(data)
        self._feeds += data.count(b"\n")
        if data:
            self.ends_a_line = data.endswith(b"\n")

    def piece(self, *, whole: bool) -> Piece:
        lines = self._feeds + (not self.ends_a_line)
        began = tuple(self._began_as)
        return Piece(self._digest.hexdigest(), self.offset, self.length, self._first_line, lines, began, whole)
