"""Bytes as text: UTF-8, UTF-16 and UTF-32 by their first bytes, cp1252 where a line is no UTF-8.

In come the bytes of a file, chunk by chunk, out goes their text, with a note of what was not as it should be. The hard
thing is that files are mixed: one program wrote UTF-8 and another Latin-1 into the same log, so it is decided per line,
and no byte is lost.
"""

import codecs
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

__all__ = ["Decoder", "Oddity", "encoding_of", "read_as_cp1252"]

_FEW = len("GET ") * 2
_MOST_ZERO, _FEW_ZERO = 0.6, 0.05
_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LANES: dict[str, tuple[bool | None, ...]] = {  # which byte of each character is zero
    "utf-16-le": (False, True),
    "utf-16-be": (True, False),
    "utf-32-le": (False, None, True, True),
    "utf-32-be": (True, True, None, False),
}
_ZEROS_BEFORE = 16
_CUT_CHARACTER = 2


class Oddity(StrEnum):
    """What was put right or left out of a line while it was read; `3 lines were` goes before it."""

    NOT_UTF8 = "no UTF-8: read as cp1252"
    MOJIBAKE_CP1252 = "UTF-8 that was read as cp1252: put right"
    MOJIBAKE_MAC_ROMAN = "UTF-8 that was read as Mac Roman: put right"
    TOO_LONG = "longer than a million characters: cut there"
    OVERWRITTEN = "written over after a carriage return: read as a terminal shows it"
    ZEROS = "mixed with NUL bytes: read without them"
    CUT_CHARACTER = "cut in the middle of a character"


def encoding_of(head: bytes) -> str:
    """Name the encoding that the first bytes announce: UTF-16 and UTF-32 with or without a mark, else UTF-8.

    >>> encoding_of("GET /café".encode("utf-16")), encoding_of("GET /café".encode("utf-16-be")), encoding_of(b"GET /")
    ('utf-16', 'utf-16-be', 'utf-8')
    """
    for mark, name in _BOMS.items():
        if head.startswith(mark):
            return name
    text = head[len(head) - len(head.lstrip(b"\0")) & ~3 :] if head.startswith(b"\0" * _ZEROS_BEFORE) else head
    if len(text) < _FEW or b"\0" not in text:
        return "utf-8"
    for name, lanes in _LANES.items():
        if all(zero is None or _zero(text[at :: len(lanes)]) is zero for at, zero in enumerate(lanes)):
            return name
    return "utf-8"


def _zero(lane: bytes) -> bool | None:
    """Say whether a lane of bytes is zero, or text; None where it is neither."""
    share = lane.count(0) / len(lane)
    return True if share >= _MOST_ZERO else False if share <= _FEW_ZERO else None


class Decoder:
    """Decodes one file of that beginning; `oddities` counts the lines that were not as they should be."""

    def __init__(self, head: bytes, oddities: Counter[Oddity]) -> None:
        encoding = encoding_of(head)
        self._oddities = oddities
        self._rest = b""
        self._begun = False
        self._in_zeros = False  # the line that has not ended yet was counted
        self._wide = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("replace")

    def decode(self, chunk: bytes, *, final: bool = False) -> str:
        """Give the text of the next bytes, as far as whole lines or at least whole characters go."""
        return self.utf8(chunk, final=final).decode()

    def utf8(self, chunk: bytes | bytearray, *, final: bool = False) -> bytes:
        """Give the same text as UTF-8, which it nearly always is already. There is no NUL in it."""
        raw = self._of_wide(self._wide, chunk, final=final) if self._wide else self._lines(chunk, final=final)
        if raw.isascii():
            self._begun = self._begun or bool(raw)
            return raw
        text = raw if _is_utf8(raw) else "\n".join(map(self._line, raw.split(b"\n"))).encode()
        if not self._begun:
            self._begun = True
            text = text.removeprefix(codecs.BOM_UTF8)
        return text.replace(b"\n" + codecs.BOM_UTF8, b"\n")

    def _of_wide(self, wide: codecs.IncrementalDecoder, chunk: bytes | bytearray, *, final: bool) -> bytes:
        return bytes(self._without_zeros(wide.decode(chunk, final).encode()))

    def _lines(self, chunk: bytes | bytearray, *, final: bool) -> bytes:
        data = self._without_zeros(chunk)
        end = data.rfind(b"\n") + 1
        if final or not end:
            data, self._rest = self._rest + data, b""
            end = len(data) if final else _whole(data)
        whole = b"".join((self._rest, memoryview(data)[:end]))
        self._rest = bytes(data[end:])
        return whole

    def _without_zeros(self, chunk: bytes | bytearray) -> bytes | bytearray:
        """Leave out the NUL bytes, as logrotate's copytruncate leaves them, and a shell that writes UTF-16 to a log."""
        if b"\0" not in chunk:
            self._in_zeros = self._in_zeros and b"\n" not in chunk
            return chunk
        first, *others = (b"\0" in line for line in chunk.split(b"\n"))
        self._oddities[Oddity.ZEROS] += sum(others) + (first and not self._in_zeros)
        self._in_zeros = others[-1] if others else True
        return chunk.replace(b"\0", b"")

    def _line(self, line: bytes) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            cut = error.end == len(line) and error.reason.startswith("unexpected") and len(line) - error.start
            if cut and cut >= _CUT_CHARACTER:
                self._oddities[Oddity.CUT_CHARACTER] += 1
                return line[: error.start].decode() + "\ufffd"
        self._oddities[Oddity.NOT_UTF8] += 1
        return read_as_cp1252(line)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _whole(data: bytes | bytearray) -> int:
    """Where the last whole line ends; in one endless line, where its last whole character does."""
    newline = data.rfind(b"\n") + 1
    if newline:
        return newline
    ends = (len(data) - back for back in range(1, min(4, len(data)) + 1) if data[-back] >= 0xC0)  # noqa: PLR2004  a lead byte
    return next(ends, len(data))


def read_as_cp1252(line: bytes) -> str:
    r"""Read a line whose bytes are UTF-8 in part; the others are cp1252, or the C1 controls that browsers make of them.

    >>> read_as_cp1252(b"caf\xe9 \xe2\x9c\x85"), read_as_cp1252(b"\x90")
    ('café ✅', '\x90')
    """
    return "".join(_pieces(line))


def _pieces(line: bytes) -> Iterator[str]:
    while True:
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            yield line[: error.start].decode()
            yield "".join(_CP1252[byte] for byte in line[error.start : error.end])
            line = line[error.end :]
        else:
            return


_CP1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
