"""What is handed in and is no text: programs, archives that are not unpacked here, lasthop's own reports.

In comes the beginning of a file, out goes the Problem, or nothing. The hard thing is a log with holes: where logrotate
cut it under a program that goes on writing, NUL bytes stand for what is gone.
"""

import codecs
import re

from analyzer.encodings import encoding_of
from analyzer.report.grounds import Problem
from analyzer.report.html import GENERATOR_MARK
from analyzer.said import said

__all__ = ["is_binary", "why_no_text"]

_OWN_MARKS = (GENERATOR_MARK.encode(), b'"tool":{"name":"lasthop"', b'"name": "lasthop"')
_NOT_UNPACKED = {
    b"7z\xbc\xaf": said("a 7z archive"),
    b"Rar!": said("a rar archive"),
    b"\x04\x22\x4d\x18": said("compressed with lz4"),
    b"\x1f\x9d": said("compressed with compress"),
}
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1b\x08")
_BINARY_SHARE = 0.05
_HOLE = re.compile(rb"\x00{512,}")
_NOTHING = {b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}


def why_no_text(name: str, packed: bytes, head: bytes) -> Problem | None:
    """Say why a file of this beginning, as it is packed and as it is, is no log or config; or None."""
    if head in _NOTHING:
        return Problem(
            name,
            said("is empty"),
            said("If requests should have been logged here, check where this log really goes."),
            lost=False,
        )
    for magic, words in _NOT_UNPACKED.items():
        if packed.startswith(magic):
            return Problem(
                name, said("is {words}, which is not unpacked", words=words), said("Unpack it and hand in the folder.")
            )
    if any(mark in head for mark in _OWN_MARKS):
        return Problem(
            name,
            said("is a report of lasthop itself"),
            said("Nothing to do: reports are never read as logs."),
            lost=False,
        )
    if not head.strip(b"\0"):
        return Problem(
            name,
            said("holds nothing but NUL bytes"),
            said("An empty tar is so, and a log that was never written to disk."),
        )
    if is_binary(head):
        return Problem(name, said("is not text"), said("Hand in logs and configs as text."))
    return None


def is_binary(head: bytes) -> bool:
    r"""Say whether bytes are something else than text.

    Long runs of NUL are what logrotate's copytruncate leaves; UTF-16 has a NUL beside every letter.

    >>> is_binary(b"\x7fELF\x02\x01\x01\x00\x00\x00\x00"), is_binary(b"GET /"), is_binary("GET /".encode("utf-16"))
    (True, False, False)
    """
    if encoding_of(head) != "utf-8":
        return False
    text = _HOLE.sub(b"", head.lstrip(b"\x00"))
    strange = sum(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in text)
    return strange > _BINARY_SHARE * len(text) or not text
