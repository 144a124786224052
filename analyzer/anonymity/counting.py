"""Pseudonyms that look like what they stand for: a digit for a digit, a small letter for a small one.

In: an id as a log writes it. Out: another of the same length and shape, equal for equal ones. The hard thing is that a
shape may be short: where it has no room for one more, the next is longer.
"""

from collections.abc import Iterator
from dataclasses import field

from analyzer.frozen import dataclass

_HEX = frozenset("0123456789abcdefABCDEF")
_OF_HEX, _OF_WORDS = 6, 26


@dataclass(slots=True)
class Ids:
    """The pseudonyms of one report's ids."""

    _told: dict[str, str] = field(default_factory=dict)
    _shapes: dict[str, int] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def of(self, text: str) -> str:
        """Give the pseudonym of an id.

        >>> book = Ids()
        >>> book.of("48213"), book.of("9f86d081-884c"), book.of("trk_8F3a"), book.of("48213"), book.of("77777")
        ('10000', '0a00a000-000b', 'aaa_0A0b', '10000', '10001')
        """
        if text not in self._told:
            told = next(each for each in self._following(text) if each not in self._taken)
            self._told[text] = told
            self._taken.add(told)
        return self._told[text]

    def _following(self, text: str) -> Iterator[str]:
        """The pseudonyms of a text's shape that were not given yet; longer ones, once there are no others."""
        shape = "".join(map(_kind, text))
        letters = _OF_HEX if _HEX.issuperset(text.replace("-", "").replace(":", "")) else _OF_WORDS
        while True:
            number = self._shapes.get(shape, 0) + 1
            self._shapes[shape] = number
            whole = shape.strip("0") == "" and not text.startswith("0")
            yield str(10 ** (len(text) - 1) + number - 1) if whole else _written(shape, number, letters)


def _written(shape: str, number: int, letters: int) -> str:
    """Write a number in the digits and letters of a shape."""
    told = ""
    for kind in reversed(shape):
        size = {"0": 10, "A": letters, "a": letters}.get(kind, 1)
        number, value = divmod(number, size)
        told = (chr(ord(kind) + value) if size > 1 else kind) + told
    return f"{told}-{number}" if number else told


def _kind(character: str) -> str:
    if not character.isalnum():
        return character
    return "0" if character.isdigit() else "A" if character.isupper() else "a"
