"""What Python's servers and frameworks print, as the lab's services printed it."""

from datetime import UTC, datetime

import pytest

from analyzer.schema import (
    CLIENT,
    CLIENT_PORT,
    CLOCK,
    DURATION,
    ERROR,
    HOST,
    KIND,
    LEVEL,
    MESSAGE,
    METHOD,
    ORIGIN,
    PORT,
    REFERRER,
    SCHEME,
    STATUS,
    TARGET,
    TIME,
    TIME_LACKS,
    TIME_MARKS,
    UPGRADE,
    USER_AGENT,
    Column,
)
from tests.formats.reading import read
from tests.rules_told.pasting import only_incident

TRACEBACK = """Traceback (most recent call last):
  File "/app/venv/site-packages/starlette/routing.py", line 683, in __call__
    await self.middleware_stack(scope, receive, send)
  File "/app/items/store.py", line 30, in total_price
    return sum(int(item["price"]) for item in ITEMS)
                   ~~~~^^^^^^^^^
KeyError: 'price'"""
CHAIN = """Traceback (most recent call last):
  File "/app/views.py", line 11, in chain
    {}["price"]
KeyError: 'price'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/views.py", line 12, in chain
    raise RuntimeError("cannot price") from error
RuntimeError: cannot price"""


def one(form: str, text: str) -> dict[str, object]:
    (row,) = read(form, *text.split("\n"))
    return row


def told(row: dict[str, object], *columns: Column) -> tuple[object, ...]:
    return tuple(row.get(column.name) for column in columns)


def test_daphne_tells_each_stage_of_a_handshake() -> None:
    stages = [
        '127.0.0.1:54470 - - [23/Nov/2026:08:39:30] "WSCONNECTING /ws/chat" - -',
        '127.0.0.1:54470 - - [23/Nov/2026:08:39:30] "WSCONNECT /ws/chat" - -',
        '127.0.0.1:54472 - - [23/Nov/2026:08:39:31] "WSREJECT /ws/chat" - -',
        '127.0.0.1:54470 - - [23/Nov/2026:08:39:32] "WSDISCONNECT /ws/chat" - -',
    ]
    rows = read("django", *stages)
    assert [told(row, KIND, STATUS) for row in rows] == [
        ("handshake_received", None),
        ("handshake_accepted", 101),
        ("handshake_rejected", 403),
        ("closed", None),
    ]
    assert {told(row, TARGET, UPGRADE, CLIENT, TIME_LACKS) for row in rows} == {
        ("/ws/chat", "websocket", "127.0.0.1", "zone")
    }


def test_daphne_prints_a_get_only_where_no_upgrade_arrived() -> None:
    row = one("django", '127.0.0.1:38424 - - [23/Nov/2026:08:39:33] "GET /ws/chat?a=1" 404 179')
    assert told(row, KIND, METHOD, TARGET, STATUS, UPGRADE) == ("request", "GET", "/ws/chat?a=1", 404, "")
    assert row[TIME.name] == datetime(2026, 11, 23, 8, 39, 33, tzinfo=UTC)


def test_runserver_tells_the_same_in_other_words() -> None:
    rows = read(
        "django",
        "WebSocket HANDSHAKING /ws/chat [127.0.0.1:34012]",
        "WebSocket REJECT /ws/chat [127.0.0.1:34012]",
        "HTTP GET /api/nope 404 [0.18, 127.0.0.1:34038]",
        '[23/Nov/2026 08:52:44] "GET /nope HTTP/1.1" 404 2483',
    )
    assert [told(row, KIND, TARGET, STATUS) for row in rows] == [
        ("handshake_received", "/ws/chat", None),
        ("handshake_rejected", "/ws/chat", 403),
        ("request", "/api/nope", 404),
        ("request", "/nope", 404),
    ]
    assert told(rows[2], CLIENT_PORT, DURATION) == (34038, 180_000)
    assert UPGRADE.name not in rows[3]  # without Channels it prints handshakes as GET, too
    assert told(rows[3], TIME, TIME_MARKS, TIME_LACKS) == (datetime(2026, 11, 23, 8, 52, 44, tzinfo=UTC), "end", "zone")


def test_what_fails_under_runserver_has_a_time() -> None:
    incident = only_incident(
        "Internal Server Error: /chain", *CHAIN.split("\n"), '[23/Nov/2026 08:52:45] "GET /chain HTTP/1.1" 500 59717'
    )
    assert (incident.cause, incident.first_seen) == ("backend-error", datetime(2026, 11, 23, 8, 52, 45, tzinfo=UTC))


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("Not Found: /ws/chat", "/ws/chat"),
        ("Forbidden (CSRF cookie not set.): /login", "/login"),
        ("Method Not Allowed (GET): /only", "/only"),
        ("Internal Server Error: /chain\n" + CHAIN, "/chain"),
    ],
)
@pytest.mark.parametrize(
    ("form", "head"), [("django", ""), ("python_logging", "2026-11-23 08:39:36,408 WARNING  "), ("node_console", "")]
)
def test_djangos_reason_is_a_remark_on_a_path_and_no_second_request(
    form: str, head: str, line: str, target: str
) -> None:
    rows = [row for row in read(form, *(head + line).split("\n")) if TARGET.name in row]
    assert [told(row, KIND, TARGET) for row in rows] == [("message", target)]


@pytest.mark.parametrize(("form", "head"), [("django", ""), ("python_logging", "2026-11-23 08:39:36,408 WARNING  ")])
def test_django_names_the_method_that_a_view_does_not_take(form: str, head: str) -> None:
    row = one(form, f"{head}Method Not Allowed (GET): /only")
    assert told(row, KIND, METHOD, TARGET, STATUS) == ("message", "GET", "/only", None)


def test_djangos_origin_check_names_the_origin() -> None:
    row = one(
        "django",
        "Forbidden (Origin checking failed - https://evil.example does not match any trusted origins.): /login",
    )
    assert told(row, KIND, TARGET, ORIGIN) == ("message", "/login", "https://evil.example")


def test_channels_without_a_route_refuse_the_handshake_by_failing() -> None:
    line = "2026-11-23 08:39:31,196 ERROR    Exception inside application: No route found for path 'nope'."
    row = one("python_logging", line)
    assert told(row, KIND, TARGET, STATUS, LEVEL) == ("handshake_rejected", "/nope", 500, "error")


def test_tornado_prints_the_answer_and_before_it_the_reason() -> None:
    reason, answer = read(
        "tornado",
        "[W 261123 08:40:15 web:2106] 401 GET /ws/chat (127.0.0.1): invalid token: Not enough segments",
        "[W 261123 08:40:15 web:2591] 401 GET /ws/chat (127.0.0.1) 0.54ms",
    )
    assert told(reason, KIND, TARGET, STATUS) == ("message", "/ws/chat", 401)
    assert reason[MESSAGE.name] == "invalid token: Not enough segments"
    assert told(answer, KIND, METHOD, TARGET, STATUS, CLIENT, LEVEL) == (
        "request", "GET", "/ws/chat", 401, "127.0.0.1", "warning",
    )  # fmt: skip
    assert told(answer, TIME, TIME_MARKS, DURATION) == (datetime(2026, 11, 23, 8, 40, 15, tzinfo=UTC), "end", 540)


def test_tornado_prints_101_when_the_socket_opens() -> None:
    row = one("tornado", "[I 261123 08:39:23 web:2591] 101 GET /ws/events?since=1 (127.0.0.1) 0.37ms")
    assert told(row, KIND, TARGET, UPGRADE, TIME_MARKS) == (
        "handshake_accepted", "/ws/events?since=1", "websocket", "instant",
    )  # fmt: skip


def test_jupyter_notebook_wrote_the_time_of_day_alone() -> None:
    row = one(
        "tornado",
        "[W 22:31:20.357 NotebookApp] 400 GET /api/kernels/7/channels?session_id=0F (172.17.0.2) 12.69ms referer=None",
    )
    assert (row[STATUS.name], row[TARGET.name]) == (400, "/api/kernels/7/channels?session_id=0F")
    assert TIME.name not in row
    assert row[CLOCK.name] == datetime(1970, 1, 1, 22, 31, 20, 357000, tzinfo=UTC)
    assert row[TIME_LACKS.name] == "date"


def test_tornado_tells_the_host_of_a_request_that_broke() -> None:
    lines = f"""HTTPServerRequest(protocol='http', host='api.example.com', method='GET', uri='/x', version='HTTP/1.1')
{TRACEBACK}"""
    head = "[E 261123 08:39:27 web:2108] Uncaught exception GET /api/broken (127.0.0.1)"
    row = one("tornado", "\n    ".join([head, *lines.split("\n")]))
    assert told(row, KIND, TARGET, HOST, ERROR) == ("message", "/api/broken", "api.example.com", "KeyError")
    assert row[MESSAGE.name] == "Uncaught exception GET /api/broken (127.0.0.1): KeyError: 'price'"


def test_jupyter_prints_the_user_before_the_address() -> None:
    row = one("tornado", "[W 2026-11-21 07:24:08.025 ServerApp] 403 GET /api/kernels/7/channels (ada@10.0.0.7) 8.08ms")
    assert told(row, KIND, CLIENT, STATUS) == ("request", "10.0.0.7", 403)


def test_aiohttp_gives_the_time_at_which_the_request_began() -> None:
    row = one(
        "python_logging",
        'INFO:aiohttp.access:127.0.0.1 [21/Nov/2026:07:14:37 +0100] "GET /ws?a=1 HTTP/1.1" 400 0 "-" "probe/1.0"',
    )
    assert told(row, KIND, METHOD, TARGET, STATUS, CLIENT, USER_AGENT, LEVEL) == (
        "request", "GET", "/ws?a=1", 400, "127.0.0.1", "probe/1.0", "info",
    )  # fmt: skip
    assert told(row, TIME, TIME_MARKS, TIME_LACKS) == (datetime(2026, 11, 21, 6, 14, 37, tzinfo=UTC), "start", None)
    assert UPGRADE.name not in row  # it prints a refused handshake as GET


@pytest.mark.parametrize(
    "head",
    [
        "INFO:uvicorn.access:",
        "2026-11-21 07:14:37,102 INFO     ",
        "2026-11-21 07:14:37,102 - uvicorn.access - INFO - ",
        "2026-11-21 07:14:37 [INFO] uvicorn.access: ",
        "[2026-11-21 07:14:37,102] INFO ",
        "2026-11-21 07:14:37.102 | INFO     | uvicorn.protocols:send:12 - ",
    ],
)
def test_an_access_line_is_read_behind_every_usual_head(head: str) -> None:
    row = one("python_logging", head + '192.0.2.1:47908 - "WebSocket /ws" 403')
    assert told(row, KIND, TARGET, STATUS, CLIENT, CLIENT_PORT, LEVEL, UPGRADE) == (
        "handshake_rejected", "/ws", 403, "192.0.2.1", 47908, "info", "websocket",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("python_logging", "WARNING:items:Origin not allowed: https://evil.example"),
        ("uvicorn", "WARNING:  WebSocket connection rejected: origin https://evil.example not allowed"),
        ("uvicorn", "[2026-11-23 08:39:54 +0000] [7] [WARNING] Rejected WebSocket from origin https://evil.example"),
    ],
)
def test_words_without_a_path_are_a_remark_on_the_servers_own_line(form: str, line: str) -> None:
    assert told(one(form, line), KIND, ORIGIN, LEVEL) == ("message", "https://evil.example", "warning")


def test_flasks_line_behind_a_logging_head_has_its_time() -> None:
    row = one("python_logging", 'INFO:werkzeug:127.0.0.1 - - [23/Nov/2026 08:39:06] "GET /ws HTTP/1.1" 404 -')
    assert told(row, KIND, TIME, TIME_MARKS, TIME_LACKS) == (
        "request", datetime(2026, 11, 23, 8, 39, 6, tzinfo=UTC), "end", "zone",
    )  # fmt: skip


@pytest.mark.parametrize(("form", "head"), [("uvicorn", "INFO:     "), ("python_logging", "INFO:uvicorn.error:")])
@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("connection rejected (403 Forbidden)", ("message", None, None)),
        ("connection failed (400 Bad Request)", ("handshake_rejected", 400, "websocket")),
        ("connection rejected (426 Upgrade Required)", ("handshake_rejected", 426, "websocket")),
    ],
)
def test_uvicorns_second_line_is_a_remark_unless_the_handshake_has_no_other(
    form: str, head: str, line: str, meant: tuple[object, ...]
) -> None:
    assert told(one(form, head + line), KIND, STATUS, UPGRADE) == meant


def test_the_websockets_library_says_426_to_whoever_asks_plainly() -> None:
    row = one("python_logging", "INFO:websockets.server:connection rejected (426 Upgrade Required)")
    assert told(row, KIND, STATUS, UPGRADE) == ("message", None, None)


def test_uvicorns_second_line_is_no_call_of_the_backends_own() -> None:
    incident = only_incident(
        "WARNING:items:WebSocket connection rejected: origin https://fleet.example not allowed",
        "INFO:uvicorn.error:('127.0.0.1', 39872) - \"WebSocket /ws/chat\" 403",
        "INFO:uvicorn.error:connection rejected (403 Forbidden)",
    )
    assert (incident.cause, incident.target.path) == ("origin-rejected", "/ws/chat")
    assert not incident.consequences


def test_hypercorn_leaves_unknown_what_a_refused_get_was() -> None:
    stamp = "[2026-11-23 08:39:07 +0000] [26142] [INFO] "
    opened, refused = read(
        "uvicorn",
        stamp + '127.0.0.1:51616 - - [23/Nov/2026:08:39:06 +0000] "GET /ws/chat 1.1" 101 - "-" "probe/1.0"',
        stamp + '127.0.0.1:51636 - - [23/Nov/2026:08:39:07 +0000] "GET /nope 1.1" 403 - "-" "probe/1.0"',
    )
    assert told(opened, KIND, TARGET, UPGRADE, CLIENT_PORT) == ("handshake_accepted", "/ws/chat", "websocket", 51616)
    assert told(refused, KIND, TARGET, STATUS, UPGRADE, USER_AGENT) == ("request", "/nope", 403, None, "probe/1.0")


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("[2026-11-23 08:52:01 +0000] [14979] [CRITICAL] WORKER TIMEOUT (pid:14985)", "critical"),
        (
            "[2026-11-23 08:52:08 +0000] [15181] [ERROR] Worker (pid:1) was sent SIGKILL! Perhaps out of memory?",
            "error",
        ),
        ("[2026-11-23 08:52:25 +0000] [16136] [INFO] Worker exiting (pid: 16136)", "info"),
    ],
)
def test_gunicorn_tells_of_its_workers(line: str, level: str) -> None:
    row = one("uvicorn", line)
    assert told(row, KIND, LEVEL) == ("message", level)
    assert row[MESSAGE.name] == line.split("] ", 3)[-1]


def test_gunicorn_names_the_request_that_broke() -> None:
    row = one("uvicorn", f"[2026-11-21 07:14:23 +0000] [7] [ERROR] Error handling request GET /ws\n{TRACEBACK}")
    assert told(row, KIND, METHOD, TARGET, ERROR) == ("message", "GET", "/ws", "KeyError")


@pytest.mark.parametrize(
    ("form", "head", "said"),
    [
        ("uvicorn", "ERROR:    ", "Exception in ASGI application"),
        ("uvicorn", "[2026-11-23 08:39:02 +0000] [7] [ERROR] ", "Exception in worker process"),
        ("python_logging", "ERROR:aiohttp.server:", "Error handling request from 127.0.0.1"),
        ("python_logging", "2026-11-23 08:39:35,807 ERROR    ", "Internal Server Error: /api/broken"),
    ],
)
def test_a_traceback_is_one_record_that_ends_in_its_exception(form: str, head: str, said: str) -> None:
    row = one(form, f"{head}{said}\n{TRACEBACK}")
    assert told(row, LEVEL, ERROR) == ("error", "KeyError")
    assert row[MESSAGE.name] == f"{said}: KeyError: 'price'"


def test_a_chain_of_exceptions_is_one_record_that_ends_in_the_last() -> None:
    row = one("uvicorn", f"ERROR:    Exception in ASGI application\n{CHAIN}")
    assert row[MESSAGE.name] == "Exception in ASGI application: RuntimeError: cannot price"


def test_an_exception_that_is_not_called_error_ends_its_traceback_too() -> None:
    said = "Invalid HTTP_HOST header: 'backend:8000'. You may need to add 'backend' to ALLOWED_HOSTS."
    frames = 'Traceback (most recent call last):\n  File "/x.py", line 1, in f\n    raise DisallowedHost(msg)'
    stack = f"{frames}\ndjango.core.exceptions.DisallowedHost: {said}"
    row = one("python_logging", f"2026-11-23 08:40:26,035 ERROR    {said}\n{stack}")
    assert told(row, ERROR, MESSAGE) == ("DisallowedHost", said.removesuffix("."))


def test_daphne_says_where_it_listens() -> None:
    row = one("python_logging", "2026-11-23 08:39:29,194 INFO     Listening on TCP address 127.0.0.1:22100")
    assert told(row, KIND, PORT) == ("listening", 22100)


def test_eventlet_names_the_peer_that_it_accepted() -> None:
    row = one("werkzeug", "(22425) accepted ('127.0.0.1', 52712)")
    assert told(row, KIND, CLIENT, CLIENT_PORT) == ("message", "127.0.0.1", 52712)


@pytest.mark.parametrize(("form", "head"), [("django", ""), ("python_logging", "2026-11-23 08:40:26,035 ERROR    ")])
def test_the_host_that_django_refuses_is_told(form: str, head: str) -> None:
    said = "Invalid HTTP_HOST header: 'backend:8000'. You may need to add 'backend' to ALLOWED_HOSTS."
    assert told(one(form, f"{head}{said}"), KIND, HOST, PORT) == ("message", "backend", 8000)


def test_the_hosts_that_jupyter_refuses_are_told() -> None:
    head = "[W 2026-11-21 07:24:11.637 ServerApp] "
    local = one("tornado", f"{head}Blocking request with non-local 'Host' lab.example (lab.example:8888).")
    assert told(local, KIND, HOST, PORT) == ("message", "lab.example", 8888)
    crossed = "Blocking Cross Origin WebSocket Attempt.  Origin: http://a.example, Host: b.example:8888"
    assert told(one("tornado", head + crossed), HOST, PORT, ORIGIN) == ("b.example", 8888, "http://a.example")


def test_jupyter_says_below_that_it_runs_where() -> None:
    head = "[I 2026-11-21 07:24:00.911 ServerApp] "
    running, url, other = read(
        "tornado",
        f"{head}Jupyter Server 2.21.1 is running at:",
        f"{head}http://127.0.0.1:21050/?token=...",
        f"{head}http://127.0.0.1:21051/?token=...",
    )
    assert running[KIND.name] == other[KIND.name] == "message"
    assert told(url, KIND, SCHEME, HOST, PORT) == ("listening", "http", "127.0.0.1", 21050)


@pytest.mark.parametrize(("referer", "read_as"), [("None", None), ("https://a.example/lab", "https://a.example/lab")])
def test_jupyter_names_the_page_that_a_request_came_from(referer: str, read_as: str | None) -> None:
    line = f"[W 2026-11-21 07:24:08.025 ServerApp] 403 GET /api/kernels (@127.0.0.1) 8.08ms referer={referer}"
    assert one("tornado", line).get(REFERRER.name) == read_as


@pytest.mark.parametrize("target", ['/q?token="a"', '/q?a="b" c="d"', '/q?"', '/"x"'])
def test_a_target_may_hold_quotes(target: str) -> None:
    for form, head in (("uvicorn", "INFO:     "), ("python_logging", "INFO:uvicorn.access:")):
        row = one(form, f'{head}127.0.0.1:50264 - "GET {target} HTTP/1.1" 404 Not Found')
        assert told(row, KIND, TARGET, STATUS) == ("request", target, 404)


def test_a_traceback_that_is_cut_before_its_exception_names_none() -> None:
    cut = TRACEBACK.rpartition("\n")[0]
    for text in (cut, cut.rpartition("\n")[0]):
        row = one("uvicorn", f"ERROR:    Exception in ASGI application\n{text}")
        assert told(row, ERROR, MESSAGE) == (None, "Exception in ASGI application")


def test_an_exception_of_any_name_ends_a_traceback_at_its_edge() -> None:
    """tornado indents tracebacks."""
    stack = TRACEBACK.replace("KeyError: 'price'", "NoPrice: of the tea").replace("\n", "\n    ")
    row = one("tornado", f"[E 261123 08:39:27 web:2108] Uncaught exception GET /api/broken (127.0.0.1)\n    {stack}")
    assert told(row, ERROR) == ("NoPrice",)


@pytest.mark.parametrize(
    ("line", "client", "port"),
    [
        ("WARNING:items:Invalid token from 127.0.0.1: Signature has expired", "127.0.0.1", None),
        ("INFO:items:Client 127.0.0.1 joined the chat", "127.0.0.1", None),
        ("ERROR:aiohttp.server:Error handling request from [2001:db8::7]:40236", "2001:db8::7", 40236),
        ("INFO:items:read 12 rows from 10.0.0.7", None, None),
        ("ERROR:items:failed to connect to 10.0.0.7:6379 for a client", None, None),
    ],
)
def test_a_sentence_names_the_peer_where_it_speaks_of_one(line: str, client: str | None, port: int | None) -> None:
    assert told(one("python_logging", line), CLIENT, CLIENT_PORT) == (client, port)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-11-21 07:14:16.123 | INFO     | app.main:lifespan:12 - connected to redis", "connected to redis"),
        ("[2026-11-21 07:14:16,123] INFO in app: ready", "ready"),
        ('INFO 2026-11-21 07:14:16,123 basehttp 123 140 "GET /ws HTTP/1.1" 404 1798', '"GET /ws HTTP/1.1" 404 1798'),
        ("2026-11-21 07:14:16,123 INFO in short: 12 34 failed", "in short: 12 34 failed"),
        ("INFO:app:processed 10 20 rows", "processed 10 20 rows"),
    ],
)
def test_what_a_head_tells_of_the_program_is_no_word_of_its(line: str, said: str) -> None:
    assert one("python_logging", line)[MESSAGE.name] == said
