"""Chrome's NetLog (chrome://net-export, --log-net-log) as the requests and handshakes of its pages.

In come its texts, out goes a record per request that a page made, and per end of an open WebSocket. The hard thing:
what happened to one request is spread over many events of one source, whose numbers mean another thing in every
version; so what each request told is kept until it ends, and the constants at the file's beginning name it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import UTC, datetime, timedelta

from analyzer.documents.document import Document, DocumentError, Piece
from analyzer.documents.window import Window, pass_behind, value, values
from analyzer.formats.facts import Value, clean
from analyzer.formats.har import CREDENTIAL_HEADERS, TOLD_HEADERS
from analyzer.formats.netlog import FORMAT
from analyzer.frozen import dataclass
from analyzer.said import said

_HEAD = re.compile(
    r'^\s*\{\s*"constants"\s*:\s*\{(?s:.*?)"(?:activeFieldTrialGroups|addressFamily|clientInfo|logEventTypes|netError)"'
)
_CONSTANTS = re.compile(r'"constants"\s*:\s*')
_EVENTS = re.compile(r'"events"\s*:\s*\[')
_MASKED = "•••"
_CLOSE = 8  # RFC 6455, 5.5.1
_MOST_AT_ONCE = 20_000
_FRAMES = ("WEBSOCKET_RECV_FRAME_HEADER", "WEBSOCKET_SENT_FRAME_HEADER")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the numbers of this file mean."""

    events: dict[Value, str]
    errors: dict[Value, str]
    request: Value
    end: Value
    offset: int

    @classmethod
    def of(cls, constants: Value) -> "_Names":
        """Read the constants; raise DocumentError where they name no events."""
        told = constants if isinstance(constants, dict) else {}
        events = _turned(told.get("logEventTypes"))
        if not events:
            raise DocumentError(said("its constants name no events"))
        sources, phases = _turned(told.get("logSourceType")), _turned(told.get("logEventPhase"))
        request = next((number for number, name in sources.items() if name == "URL_REQUEST"), None)
        end = next((number for number, name in phases.items() if name == "PHASE_END"), 2)
        return cls(events, _turned(told.get("netError")), request, end, _whole(told.get("timeTickOffset")) or 0)

    def moment(self, ticks: Value) -> str | None:
        """Write the time of an event: milliseconds since a tick that the constants place in time."""
        milliseconds = _whole(ticks)
        if milliseconds is None:
            return None
        try:
            return (_EPOCH + timedelta(milliseconds=milliseconds + self.offset)).isoformat(timespec="milliseconds")
        except OverflowError:
            return None


def _turned(table: Value) -> dict[Value, str]:
    pairs = table.items() if isinstance(table, dict) else ()
    return {number: name for name, number in pairs if isinstance(number, int | str)}


def _whole(number: Value) -> int | None:
    text = str(number)
    return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else None


@dataclass(slots=True)
class _Request:
    """What the events of one source told so far."""

    told: dict[str, Value] = field(default_factory=dict)
    by_a_page: bool = False
    ended: bool = False
    closed: bool = False


def _cut(chunks: Iterable[str]) -> Iterator[Piece]:
    window = Window(chunks)
    pass_behind(window, _CONSTANTS, "constants")
    names = _Names.of(value(window, said("the constants"))[2])
    pass_behind(window, _EVENTS, "list of events")
    requests: dict[int, _Request] = {}
    try:
        for line, _, event in values(window, "an event"):
            yield from _pieces(event, line, names, requests)
    except DocumentError:
        yield from _unfinished(window.line, requests)
        raise
    yield from _unfinished(window.line, requests)


def _pieces(event: Value, line: int, names: _Names, requests: dict[int, _Request]) -> Iterator[Piece]:
    source = event.get("source") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(source, dict) or source.get("type") != names.request:
        return
    number, name, params = _whole(source.get("id")), names.events.get(_key(event.get("type"))), event.get("params")
    if number is None or name is None:
        return
    if number not in requests and len(requests) >= _MOST_AT_ONCE:
        requests.pop(next(iter(requests)))
    request = requests.setdefault(number, _Request({"URL_REQUEST": number}))
    _take(request, name, params if isinstance(params, dict) else {}, names, event)
    if name == "REQUEST_ALIVE" and event.get("phase") == names.end:
        request.ended = True
        if request.by_a_page:
            yield line, line, _written(request.told)
        if request.told.get("status") != 101:  # noqa: PLR2004  (Switching Protocols)
            del requests[number]
    elif name in _FRAMES and request.by_a_page and request.ended and _closes(params) and not request.closed:
        request.closed = True
        ended = {name: request.told.get(name) for name in ("URL_REQUEST", "url")}
        yield line, line, _written({**ended, "closed": name, "time": names.moment(event.get("time"))})
        del requests[number]


def _key(number: Value) -> Value:
    return number if isinstance(number, int | str) else None


def _closes(params: Value) -> bool:
    return isinstance(params, dict) and params.get("opcode") == _CLOSE


def _take(request: _Request, name: str, params: dict[str, Value], names: _Names, event: dict[str, Value]) -> None:
    """Keep what an event tells of its request."""
    told = request.told
    if name == "REQUEST_ALIVE":
        told.setdefault("started", names.moment(event.get("time")))
        told["ended"] = names.moment(event.get("time"))
        if "url" in params:
            told["url"] = _text(params["url"])
        if event.get("phase") == names.end and "net_error" in params:
            told["net_error"] = names.errors.get(_key(params["net_error"]), str(params["net_error"]))
    elif name == "CANCELLED":
        told["net_error"] = names.errors.get(_key(params.get("net_error")), "ERR_ABORTED")
    elif name == "URL_REQUEST_START_JOB" and "url" in params:
        told |= {key: _text(params[key]) for key in ("url", "method") if key in params}
        initiator = str(params.get("initiator"))
        request.by_a_page |= initiator.startswith("http") or params.get("request_type") == "main frame"
    elif name.endswith("SEND_REQUEST_HEADERS"):
        told["headers"] = [kept for line in _lines(params) if (kept := _header(line)) is not None]
    elif name == "HTTP_TRANSACTION_READ_RESPONSE_HEADERS":
        status = re.match(r"HTTP/[0-9.]+ ([1-5][0-9]{2})", next(iter(_lines(params)), ""))
        told["status"] = int(status[1]) if status else told.get("status")
    elif name == "WEBSOCKET_UPGRADE_FAILURE":
        told["message"] = _text(params.get("message"))


def _lines(params: dict[str, Value]) -> list[str]:
    headers = params.get("headers")
    return [line for line in headers if isinstance(line, str)] if isinstance(headers, list) else []


def _header(line: str) -> str | None:
    """Keep a header that tells something; of a secret only that it was there."""
    name, _, said = line.partition(":")
    if name.lower() in CREDENTIAL_HEADERS:
        return f"{name}: {_MASKED}"
    return clean(f"{name}:{said}") if name.lower() in TOLD_HEADERS else None


def _text(said: Value) -> str | None:
    return clean(said) if isinstance(said, str) else None


def _written(told: dict[str, Value]) -> str:
    return json.dumps({name: each for name, each in told.items() if each is not None}, ensure_ascii=False)


def _unfinished(line: int, requests: dict[int, _Request]) -> Iterator[Piece]:
    """What was still under way when the log ended."""
    for request in requests.values():
        if request.by_a_page and not request.ended:
            yield line, line, _written({**request.told, "unfinished": True})


DOCUMENT = Document(FORMAT, "request", is_log=True, fits=lambda head: bool(_HEAD.match(head)), cut=_cut)
