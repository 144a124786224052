"""What Python's other loggers print, as they printed it: loguru's tracebacks, structlog's pairs, the JSON of both."""

import json

import pytest

from analyzer.schema import (
    ALLOWED_ORIGINS,
    CLIENT,
    CLOCK,
    ERROR,
    FORMAT,
    KIND,
    LEVEL,
    MESSAGE,
    ORIGIN,
    STATUS,
    TARGET,
    TIME,
    TIME_LACKS,
)
from tests.formats.reading import HERE, events_in, read
from tests.rules_told.pasting import only_incident

FAILED = """2026-11-29 14:26:05.716 | ERROR    | __main__:call:30 - session service failed
Traceback (most recent call last):

  File "/usr/lib/python3.11/socket.py", line 836, in create_connection
    sock.connect(sa)
    │    │       └ ('127.0.0.1', 1)
    │    └ <method 'connect' of '_socket.socket' objects>
    └ <socket.socket [closed] fd=-1, family=2, type=1, proto=6>

ConnectionRefusedError: [Errno 111] Connection refused


During handling of the above exception, another exception occurred:


Traceback (most recent call last):

> File "/app/logged_chat.py", line 28, in call
    await asyncio.to_thread(urlopen, _NOBODY)
          │       │         │        └ 'http://127.0.0.1:1/session'
          │       │         └ <function urlopen at 0x7f4a1179f060>
          │       └ <function to_thread at 0x7f4a11a5c860>
          └ <module 'asyncio' from '/usr/lib/python3.11/asyncio/__init__.py'>

urllib.error.URLError: <urlopen error [Errno 111] Connection refused>"""
STACK = """Traceback (most recent call last):
  File "/app/logged_chat.py", line 46, in broken
    return web.json_response(basket["items"])
KeyError: 'items'"""
ACCESS = '127.0.0.1 [29/Nov/2026:14:26:06 +0000] "GET /ws/chat?token=expired HTTP/1.1" 401 121 "-" "probe/1.0"'
HEADS = (
    "2026-11-29 14:26:04.165 | INFO     | app.main:tell:23 - ",
    "2026-11-29T14:26:04Z | INFO | ",
    "14:26:25 | INFO | ",
)


def test_loguru_decorates_a_chain_of_tracebacks_and_it_is_one_record() -> None:
    before, failed, after = read(
        "loguru", f"{HEADS[0]}GET /health 200", *FAILED.split("\n"), f"{HEADS[0]}GET /api/call 502"
    )
    assert (before[STATUS.name], after[STATUS.name]) == (200, 502)
    assert (failed[LEVEL.name], failed[ERROR.name]) == ("error", "ECONNREFUSED")
    said = str(failed[MESSAGE.name]).split("\n")
    assert (said[0], said[-1]) == ("session service failed", FAILED.rsplit("\n", maxsplit=1)[-1])


def test_an_access_line_of_uvicorn_among_logurus_is_a_record_of_its_own() -> None:
    uvicorns = 'INFO:     127.0.0.1:47908 - "WebSocket /ws" 403'
    rows = read("loguru", f"{HEADS[0]}ready", uvicorns, f"{HEADS[0]}GET /health 200")
    assert [row.get(KIND.name) for row in rows] == ["message", None, "request"]


@pytest.mark.parametrize("head", HEADS)
def test_loguru_hands_on_what_a_server_logs(head: str) -> None:
    (row,) = read("loguru", head + ACCESS)
    assert (row[KIND.name], row[TARGET.name], row[STATUS.name]) == ("request", "/ws/chat?token=expired", 401)
    assert row[CLIENT.name] == "127.0.0.1"


def test_a_time_of_day_lacks_its_date() -> None:
    (row,) = read("loguru", f"{HEADS[2]}WebSocket closed: 1006")
    assert (row[KIND.name], row[TIME_LACKS.name], TIME.name in row) == ("closed", "date", False)
    assert str(row[CLOCK.name]).startswith("1970-01-01 14:26:25")


def test_what_loguru_binds_is_told_where_the_format_prints_it() -> None:
    (row,) = read(
        "loguru", f"{HEADS[0]}WebSocket upgrade request /ws | {{'origin': 'https://a.example', 'upgrade': None}}"
    )
    assert (row[KIND.name], row[TARGET.name], row[ORIGIN.name]) == ("handshake_received", "/ws", "https://a.example")


def test_the_json_of_loguru_is_read_as_its_lines_are() -> None:
    record = {
        "message": "WebSocket upgrade request /ws/chat", "level": {"name": "WARNING", "no": 30},
        "extra": {"origin": "https://a.example"}, "time": {"repr": "x", "timestamp": 1795962396.129788},
        "exception": {"type": "KeyError", "value": "'items'", "traceback": True},
    }  # fmt: skip
    (row,) = read("json_lines", json.dumps({"text": "x\n", "record": record}))
    assert (row[KIND.name], row[LEVEL.name], row[ORIGIN.name], row[ERROR.name]) == (
        "handshake_received", "warning", "https://a.example", "KeyError",
    )  # fmt: skip
    assert str(row[TIME.name]).startswith("2026-11-29 14:26:36.129788")


@pytest.mark.parametrize("form", ["loguru", "structlog"])
def test_a_file_of_theirs_is_known_by_its_lines(form: str) -> None:
    events = events_in(HERE / form / "accepts.log").kept
    assert events[FORMAT.name].unique().to_list() == [form]


def test_structlog_pads_the_words_and_quotes_as_python_does() -> None:
    head = "2026-11-29T14:26:41.457270Z [warning  ] "
    said = "WebSocket rejected: origin not allowed allowed_origins=['https://a.example', 'https://b.example'] origin=https://evil.example"
    (row,) = read("structlog", head + said)
    assert row[ALLOWED_ORIGINS.name] == ["https://a.example", "https://b.example"]
    assert (row[ORIGIN.name], row[LEVEL.name]) == ("https://evil.example", "warning")
    (row,) = read("structlog", f"{head}refused                        [chat.views] path='/ws/two words' status=403")
    assert (row[TARGET.name], row[MESSAGE.name]) == (
        "/ws/two words",
        "refused [chat.views] path='/ws/two words' status=403",
    )


def test_structlog_prints_a_traceback_below_its_line() -> None:
    (row,) = read("structlog", *f"2026-11-29 14:26:41 [error    ] checkout failed\n{STACK}".split("\n"))
    assert (row[ERROR.name], row[MESSAGE.name]) == ("KeyError", f"checkout failed\n{STACK}")


@pytest.mark.parametrize("form", ["json_lines", "logfmt"])
def test_a_traceback_in_a_field_tells_its_exception_alone(form: str) -> None:
    fields = {"timestamp": "2026-11-29T14:27:04Z", "level": "error", "event": "checkout failed", "exception": STACK}
    pairs = " ".join(f"{name}={json.dumps(value)}" for name, value in fields.items())
    (row,) = read(form, json.dumps(fields) if form == "json_lines" else pairs)
    assert (row[ERROR.name], row[LEVEL.name]) == ("KeyError", "error")
    assert str(row[MESSAGE.name]).endswith("KeyError: 'items'")
    assert "Traceback" not in str(row[MESSAGE.name])


@pytest.mark.parametrize("head", [HEADS[0].replace("INFO   ", "WARNING"), "2026-11-29T14:26:41.457270Z [warning  ] "])
def test_a_pasted_refusal_of_an_origin_is_the_cause(head: str) -> None:
    incident = only_incident(f"{head}WebSocket rejected: origin https://evil.example.net not allowed")
    assert incident.cause == "origin-rejected"


def test_what_logging_writes_with_bars_stays_loggings() -> None:
    line = "2026-11-29 14:26:04,165 | INFO     | app.main:tell:23 - ready"
    assert read("loguru", line) == [{}]
    assert read("python_logging", line)[0][MESSAGE.name] == "ready"


CHAT = ("WebSocket upgrade request /ws/chat", "WebSocket rejected: origin https://evil.example.net not allowed")


@pytest.mark.parametrize(("form", "head"), [("loguru", HEADS[0]), ("structlog", "2026-11-29T14:26:41Z [info     ] ")])
def test_where_no_server_logs_the_words_of_the_program_are_all_there_is(form: str, head: str) -> None:
    asked, refused = read(form, *(head + said for said in CHAT))
    assert (asked[KIND.name], refused[KIND.name]) == ("handshake_received", "origin_rejected")
    incident = only_incident(*(head + said for said in CHAT))
    assert (incident.cause, "https://evil.example.net" in incident.title) == ("origin-rejected", True)


@pytest.mark.parametrize(("form", "head"), [("loguru", HEADS[0]), ("structlog", "2026-11-29T14:26:41Z [info     ] ")])
def test_where_a_server_hands_its_lines_on_they_are_a_remark_on_its_own(form: str, head: str) -> None:
    remark, answered = read(form, head + CHAT[1], head + '127.0.0.1:47908 - "WebSocket /ws/chat" 403')
    assert (remark[KIND.name], remark[ORIGIN.name]) == ("message", "https://evil.example.net")
    assert (answered[KIND.name], answered[TARGET.name]) == ("handshake_rejected", "/ws/chat")


@pytest.mark.parametrize(
    "head", ["2026-11-29 14:26:41.457 | {:<8} | app:broken:4 - ", "2026-11-29T14:26:41.457270Z [{:<9}] "]
)
def test_a_traceback_that_a_program_logs_tells_why_its_request_failed(head: str) -> None:
    error, info = ("ERROR", "INFO") if "|" in head else ("error", "info")
    lines = (*f"{head.format(error)}checkout failed\n{STACK}".split("\n"), f"{head.format(info)}GET /api/broken 500")
    incident = only_incident(*lines)
    assert (incident.cause, incident.title) == (
        "backend-error", "The application fails at /api/broken: KeyError: 'items'",
    )  # fmt: skip
