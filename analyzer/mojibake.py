"""UTF-8 that somebody read in the wrong charset and saved so: put right, line by line, where it can be proven.

In comes a column of lines, out goes the column with these lines as they were written. The hard thing is to change
nothing that is right: a line is touched only if every character of it that is not ASCII is part of whole UTF-8, and if
what comes out is far likelier than what stands there.
"""

import re
from unicodedata import category

import polars as pl

from analyzer.encodings import Oddity

__all__ = ["put_right"]

_MOST_DEPTH = 3
_CP1252 = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    character: byte for byte in range(0x80, 0xA0) if (character := bytes([byte]).decode("cp1252", "ignore"))
}
_MAC_ROMAN = {bytes([byte]).decode("mac_roman"): byte for byte in range(0x80, 0x100)}
_CHARSETS = {Oddity.MOJIBAKE_CP1252: _CP1252, Oddity.MOJIBAKE_MAC_ROMAN: _MAC_ROMAN}


def _among(charset: dict[str, int], first: int, last: int) -> str:
    return f"[{''.join(character for character, byte in charset.items() if first <= byte <= last)}]"


def _sequences(charset: dict[str, int]) -> str:
    """A pattern for what UTF-8's sequences of bytes look like in a charset (RFC 3629, 4)."""
    tail = _among(charset, 0x80, 0xBF)
    leads = (_among(charset, 0xC2, 0xDF), _among(charset, 0xE0, 0xEF), _among(charset, 0xF0, 0xF4))
    return "|".join(f"{lead}{tail}{{{count}}}" for count, lead in enumerate(leads, 1))


_SUSPECT = "|".join(map(_sequences, _CHARSETS.values()))
_NOTHING_ELSE = "|".join(rf"^(?:[\x00-\x7f]|{_sequences(charset)})*$" for charset in _CHARSETS.values())
_RUN = re.compile(r"[^\x00-\x7f]+")
_PICTURE = re.compile(
    "[\u2010-\u27ff\u2900-\u2bff\ufe0f\ufffd\U0001f000-\U0001faff]"
)  # leads E2, EF, F0: no words hold these
_SIGNS = "".join(
    c for charset in _CHARSETS.values() for c in charset if category(c)[0] in "PS" and c not in "\u2018\u2019"
)
_SIGN_IN_A_WORD = re.compile(
    rf"[^\x00-\x7f][{re.escape(_SIGNS)}][A-Za-z]|[\u221a\u2248\u2206\xac][^\x00-\x7f]"  # signs of a number
)
_WORD = re.compile("[^\x00-\u07ff]{2}|[\u0370-\u07ff]{3}")
_LETTER = re.compile("[¡-ª¬-º¼-\u017f]")
_CLOSING = frozenset("\u2013\u2014\u2018\u2019\u201c\u201d\u2026»«")


def put_right(lines: pl.Series) -> tuple[pl.Series, dict[Oddity, int]]:
    """Give the lines as they were written, and how many were put right."""
    suspects = lines.str.contains(_SUSPECT).fill_null(value=False).arg_true()
    if suspects.is_empty():
        return lines, {}
    suspects = suspects.filter(lines.gather(suspects).str.contains(_NOTHING_ELSE))
    counts: dict[Oddity, int] = {}
    mended: dict[int, str] = {}
    for at, line in zip(suspects, lines.gather(suspects), strict=True):
        if found := _line_put_right(line):
            mended[at], oddity = found
            counts[oddity] = counts.get(oddity, 0) + 1
    if not mended:
        return lines, {}
    return lines.scatter(list(mended), list(mended.values())), counts


def _line_put_right(line: str, depth: int = _MOST_DEPTH) -> tuple[str, Oddity] | None:
    """One line as it was written, or None where nothing is certain; it may have been read wrongly more than once."""
    for oddity, charset in _CHARSETS.items():
        try:
            written = _RUN.sub(lambda run: bytes(map(charset.__getitem__, run[0])).decode(), line)  # noqa: B023  called here
        except (KeyError, UnicodeDecodeError):
            continue
        if written == line:
            return None
        if depth > 1 and (deeper := _line_put_right(written, depth - 1)):
            return deeper[0], oddity
        if _is_likelier(line, written):
            return written, oddity
    return None


def _is_likelier(line: str, written: str) -> bool:
    """Say whether a text is what was meant.

    It has pictures and dashes or words of another script, or no more signs within its words; or ftfy calls it mended.
    """
    if _PICTURE.search(written) or (_SIGN_IN_A_WORD.search(line) and not _SIGN_IN_A_WORD.search(written)):
        return True
    runs = _RUN.findall(written)
    if any(_WORD.search(run) for run in runs):
        return True
    if not any(_LETTER.search(run) for run in runs) or all(run[-1] in _CLOSING for run in _RUN.findall(line)):
        return False
    from ftfy.badness import badness  # noqa: PLC0415  it is slow to load, and few logs need it

    return badness(line) > badness(written)
