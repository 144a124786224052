"""Log text made safe to look at: what a screen would hide or obey is turned into marks that can be read.

In comes text that an attacker may have written; out goes the same text with control, bidirectional and zero-width
characters replaced. The hard thing is to leave ordinary writing alone: emoji joined by U+200D stay whole, the colours
that a terminal program left behind shrink to one small sign, and tabs and line ends stay what they are.
"""

import re
from collections.abc import Callable, Iterator

from analyzer.frozen import dataclass

__all__ = ["Piece", "hidden", "lines_of", "pieces", "visible"]

_COLOUR = r"\x1b\[[0-9;:]*m"  # ECMA-48, 8.3.117: SGR, the terminal's colours
_CRLF = r"\r(?=\n|\Z)"
# Unicode's default ignorable code points (UAX 44), the bidirectional controls (UAX 9) and the C0/C1 controls;
# the emoji's own variation selectors FE0E and FE0F stay.
_HIDDEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# A joiner between two pictures is part of one picture; a skin tone or U+FE0F may stand before it.
_EMOJI_JOINER = "(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
_UNSEEN = re.compile(f"(?P<joiner>{_EMOJI_JOINER})|(?P<colour>{_COLOUR})|(?P<crlf>{_CRLF})|(?P<hidden>{_HIDDEN})")

_REPLACEMENT_CHARACTER = "\ufffd"  # visible by itself, and often the trace of a wrong encoding


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: either plain, or `sign` standing for the unseen characters in `stands_for`."""

    text: str
    stands_for: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """Split text into what can be shown as it is and marks for what cannot."""
    start = 0
    for match in _UNSEEN.finditer(text):
        if match.lastgroup == "joiner" or match.group() == _REPLACEMENT_CHARACTER:
            continue
        if match.start() > start:
            yield Piece(text[start : match.start()])
        start = match.end()
        if match.lastgroup != "crlf":
            yield _mark(match)
    if start < len(text):
        yield Piece(text[start:])


def _mark(match: re.Match[str]) -> Piece:
    if match.lastgroup == "colour":
        return Piece("", "terminal colour " + match.group()[1:])
    return Piece(f"<U+{ord(match.group()):04X}>", f"U+{ord(match.group()):04X}")


def visible(text: str) -> str:
    r"""Return the text with every unseen character written out; a terminal's colours are dropped.

    >>> visible("open \x1b[31m/ws\u202e\x1b[0m")
    'open /ws<U+202E>'
    """
    return "".join(piece.text for piece in pieces(text))


def hidden(text: str, write: Callable[[re.Match[str]], str]) -> str:
    """Replace every character that a screen would hide or obey, one by one, by what `write` makes of it."""
    return re.sub(_HIDDEN, write, text)


def lines_of(text: str) -> list[str]:
    """Split a record into its lines; only real line ends count, not what Unicode also calls one."""
    return text.removesuffix("\n").split("\n")
