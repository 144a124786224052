"""A window that moves over one JSON document: no more of it is held than the value at hand.

In come a document's texts as they are streamed, out go the values of one of its lists with their lines. The hard thing
is that such a document may be far larger than memory should be, may stand on one line, and may break off anywhere.
"""

import re
from collections.abc import Iterable, Iterator
from json import JSONDecodeError, JSONDecoder

from analyzer.documents.document import DocumentError
from analyzer.formats.facts import Value
from analyzer.said import said

_BETWEEN = re.compile(r"[\s,]*")
_DECODER = JSONDecoder()
_LARGEST = 64 * 1024 * 1024


class Window:
    """A stretch of the text: `at` is how far it was read; what lies before is left behind when more is needed."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._chunks = iter(chunks)
        self._before = 0  # characters of the first line that stand before the window
        self.text = ""
        self.at = 0
        self.line = 1

    @property
    def rest(self) -> int:
        """How much of it is still to be read."""
        return len(self.text) - self.at

    def more(self) -> bool:
        """Read on; False where the text is at its end."""
        chunk = next(self._chunks, None)
        newline = self.text.rfind("\n", 0, self.at)
        self._before = self.at - newline - 1 if newline >= 0 else self._before + self.at
        self.text = self.text[self.at :] + (chunk or "")
        self.at = 0
        return chunk is not None

    def pass_to(self, end: int) -> None:
        """Go on from `end`."""
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def place(self, position: int) -> str:
        """Name a place of the window as one of the file."""
        line = self.line + self.text.count("\n", self.at, position)
        newline = self.text.rfind("\n", 0, position)
        return f"line {line}, column {position - newline if newline >= 0 else position + self._before + 1}"


def pass_behind(window: Window, opening: re.Pattern[str], what: str) -> None:
    """Go on behind the opening of `what`."""
    while (begin := opening.search(window.text, window.at)) is None:
        if window.rest > _LARGEST or not window.more():
            raise DocumentError(said("holds no {what}", what=what))
    window.pass_to(begin.end())


def values(window: Window, what: str) -> Iterator[tuple[int, int, Value]]:
    """Give every value of the list that the window stands in, with its first and its last line."""
    while True:
        between = _BETWEEN.match(window.text, window.at)
        window.pass_to(between.end() if between else window.at)
        if window.text.startswith("]", window.at):
            return
        if window.rest or not window.more():
            yield value(window, what)


def value(window: Window, what: str) -> tuple[int, int, Value]:
    """Give the value that begins here, with its first and its last line."""
    while True:
        try:
            found, end = _DECODER.raw_decode(window.text, window.at)
        except JSONDecodeError as error:
            _read_on(window, error, what)
        except RecursionError:
            raise DocumentError(said("line {line}: {what} is nested too deep", line=window.line, what=what)) from None
        else:
            first = window.line
            window.pass_to(end)
            return first, window.line, found


def _read_on(window: Window, error: JSONDecodeError, what: str) -> None:
    if window.rest > _LARGEST:
        raise DocumentError(
            said(
                "line {line}: {what} is larger than {largest} MiB", line=window.line, what=what, largest=_LARGEST >> 20
            )
        )
    place = window.place(error.pos)
    if not window.more():
        raise DocumentError(f"{place}: {error.msg}")
