"""A HAR 1.2 as its entries, cut out one by one while the file is read: it may be far larger than memory should be.

In come its texts, out goes a record per entry: the entry's own words as JSON, without what no verdict needs and nobody
should mail around (bodies, cookies, other headers). The hard thing is that a HAR is one JSON document, often on one
line: a window is moved over it that holds no more than the entry at hand.
"""

import json
import re
from collections.abc import Iterable, Iterator
from json import JSONDecodeError, JSONDecoder

from analyzer.documents.document import Document, DocumentError, Piece
from analyzer.formats.facts import Value, clean
from analyzer.formats.har import CREDENTIAL_HEADERS, FORMAT, TOLD_HEADERS

_HEAD = re.compile(r'^\s*\{\s*"log"\s*:\s*\{(?s:.*?)"(?:creator|entries|pages)"\s*:')
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = JSONDecoder()
_LARGEST_ENTRY = 64 * 1024 * 1024
_KEPT = ("startedDateTime", "time", "_resourceType", "_fromCache", "_error")
_KEPT_OF_ANSWER = ("status", "statusText", "redirectURL", "_error", "_failureText", "_fetchedViaServiceWorker")
_MASKED = "•••"


class _Window:
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


def _cut(chunks: Iterable[str]) -> Iterator[Piece]:
    window = _Window(chunks)
    _to_entries(window)
    while (entry := _entry(window)) is not None:
        value, end = entry
        first = window.line
        window.pass_to(end)
        yield first, window.line, json.dumps(_told(value), ensure_ascii=False)


def _to_entries(window: _Window) -> None:
    while (begin := _ENTRIES.search(window.text)) is None:
        if window.rest > _LARGEST_ENTRY or not window.more():
            raise DocumentError("holds no list of entries")
    window.pass_to(begin.end())


def _entry(window: _Window) -> tuple[Value, int] | None:
    """The next entry and where it ends; None behind the last one."""
    while True:
        between = _BETWEEN.match(window.text, window.at)
        window.pass_to(between.end() if between else window.at)
        if window.text.startswith("]", window.at):
            return None
        try:
            return _DECODER.raw_decode(window.text, window.at)
        except JSONDecodeError as error:
            _read_on(window, error)
        except RecursionError:
            raise DocumentError(f"line {window.line}: an entry is nested too deep") from None


def _read_on(window: _Window, error: JSONDecodeError) -> None:
    if window.rest > _LARGEST_ENTRY:
        raise DocumentError(f"line {window.line}: an entry is larger than {_LARGEST_ENTRY >> 20} MiB")
    place = window.place(error.pos)
    if not window.more():
        raise DocumentError(f"{place}: {error.msg}")


def _told(entry: Value) -> dict[str, Value]:
    """An entry without what is not needed. The words that are left stand as they stood."""
    if not isinstance(entry, dict):
        return {}
    asked, answered, frames = entry.get("request"), entry.get("response"), entry.get("_webSocketMessages")
    told: dict[str, Value] = _only(entry, _KEPT)
    if isinstance(asked, dict):
        headers = asked.get("headers")
        told["request"] = {
            **_only(asked, ("method", "url", "httpVersion")),
            "headers": _headers(headers if isinstance(headers, list) else []),
        }
    if isinstance(answered, dict):
        told["response"] = _only(answered, _KEPT_OF_ANSWER)
    if isinstance(frames, list):
        errors = (frame for frame in frames if isinstance(frame, dict) and frame.get("type") == "error")
        told["_webSocketMessages"] = [_only(frame, ("type", "data")) for frame in errors]
    return told


def _only(value: dict[str, Value], names: tuple[str, ...]) -> dict[str, Value]:
    return {name: clean(each) if isinstance(each := value[name], str) else each for name in names if name in value}


def _headers(headers: list[Value]) -> list[Value]:
    kept: list[Value] = []
    for header in headers:
        if not isinstance(header, dict):
            continue
        name = str(header.get("name")).lower()
        if name in CREDENTIAL_HEADERS:
            kept.append({"name": clean(str(header["name"])), "value": _MASKED})
        elif name in TOLD_HEADERS:
            kept.append(_only(header, ("name", "value")))
    return kept


DOCUMENT = Document(FORMAT, "entry", is_log=True, fits=lambda head: bool(_HEAD.match(head)), cut=_cut)
