"""A HAR 1.2 as its entries, cut out one by one while the file is read: it may be far larger than memory should be.

In come its texts, out goes a record per entry: the entry's own words as JSON, without what no verdict needs and nobody
should mail around (bodies, cookies, other headers). The hard thing is that a HAR is full of what is secret.
"""

import json
import re
from collections.abc import Iterable, Iterator

from analyzer.documents.document import Document, Piece
from analyzer.documents.window import Window, pass_behind, values
from analyzer.formats.facts import Value, clean
from analyzer.formats.har import CREDENTIAL_HEADERS, FORMAT, TOLD_HEADERS
from analyzer.said import said

_HEAD = re.compile(r'^\s*\{\s*"log"\s*:\s*\{(?s:.*?)"(?:creator|entries|pages)"\s*:')
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_KEPT = ("startedDateTime", "time", "_resourceType", "_fromCache", "_error")
_KEPT_OF_ANSWER = ("status", "statusText", "redirectURL", "_error", "_failureText", "_fetchedViaServiceWorker")
_MASKED = "•••"


def _cut(chunks: Iterable[str]) -> Iterator[Piece]:
    window = Window(chunks)
    pass_behind(window, _ENTRIES, said("list of entries"))
    for first, last, entry in values(window, said("an entry")):
        yield first, last, json.dumps(_told(entry), ensure_ascii=False)


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
