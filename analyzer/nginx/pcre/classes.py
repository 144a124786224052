r"""Escapes and classes: the sets of bytes that one place of a pattern stands for.

In comes a pattern at some offset, out go a set and the offset behind it. The hard thing: what PCRE has and Python has
not: `\h`, `\v`, `[[:alpha:]]`, octal numbers of any length, `\x` with less than two digits, `\Q...\E` within a class.
"""

import re

from analyzer.nginx.pcre.nodes import ALL, NEWLINE, Refused, among, between, both_cases, single
from analyzer.said import said

_DIGIT = between(48, 57)
_UPPER, _LOWER = between(65, 90), between(97, 122)
_ALPHA = _UPPER | _LOWER
_WORD = _ALPHA | _DIGIT | single(95)
_SPACE = between(9, 13) | single(32)
_ACROSS = among(9, 32, 0xA0)
_DOWN = between(10, 13) | single(0x85)
_GRAPH = between(33, 126)

_SETS = {"d": _DIGIT, "w": _WORD, "s": _SPACE, "h": _ACROSS, "v": _DOWN}
SHORTHANDS = _SETS | {name.upper(): ALL & ~mask for name, mask in _SETS.items()}
_CONTROLS = {"a": 7, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9}
_POSIX = {
    "alpha": _ALPHA,
    "lower": _LOWER,
    "upper": _UPPER,
    "alnum": _ALPHA | _DIGIT,
    "ascii": between(0, 127),
    "blank": among(9, 32),
    "cntrl": between(0, 31) | single(127),
    "digit": _DIGIT,
    "graph": _GRAPH,
    "print": _GRAPH | single(32),
    "punct": _GRAPH & ~_ALPHA & ~_DIGIT,
    "space": _SPACE,
    "word": _WORD,
    "xdigit": _DIGIT | between(65, 70) | between(97, 102),
}
_NUMBER = re.compile(
    r"""x\{(?P<hex>[0-9A-Fa-f]{1,8})\} | x(?P<short>[0-9A-Fa-f]{1,2}|(?![0-9A-Fa-f{]))
      | o\{(?P<octal>[0-7]{1,8})\} | (?P<zero>0[0-7]{0,2}) | (?P<digits>[1-7][0-7]{0,2}) | c(?P<control>[ -~])""",
    re.VERBOSE,
)
_POSIX_CLASS = re.compile(r"\[:(\^?)([a-z]*):\]")
_MARKED = re.compile(r"\[([.=]).*?\1\]|\[:[^\]]*:\]")
_LARGEST = 255


def number(pattern: str, at: int) -> tuple[int, int] | None:
    r"""Read the number behind a backslash (`x41`, `x{41}`, `o{101}`, `101`, `0`); None where there is none."""
    match = _NUMBER.match(pattern, at)
    if match is None:
        return None
    if match["control"] is not None:
        return ord(match["control"].upper()) ^ 64, match.end()
    sixteen = match["hex"] if match["hex"] is not None else match["short"]
    eight = match["octal"] or match["zero"] or match["digits"]
    value = int(sixteen or "0", 16) if sixteen is not None else int(eight, 8)
    if value > _LARGEST:
        raise Refused(said("a character beyond a byte, \\{match}", match=match[0]))
    return value, match.end()


def escaped(pattern: str, at: int) -> tuple[int, int]:
    """Read the byte or the set behind a backslash, where it means the same in a class and outside."""
    letter = pattern[at : at + 1]
    if letter in SHORTHANDS and letter:
        return SHORTHANDS[letter], at + 1
    if letter in _CONTROLS and letter:
        return single(_CONTROLS[letter]), at + 1
    found = number(pattern, at)
    if found is not None:
        return single(found[0]), found[1]
    if not letter or (letter.isascii() and letter.isalnum()):
        raise Refused(said("the escape \\{letter}", letter=letter))
    return single(ord(letter)), at + 1


def read_class(pattern: str, at: int, *, ignore_case: bool) -> tuple[int, int]:
    r"""Read a class from the offset behind its `[`; return its set and the offset behind its `]`."""
    negative = pattern.startswith("^", at)
    at += negative
    mask, first = 0, True
    while first or not pattern.startswith("]", at):
        first = False
        low, at, is_range = _class_item(pattern, at, ignore_case=ignore_case)
        if is_range and pattern.startswith("-", at) and not pattern.startswith("-]", at):
            high, at, ends = _class_item(pattern, at + 1, ignore_case=ignore_case)
            if not ends or high < low:
                raise Refused(said("the range before offset {at} of a class", at=at))
            low = between(low.bit_length() - 1, high.bit_length() - 1)
        mask |= low
    mask = both_cases(mask) if ignore_case else mask
    return ALL & ~mask if negative else mask, at + 1


def _class_item(pattern: str, at: int, *, ignore_case: bool) -> tuple[int, int, bool]:
    """Read one member: its set, the offset behind it, and whether it is one byte, so that a range may begin there."""
    if at >= len(pattern):
        raise Refused(said("a class that is not closed"))
    if pattern.startswith("\\", at):
        return _class_escape(pattern, at + 1)
    posix = _POSIX_CLASS.match(pattern, at)
    if posix is not None:
        return _posix(posix, ignore_case=ignore_case), posix.end(), False
    if _MARKED.match(pattern, at):
        raise Refused(said("the class {pattern}", pattern=pattern[at : at + 4]))
    return single(ord(pattern[at])), at + 1, True


def _class_escape(pattern: str, at: int) -> tuple[int, int, bool]:
    letter = pattern[at : at + 1]
    if letter in {"Q", "E"}:
        raise Refused(said("\\{letter} within a class", letter=letter))
    if letter == "b":
        return single(8), at + 1, True
    mask, end = escaped(pattern, at)
    return mask, end, letter not in SHORTHANDS


def _posix(match: re.Match[str], *, ignore_case: bool) -> int:
    negative, name = match.groups()
    if name not in _POSIX:
        raise Refused(said("the class {match}", match=match[0]))
    mask = _ALPHA if ignore_case and name in {"upper", "lower"} else _POSIX[name]
    return ALL & ~mask if negative else mask


ANY_BUT_NEWLINE = ALL & ~NEWLINE
