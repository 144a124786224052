"""The end of something long: what is newest is at the end of a log.

In: bytes, chunk by chunk. Out: the last of them. The hard thing: no line is cut in two, for half a line is no line of
any format.
"""

from dataclasses import field

from analyzer.frozen import dataclass

__all__ = ["Tail"]


@dataclass(slots=True)
class Tail:
    r"""The last bytes of a stream, no more than `most`; `total` is how many there were.

    >>> tail = Tail(8)
    >>> tail.add(b"one\ntwo\nthree\n")
    >>> tail.data(), tail.total
    (b'three\n', 14)
    """

    most: int
    total: int = 0
    _kept: bytearray = field(default_factory=bytearray)

    def add(self, chunk: bytes) -> None:
        """Take what comes next."""
        self.total += len(chunk)
        self._kept += chunk
        if len(self._kept) > 2 * self.most + 1:
            del self._kept[: -self.most - 1]

    def data(self) -> bytes:
        """What is kept: all, or the last whole lines."""
        if len(self._kept) <= self.most:
            return bytes(self._kept)
        kept = bytes(self._kept[-self.most :])
        return kept[kept.find(b"\n") + 1 :]
