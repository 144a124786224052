"""What Node programs print: how they die, what engine.io refuses, what pino and morgan tell of a request."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer.bundle import open_bundle
from analyzer.events import read_events
from analyzer.schema import (
    CLIENT,
    CLIENT_PORT,
    DURATION,
    ERROR,
    HOST,
    KIND,
    LAST_LINE,
    LEVEL,
    LINE,
    MESSAGE,
    METHOD,
    ORIGIN,
    PORT,
    START,
    STATUS,
    TARGET,
    TIME,
    Kind,
)
from analyzer.sources import recognise
from tests.formats.reading import read
from tests.rules_told.pasting import pasted


def console(*lines: str) -> dict[str, object]:
    (row,) = read("node_console", *lines)
    return row


DIED = """/app/contract/shop.js:25
    throw new Error('payment gateway returned no receipt');
    ^

Error: payment gateway returned no receipt
    at Immediate.<anonymous> (/app/contract/shop.js:25:11)
    at process.processImmediate (node:internal/timers:483:21)

Node.js v20.20.2"""

TAKEN = """node:events:502
      throw er; // Unhandled 'error' event
      ^

Error: listen EADDRINUSE: address already in use 127.0.0.1:3001
    at Server.setupListenHandle [as _listen2] (node:net:1908:16)
Emitted 'error' event on Server instance at:
    at emitErrorNT (node:net:1944:8)
    at process.processTicksAndRejections (node:internal/process/task_queues:82:21) {
  code: 'EADDRINUSE',
  port: 3001
}

Node.js v20.20.2"""

REJECTED = """node:internal/process/promises:389
      new UnhandledPromiseRejection(reason);
      ^

UnhandledPromiseRejection: This error originated either by throwing inside of an async function without a catch block
    at throwUnhandledRejectionsMode (node:internal/process/promises:389:7) {
  code: 'ERR_UNHANDLED_REJECTION'
}

Node.js v20.20.2"""

STACK = """TypeError: Cannot read properties of undefined (reading 'items')
    at basketTotal (/app/contract/shop.js:19:17)
    at next (/app/node_modules/router/lib/route.js:163:13)"""


@pytest.mark.parametrize("last_words", [DIED, TAKEN, REJECTED], ids=["error", "port", "promise"])
def test_what_node_prints_when_it_dies_is_one_record(last_words: str) -> None:
    lines = ["📥 GET /ws 404 1ms", *last_words.split("\n"), "[nodemon] app crashed - waiting for file changes"]
    before, died, after = read("node_console", *lines)
    assert (before[KIND.name], after[KIND.name]) == ("request", "message")
    assert lines[5] in str(died[MESSAGE.name])


def test_a_port_that_is_taken_is_told_by_its_error() -> None:
    assert console(*TAKEN.split("\n"))[ERROR.name] == "EADDRINUSE"


def test_a_program_that_could_not_start_left_a_log(tmp_path: Path) -> None:
    assert [(row[LINE.name], row[LAST_LINE.name]) for row in events(tmp_path, TAKEN)] == [(1, 14)]


def test_a_stack_is_a_record_of_its_own_and_does_not_hang_on_the_request_before_it() -> None:
    request, error = read("node_console", "📥 GET /api/broken 500 3ms", *STACK.split("\n"))
    assert (request[TARGET.name], request[STATUS.name]) == ("/api/broken", 500)
    assert (error[ERROR.name], error[MESSAGE.name]) == ("TypeError", STACK.partition("\n")[0])


def test_a_stack_goes_with_the_error_line_that_it_belongs_to() -> None:
    nest = "[Nest] 3712  - 11/21/2026, 7:25:33 AM   ERROR [WebSocketsController] Upgrade refused"
    assert "TypeError" in str(console(nest, *STACK.split("\n"))[MESSAGE.name])


def test_pythons_exception_still_ends_its_traceback() -> None:
    (row,) = read(
        "uvicorn", "ERROR:    Exception in ASGI application", "Traceback (most recent call last):",
        '  File "/app/main.py", line 7, in items', "    return basket.items", "AttributeError: 'NoneType'",
    )  # fmt: skip
    assert str(row[MESSAGE.name]).startswith("Exception in ASGI application")


def engine(code: int, message: str, context: str, url: str) -> dict[str, object]:
    head = f"[socket.io] connection_error {{\n  code: {code},\n  message: '{message}',"
    return console(*f"{head}\n  context: {context},\n  url: '{url}'\n}}".split("\n"))


POLLING = "/socket.io/?EIO=4&transport=polling&sid=4R2jE6GrHypjZYVNAAAA"
SOCKET = "/socket.io/?EIO=4&transport=websocket"


def test_a_session_that_another_worker_opened_is_a_request_that_failed() -> None:
    row = engine(1, "Session ID unknown", "{ sid: '4R2jE6GrHypjZYVNAAAA' }", POLLING)
    assert (row[KIND.name], row[TARGET.name], row[STATUS.name]) == ("request", POLLING, 400)


def test_an_unknown_session_on_a_websocket_is_a_refused_handshake() -> None:
    row = engine(1, "Session ID unknown", "{ sid: 'zzz' }", f"{SOCKET}&sid=zzz")
    assert (row[KIND.name], row[STATUS.name]) == ("handshake_rejected", 400)


def test_a_websocket_transport_without_upgrade_is_a_handshake_that_lost_it() -> None:
    row = engine(3, "Bad request", "{ name: 'TRANSPORT_HANDSHAKE_ERROR' }", SOCKET)
    assert (row[KIND.name], row[TARGET.name]) == ("upgrade_missing", SOCKET)
    row = console(f'2026-11-23T08:39:29.641Z engine handling "GET" http request "{SOCKET}"')
    assert (row[KIND.name], row[TARGET.name], row[METHOD.name]) == ("upgrade_missing", SOCKET, "GET")


def test_a_session_that_polls_and_upgrades_in_vain_lost_its_upgrade() -> None:
    """Recorded behind `location / { proxy_pass http://127.0.0.1:3003; }`."""
    context = "{\n    name: 'TRANSPORT_MISMATCH',\n    transport: 'websocket',\n    previousTransport: 'polling'\n  }"
    row = engine(3, "Bad request", context, f"{SOCKET}&sid=pdSOkEh2doQ038-YAAAA")
    assert (row[KIND.name], row[STATUS.name]) == ("upgrade_missing", 400)


def test_an_origin_that_allow_request_refuses_is_told_with_its_path() -> None:
    row = engine(4, "Forbidden", "{ message: 'origin not allowed: https://evil.example.net' }", SOCKET)
    assert (row[KIND.name], row[ORIGIN.name], row[TARGET.name]) == (
        "origin_rejected",
        "https://evil.example.net",
        SOCKET,
    )


def test_engines_debug_lines_tell_time_method_and_path() -> None:
    row = console(f'2026-11-23T08:39:19.612Z engine handling "POST" http request "{POLLING}"')
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name]) == ("message", "POST", POLLING)
    assert row[TIME.name] == datetime(2026, 11, 23, 8, 39, 19, 612000, tzinfo=UTC)


def test_debug_lines_of_a_screen_are_a_record_each() -> None:
    lines = ['  engine intercepting request for path "/socket.io/" +0ms', '  engine unknown sid "zzz" +3ms']
    assert len(read("node_console", *lines)) == len(lines)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("[socket.io] client connected W9aft648T0MtGJLJAAAA (polling)", "message"),
        ("[socket.io] client connected W9aft648T0MtGJLJAAAA (websocket)", "handshake_accepted"),
        ("A user connected: W9aft648T0MtGJLJAAAA", "message"),
        ("User connected W9aft648T0MtGJLJAAAA", "message"),
        ("New client connected to /ws/chat", "handshake_accepted"),
    ],
)
def test_a_socket_io_session_is_no_websocket_yet(line: str, kind: str) -> None:
    assert console(line)[KIND.name] == kind


@pytest.mark.parametrize(
    ("line", "microseconds"),
    [
        ("GET /api/slow?s=1 200 1001.007 ms - -", 1_001_007),
        ("📥 GET /api/slow?s=1 200 1002ms", 1_002_000),
        ("127.0.0.1 - GET /api/slow?s=1 HTTP/1.1 200 - - 1002.301 ms", 1_002_301),
    ],
)
def test_morgan_tells_how_long_the_answer_took(line: str, microseconds: int) -> None:
    row = console(line)
    assert (row[TARGET.name], row[STATUS.name], row[DURATION.name]) == ("/api/slow?s=1", 200, microseconds)


def test_an_answer_with_time_and_duration_began_that_much_earlier(tmp_path: Path) -> None:
    (row,) = events(tmp_path, "[2026-11-23T08:38:33.334Z] 📥 GET /v2/api/slow?s=1 200 1005ms")
    assert row[START.name] == datetime(2026, 11, 23, 8, 38, 32, 329000, tzinfo=UTC)


def pino(*lines: str) -> dict[str, object]:
    (row,) = read("json_lines", *lines)
    return row


def test_the_error_that_pino_adds_is_part_of_its_words() -> None:
    row = pino(
        '{"level":40,"time":1795423119034,"pid":1,"hostname":"api-1","module":"websocket","url":"/ws/chat?token=x","err":'
        '{"type":"JsonWebTokenError","message":"invalid signature","stack":"JsonWebTokenError: invalid signature\\n'
        '    at /app/node_modules/jsonwebtoken/verify.js:171:19"},"msg":"WebSocket authentication failed"}'
    )
    assert row[MESSAGE.name] == "WebSocket authentication failed: JsonWebTokenError: invalid signature"
    assert (row[KIND.name], row[TARGET.name], row[ERROR.name], row[LEVEL.name]) == (
        "handshake_rejected",
        "/ws/chat?token=x",
        "JsonWebTokenError",
        "warn",
    )


def test_an_error_that_is_the_message_is_said_once() -> None:
    row = pino('{"level":60,"time":1,"err":{"type":"TokenExpiredError","message":"jwt expired"},"msg":"jwt expired"}')
    assert row[MESSAGE.name] == "TokenExpiredError: jwt expired"
    row = pino('{"level":"error","ts":1.5,"msg":"dial failed: no route","error":"no route"}')
    assert row[MESSAGE.name] == "dial failed: no route"


def events(folder: Path, text: str) -> list[dict[str, object]]:
    (folder / "api.log").write_text(f"{text}\n", encoding="utf-8")
    with open_bundle([str(folder / "api.log")]) as bundle:
        return read_events(recognise(bundle)).kept.sort(LINE.name).to_dicts()


def test_lines_that_pm2_collected_are_read_behind_its_prefix(tmp_path: Path) -> None:
    lines = [
        "\x1b[2m\x1b[90m08:52:32 \x1b[39m\x1b[22m\x1b[32m0|api  | \x1b[39mServer is running on port 5056",
        "0|api  | WebSocket upgrade request: { pathname: '/ws/chat', origin: 'https://app.example.com' }",
        "1|api  | ❌ Unknown WebSocket path: /ws/nope",
        "PM2    | App [api:0] exited with code [1] via signal [SIGINT]",
    ]
    listening, received, refused, exited = events(tmp_path, "\n".join(lines))
    assert listening[PORT.name] == 5056
    assert (received[TARGET.name], refused[TARGET.name]) == ("/ws/chat", "/ws/nope")
    assert exited[MESSAGE.name] == "App [api:0] exited with code [1] via signal [SIGINT]"


def test_npm_tells_its_level() -> None:
    assert console("npm ERR! code ELIFECYCLE")[LEVEL.name] == "error"


def fastify(number: str, **told: object) -> str:
    return json.dumps({"level": 30, "time": 1795912454768, "reqId": number, **told})


def test_fastifys_lines_of_one_request_are_one_request_with_its_path_and_answer() -> None:
    refused = {"res": {"statusCode": 401}, "err": {"type": "JsonWebTokenError", "message": "invalid signature"}}
    rows = read(
        "json_lines",
        fastify("req-4", req={"method": "GET", "url": "/ws/chat", "host": "x.test"}, msg="incoming request"),
        fastify("req-4", **refused, msg="invalid signature"),
        fastify("req-5", req={"method": "GET", "url": "/health", "host": "x.test"}, msg="incoming request"),
        fastify("req-4", res={"statusCode": 401}, responseTime=7.8, msg="request completed"),
    )
    assert [row.get(TARGET.name) for row in rows] == ["/ws/chat", "/ws/chat", "/health", "/ws/chat"]
    assert [row[KIND.name] == Kind.REQUEST for row in rows] == [False, False, False, True]
    assert (rows[3][STATUS.name], rows[3][METHOD.name]) == (401, "GET")


def test_a_number_that_a_restarted_program_gives_again_is_another_request() -> None:
    asked = (fastify("req-1", req={"method": "GET", "url": f"/{name}"}, msg="incoming request") for name in "ab")
    done = fastify("req-1", res={"statusCode": 200}, responseTime=7.8, msg="request completed")
    rows = read("json_lines", next(asked), done, next(asked), done)
    assert [row[TARGET.name] for row in rows if row[KIND.name] == Kind.REQUEST] == ["/a", "/b"]


NEST = """[Nest] 996  - 11/29/2026, 4:23:50 AM     LOG [NestApplication] Nest application successfully started +2ms
[Nest] 996  - 11/29/2026, 4:23:51 AM   ERROR [ChatGateway] Error: Unknown WebSocket path: /live/ws
    at ChatGateway.verify (/tmp/chat-api/nest/nest.js:61:13)
[Nest] 996  - 11/29/2026, 4:23:52 AM   ERROR [ChatGateway] UnauthorizedError: Origin https://fleet.example not allowed
UnauthorizedError: Origin https://fleet.example not allowed
    at ChatGateway.verify (/tmp/chat-api/nest/nest.js:64:13)"""


def test_a_line_of_nest_that_tells_of_an_error_is_a_record_of_its_own() -> None:
    rows = read("nest", *NEST.split("\n"))
    assert [row[KIND.name] for row in rows] == ["message", "handshake_rejected", "origin_rejected"]
    assert (rows[0][MESSAGE.name], rows[1][TARGET.name]) == ("Nest application successfully started", "/live/ws")


def test_each_error_that_nest_tells_of_is_a_cause_at_its_own_line() -> None:
    said = {incident.cause: incident.evidence[0].line for incident in pasted(*NEST.split("\n")).incidents}
    assert said == {"origin-rejected": 4, "backend-route-missing": 2}


def test_the_port_of_a_call_is_not_the_port_of_the_request_that_made_it() -> None:
    asked = {"method": "GET", "url": "/api/items", "headers": {"host": "shop.example.com"}}
    failed = {"type": "Error", "message": "connect ECONNREFUSED 127.0.0.1:6379", "code": "ECONNREFUSED"}
    told = {"level": 50, "time": 1795912454768, "req": asked, "res": {"statusCode": 500}, "err": failed}
    (row,) = read("json_lines", json.dumps({**told, "responseTime": 3, "msg": "request errored"}))
    assert (row[KIND.name], row[HOST.name], row[STATUS.name]) == ("request", "shop.example.com", 500)
    assert PORT.name not in row
    (call,) = read("json_lines", json.dumps({"level": 50, "time": 1795912454768, "err": failed, "msg": "cache failed"}))
    assert (call[KIND.name], call[HOST.name], call[PORT.name]) == ("call_failed", "127.0.0.1", 6379)


def test_what_winston_keeps_in_logstashs_fields_is_told_as_well() -> None:
    fields = {"level": "info", "origin": "https://app.example.com", "pathname": "/ws/chat", "upgrade": "websocket"}
    (row,) = read("json_lines", json.dumps({"@fields": fields, "@message": "WebSocket upgrade request"}))
    assert (row[KIND.name], row[TARGET.name], row[ORIGIN.name]) == (
        "handshake_received", "/ws/chat", "https://app.example.com",
    )  # fmt: skip


def test_pino_tells_the_port_of_the_peer() -> None:
    asked = {"method": "GET", "url": "/ws", "remoteAddress": "127.0.0.1", "remotePort": 37400}
    told = {"level": 30, "time": 1795245454658, "req": asked, "res": {"statusCode": 404}, "responseTime": 2}
    (row,) = read("json_lines", json.dumps({**told, "msg": "request completed"}))
    assert (row[CLIENT.name], row[CLIENT_PORT.name]) == ("127.0.0.1", 37400)


def test_engine_ios_version_in_a_query_is_no_errno() -> None:
    (row,) = read("node_console", f'2026-11-23T08:39:12.013Z engine handling "GET" http request "{POLLING}"')
    assert ERROR.name not in row


@pytest.mark.parametrize(
    "said",
    [
        "Missing or invalid Sec-WebSocket-Key header",
        "Missing or invalid Sec-WebSocket-Version header",
        "Invalid Sec-WebSocket-Protocol header",
        "Invalid or unacceptable Sec-WebSocket-Extensions header",
        "Invalid HTTP method",
    ],
)
def test_what_ws_tells_its_listener_is_a_refused_handshake_that_the_listener_answers(said: str) -> None:
    row = pino(json.dumps({"level": 50, "time": 1795245458629, "msg": "wsClientError", "err": {"message": said}}))
    assert (row[KIND.name], row.get(STATUS.name)) == ("handshake_rejected", None)


def test_an_upgrade_that_ws_finds_invalid_is_missing() -> None:
    assert console("wsClientError: Error: Invalid Upgrade header")[KIND.name] == "upgrade_missing"


@pytest.mark.parametrize(("url", "status"), [(POLLING.partition("&sid")[0], 403), (SOCKET, 400)])
def test_engine_forbids_a_request_with_403_and_an_upgrade_with_400(url: str, status: int) -> None:
    for why in ("origin not allowed: https://evil.example.net", "no token"):
        row = engine(4, "Forbidden", f"{{ message: '{why}' }}", url)
        assert (row[STATUS.name], row[METHOD.name]) == (status, "GET")


def test_engine_names_the_method_that_opens_no_session() -> None:
    row = engine(2, "Bad handshake method", "{ method: 'POST' }", "/socket.io/?EIO=4&transport=polling")
    assert (row[KIND.name], row[METHOD.name], row[STATUS.name]) == ("request", "POST", 400)


def test_engine_asks_for_get_before_all_that_it_finds_in_a_first_request() -> None:
    assert engine(3, "Bad request", "{ name: 'TRANSPORT_HANDSHAKE_ERROR' }", SOCKET)[METHOD.name] == "GET"
    assert METHOD.name not in engine(1, "Session ID unknown", "{ sid: 'zzz' }", POLLING)


def test_the_code_that_an_error_of_node_bears_names_it() -> None:
    assert console(*REJECTED.split("\n"))[ERROR.name] == "ERR_UNHANDLED_REJECTION"
    missing = REJECTED.replace("ERR_UNHANDLED_REJECTION", "MODULE_NOT_FOUND")
    assert console(*missing.split("\n"))[ERROR.name] == "MODULE_NOT_FOUND"
    assert console("WebSocket closed { code: 'NORMAL', reason: '' }").get(ERROR.name) is None


@pytest.mark.parametrize(
    "line",
    [
        "❌ Authentication failed for /api/items?page=2: TokenExpiredError: jwt expired",
        "[auth] /api/items?page=2 refused: TokenExpiredError: jwt expired",
    ],
)
def test_whose_credentials_were_refused_is_told(line: str) -> None:
    row = console(line)
    assert (row[KIND.name], row[TARGET.name], row[ERROR.name]) == ("message", "/api/items?page=2", "TokenExpiredError")


def test_an_error_below_a_single_line_of_pino_pretty_is_told_with_it() -> None:
    fields = json.dumps({"req": {"method": "GET", "url": "/api/call"}, "res": {"statusCode": 502}, "responseTime": 9})
    below = """    err: {
      "type": "FetchError",
      "message": "connect refused",
      "stack":
          FetchError: connect refused
              at onResFinished (/app/node_modules/pino-http/logger.js:115:39)
      "code": "ECONNREFUSED"
    }"""
    head = f"[2026-11-29 04:16:54.855] INFO: request errored {fields}"
    (row,) = read("pino_pretty", head, *below.split("\n"))
    assert (row[KIND.name], row[TARGET.name], row[STATUS.name]) == ("request", "/api/call", 502)
    assert (row[ERROR.name], row[MESSAGE.name]) == ("ECONNREFUSED", "request errored: FetchError: connect refused")
