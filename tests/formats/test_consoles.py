"""What programs and browsers say on their consoles, as the founding incidents had it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.schema import (
    ALLOWED_ORIGINS,
    CLIENT,
    CLIENT_PORT,
    CLOSE_CODE,
    DURATION,
    ERROR,
    HOST,
    KIND,
    LEVEL,
    METHOD,
    ORIGIN,
    PORT,
    SCHEME,
    STATUS,
    TARGET,
    TIME,
    UPGRADE,
)
from tests.formats.reading import read
from tests.rules_told.pasting import nginx_says, only_incident


def console(*lines: str) -> dict[str, object]:
    (row,) = read("node_console", *lines)
    return row


RECEIVED = "WebSocket upgrade request: { pathname: '/audio-stream', origin: 'https://app.example.com' }"


@pytest.mark.parametrize("before", ["", "🔌 ", "[WebSocket] ", "🔌 [SERVER] ", "2026-11-21T07:17:33.342Z info: "])
def test_an_upgrade_request_tells_its_path_whatever_stands_before(before: str) -> None:
    row = console(before + RECEIVED)
    assert (row[KIND.name], row[TARGET.name]) == ("handshake_received", "/audio-stream")
    assert row[ORIGIN.name] == "https://app.example.com"


def test_an_upgrade_request_over_many_lines_tells_the_same() -> None:
    row = console("🔌 WebSocket upgrade request: {", "  pathname: '/audio-stream',", "  origin: 'https://a.test'", "}")
    assert (row[KIND.name], row[TARGET.name], row[ORIGIN.name]) == (
        "handshake_received",
        "/audio-stream",
        "https://a.test",
    )


def test_a_header_that_was_looked_for_and_not_there_is_known_to_be_missing() -> None:
    assert console("WebSocket upgrade request: { pathname: '/ws', upgrade: undefined }")[UPGRADE.name] == ""


def test_a_sketched_object_is_read_as_far_as_it_goes() -> None:
    assert console("🔌 WebSocket upgrade request: { pathname: '/call-events', ... }")[TARGET.name] == "/call-events"
    assert console("[WebSocket] Origin not allowed { origin, allowedOrigins }")[KIND.name] == "origin_rejected"


def test_a_torn_object_is_read_as_far_as_it_goes() -> None:
    assert console("WebSocket upgrade request: {", "  pathname: '/ws',", "  headers: {")[TARGET.name] == "/ws"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("✅ Upgrading to call-events WebSocket", "handshake_accepted"),
        ("👋 New client connected to call events WebSocket", "handshake_accepted"),
        ("🎧 Telnyx audio stream connected", "handshake_accepted"),
        ("👤 Frontend client connected to audio stream", "handshake_accepted"),
        ("📡 Broadcasting to 0 clients", "nobody_connected"),
        ("🔌 [SERVER] New WebSocket connection to /demo", "handshake_accepted"),
        ("📤 [SERVER] Sending test message to client...", "message"),
        ("✅ [CLIENT] WebSocket connected successfully", "opened"),
        ("❌ [CLIENT] WebSocket is not open: readyState 0 (CONNECTING)", "message"),
        ("❌ [CLIENT] WebSocket could not be opened", "message"),
        ("⏳ [CLIENT] waiting to be connected: ws did not get connected", "message"),
        ("❌ [CLIENT] ws connected: false", "message"),
        ("❌ [CLIENT] WebSocket closed: 1006, never opened", "closed"),
        ("[WebSocket] /ws/live-calls upgrade successful, emitting connection event", "handshake_accepted"),
        ("[WebSocket] Handling /ws/live-calls upgrade", "message"),
        ("Client connected { remoteAddress: '192.0.2.9', origin: 'https://voxanne.ai' }", "handshake_accepted"),
        ("❌ Unknown WebSocket path: /nope", "handshake_rejected"),
        ("Redis client connected", "message"),
        ("WebSocket client not connected", "message"),
        ("Broadcasting to 10 clients", "message"),
        ("Server listening on port 5006", "listening"),
        ("retrying failed job after 500 ms", "message"),
        ("failed to open port 443", "message"),
        ("the origin of the species", "message"),
        ("WebSocket closed { code: 1000, reason: '' }", "closed"),
    ],
)
def test_words_make_the_kind(line: str, kind: str) -> None:
    assert console(line)[KIND.name] == kind


@pytest.mark.parametrize(
    "line",
    [
        "suppression_start failed: Request failed with status code 422",
        "⚠️ suppression_start failed (422)",
        "suppression_start failed { status: 422 }",
        "HTTP 422 on suppression_start",
    ],
)
def test_a_call_that_somebody_refused_tells_the_status(line: str) -> None:
    row = console(line)
    assert (row[KIND.name], row[STATUS.name]) == ("call_failed", 422)


def test_a_phone_that_dials_itself_tells_where_it_dialled() -> None:
    row = console("[ERROR] Failed to connect to localhost:8000")
    assert (row[KIND.name], row[HOST.name], row[PORT.name], row[LEVEL.name]) == (
        "call_failed",
        "localhost",
        8000,
        "error",
    )


def test_a_request_in_a_sentence_is_a_request() -> None:
    row = console("[ERROR] POST /streaming/session - 404 Not Found")
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name], row[STATUS.name]) == (
        "request",
        "POST",
        "/streaming/session",
        404,
    )


@pytest.mark.parametrize(
    ("lines", "origin"),
    [
        (["[WebSocket] Origin not allowed { origin: 'https://a.test', allowedOrigins: [] }"], "https://a.test"),
        (["Request origin not allowed: http://h:15151"], "http://h:15151"),
        (["websocket: request origin not allowed by Upgrader.CheckOrigin"], None),
        (["Cross origin websockets not allowed"], None),
        (["Blocking Cross Origin WebSocket Attempt.  Origin: http://a.test, Host: b.test:8888"], "http://a.test"),
        (["Origin https://a.test not allowed"], "https://a.test"),
        (["❌ Rejected WebSocket connection from origin: https://a.test"], "https://a.test"),
        (
            [
                "[error] Could not check origin for Phoenix.Socket transport.",
                "",
                "    Origin of the request: https://a.test",
            ],
            None,
        ),
    ],
)
def test_a_refused_origin_is_told_in_every_frameworks_words(lines: list[str], origin: str | None) -> None:
    row = read("node_console", *lines)[0]
    assert (row[KIND.name], row.get(ORIGIN.name)) == ("origin_rejected", origin)


def test_aspnet_names_the_origin_that_cors_does_not_permit() -> None:
    head = "info: Microsoft.AspNetCore.Cors.Infrastructure.CorsService[5]"
    said = "      Request origin https://evil.example does not have permission to access the resource."
    (row,) = read("aspnet", head, said)
    assert (row[KIND.name], row[ORIGIN.name]) == ("message", "https://evil.example")


def test_the_allow_list_is_a_list() -> None:
    row = console(
        "Origin not allowed {",
        "  origin: 'https://a.test',",
        "  allowedOrigins: [ 'https://b.test', 'http://localhost:3000' ]",
        "}",
    )
    assert row[ALLOWED_ORIGINS.name] == ["https://b.test", "http://localhost:3000"]


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("[2025-01-13 09:45:22] WARNING: Worker timeout", datetime(2025, 1, 13, 9, 45, 22, tzinfo=UTC)),
        ("2026-11-21T07:17:33.342Z info: ws", datetime(2026, 11, 21, 7, 17, 33, 342000, tzinfo=UTC)),
        ("2026-11-21 09:17:33,342+02:00 ERROR: ws", datetime(2026, 11, 21, 7, 17, 33, 342000, tzinfo=UTC)),
        ("2026-11-21T07:17:33.123456789Z x", datetime(2026, 11, 21, 7, 17, 33, 123456, tzinfo=UTC)),
        ("[Nest] 31882  - 11/21/2026, 7:23:59 AM     LOG [X] y", datetime(2026, 11, 21, 7, 23, 59, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_however_it_is_written(line: str, moment: datetime) -> None:
    assert console(line)[TIME.name] == moment


def test_a_line_without_a_time_has_none() -> None:
    assert TIME.name not in console("✅ Upgrading to call-events WebSocket")


def test_uvicorn_tells_a_handshake_from_a_plain_get() -> None:
    rows = read(
        "uvicorn",
        'INFO:     192.0.2.1:47908 - "WebSocket /ws?a=1" [accepted]',
        "INFO:     ('192.0.2.1', 57678) - \"WebSocket /nope\" 403",
        'INFO:     192.0.2.1:47940 - "GET /ws HTTP/1.0" 404 Not Found',
        '192.0.2.1:40830 - "GET /ws HTTP/1.0" 404',
    )
    assert [row[KIND.name] for row in rows] == ["handshake_accepted", "handshake_rejected", "request", "request"]
    assert [row[UPGRADE.name] for row in rows] == ["websocket", "websocket", "", ""]
    assert [row[CLIENT_PORT.name] for row in rows] == [47908, 57678, 47940, 40830]
    assert {row[CLIENT.name] for row in rows} == {"192.0.2.1"}
    assert rows[0][TARGET.name] == "/ws?a=1"


def test_uvicorn_without_a_library_leaves_unknown_what_a_get_was() -> None:
    rows = read(
        "uvicorn", "WARNING:  Unsupported upgrade request.", 'INFO:     192.0.2.1:5 - "GET /ws HTTP/1.1" 404 Not Found'
    )
    assert UPGRADE.name not in rows[1]


def test_gunicorns_prefix_gives_the_time() -> None:
    (row,) = read("uvicorn", '[2026-11-21 07:14:17 +0100] [7] [INFO] 192.0.2.1:5 - "WebSocket /ws" [accepted]')
    assert (row[TIME.name], row[KIND.name]) == (datetime(2026, 11, 21, 6, 14, 17, tzinfo=UTC), "handshake_accepted")


def browser(line: str) -> dict[str, object]:
    (row,) = read("chrome_console", line)
    return row


FAILED = "WebSocket connection to 'wss://Api.example.com:8443/ws?a=1#x' failed"


@pytest.mark.parametrize(
    ("reason", "status", "error"),
    [
        ("", None, None),
        (": ", None, None),
        (": Error during WebSocket handshake: Unexpected response code: 404", 404, None),
        (": Unexpected response code: 502", 502, None),
        (": HTTP Authentication failed; no valid credentials available", 401, None),
        (": Error in connection establishment: net::ERR_CONNECTION_REFUSED", None, "net::ERR_CONNECTION_REFUSED"),
        (": WebSocket is closed before the connection is established.", None, None),
    ],
)
@pytest.mark.parametrize("before", ["", "app.js:11 ", "07:20:57.893 index-BQ3x.js:2:1234 "])
def test_a_failed_handshake_tells_what_the_browser_knows(
    before: str, reason: str, status: int | None, error: str | None
) -> None:
    row = browser(before + FAILED + reason)
    assert (row[KIND.name], row.get(STATUS.name), row.get(ERROR.name)) == ("handshake_failed", status, error)
    assert (row[SCHEME.name], row[HOST.name], row[PORT.name], row[TARGET.name]) == (
        "wss",
        "api.example.com",
        8443,
        "/ws?a=1",
    )


def test_firefox_names_the_address_and_no_reason() -> None:
    row = browser("Firefox can’t establish a connection to the server at wss://api.example.com/ws. app.js:132:12")  # noqa: RUF001  its own sign
    assert (row[KIND.name], row[TARGET.name]) == ("handshake_failed", "/ws")


@pytest.mark.parametrize(
    ("line", "kind", "code"),
    [
        ("[VoiceAgent] WebSocket closed: 1006", "closed", 1006),
        ("app.js:11 WebSocket closed 1011 why 1011 true", "closed", 1011),
        ("[VoiceAgent] WebSocket error: Event", "message", None),
        ("app.js:11 open wss://api.example.com/ws", "opened", None),
        ("WebSocket connected to /demo", "opened", None),
    ],
)
def test_a_pages_own_words_tell_what_became_of_its_socket(line: str, kind: str, code: int | None) -> None:
    row = browser(line)
    assert (row[KIND.name], row.get(CLOSE_CODE.name)) == (kind, code)


@pytest.mark.parametrize(
    "line",
    [
        "Failed to open WebSocket wss://api.example.com/ws",
        "WebSocket could not be opened: wss://api.example.com/ws",
        "not connected to wss://api.example.com/ws",
        "Trying to open wss://api.example.com/ws",
        "connection was never opened wss://api.example.com/ws",
        "WebSocket isn’t open: wss://api.example.com/ws",  # noqa: RUF001  as people write it
        "WebSocket open failed: wss://api.example.com/ws",
        "open wss://api.example.com/ws failed",
        "websocket couldn't be opened at /ws",
    ],
)
@pytest.mark.parametrize(
    ("form", "head"),
    [
        ("chrome_console", "app.js:11 [App] "),
        ("firefox_console", "[App] "),
        ("webkit_console", "CONSOLE LOG [App] "),
    ],
)
def test_a_socket_that_a_page_only_wants_or_could_not_open_has_not_opened(form: str, head: str, line: str) -> None:
    (row,) = read(form, head + line)
    assert (row[KIND.name], row[TARGET.name]) == ("message", "/ws")


REFUSED = "connect() failed (111: Connection refused) while connecting to upstream"
TRIED_AGAIN = """07:20:57.993 app.js:19 WebSocket connection to 'wss://x.test/ws' failed:\x20
07:20:59.893 app.js:11 [App] Trying to open wss://x.test/ws
07:21:05.999 app.js:14 [App] {} wss://x.test/ws"""


@pytest.mark.parametrize(("words", "over"), [("Failed to open WebSocket", False), ("WebSocket opened", True)])
def test_an_outage_is_not_over_because_a_page_tries_again(words: str, over: bool, tmp_path: Path) -> None:  # noqa: FBT001
    (tmp_path / "error.log").write_text(nginx_says(REFUSED, at="07:20:57") + "\n", encoding="utf-8")
    (tmp_path / "chrome.log").write_text(TRIED_AGAIN.format(words) + "\n", encoding="utf-8")
    (incident,) = analyze([str(tmp_path)]).incidents
    assert (incident.cause, incident.fix.summary.startswith("It is over")) == ("upstream-refused", over)


GLIBS = "CONSOLE NETWORK ERROR WebSocket connection to 'wss://{0}:8443/ws' failed: {1}"


@pytest.mark.parametrize(
    ("host", "reason", "error", "cause"),
    [
        ("localhost", "Could not connect to localhost: Connection refused", "ECONNREFUSED", "client-wrong-address"),
        ("a.example", "Unacceptable TLS certificate", "G_TLS_ERROR_BAD_CERTIFICATE", "tls-certificate"),
        ("a.example", "Error resolving “a.example”: Name or service not known", "ENOTFOUND", "dns-failure"),
        ("a.example", "Error resolving “a.example”: Temporary failure in name resolution", "EAI_AGAIN", "dns-failure"),
    ],
)
def test_the_systems_words_that_webkit_hands_on_are_a_reason(host: str, reason: str, error: str, cause: str) -> None:
    line = GLIBS.format(host, reason)
    (row,) = read("webkit_console", line)
    assert (row[KIND.name], row[ERROR.name]) == ("handshake_failed", error)
    assert only_incident(line).cause == cause


def test_webkit_names_the_origin_that_is_not_allowed_and_the_address_that_is_not_loaded() -> None:
    origin, address = read(
        "webkit_console",
        "CONSOLE SECURITY ERROR Origin http://app.test is not allowed by Access-Control-Allow-Origin. Status code: 200",
        "CONSOLE JS ERROR Fetch API cannot load http://api.test/items due to access control checks.",
    )
    assert origin[ORIGIN.name] == "http://app.test"
    assert (address[SCHEME.name], address[HOST.name], address[TARGET.name]) == ("http", "api.test", "/items")


def test_a_request_that_failed_tells_method_and_status() -> None:
    row = browser("app.js:17  GET https://a.test/x 404 (Not Found)")
    assert (row[KIND.name], row[METHOD.name], row[STATUS.name], row[TARGET.name]) == ("request", "GET", 404, "/x")


def test_a_blocked_page_names_the_address_it_wanted() -> None:
    row = browser(
        "Mixed Content: The page at 'https://x.test/' was loaded over HTTPS, but attempted to connect to the insecure"
        " WebSocket endpoint 'ws://api.test/ws'."
        " This request has been blocked; this endpoint must be available over WSS."
    )
    assert (row[KIND.name], row[SCHEME.name], row[HOST.name], row[TARGET.name]) == ("message", "ws", "api.test", "/ws")


def test_pino_tells_a_request_with_its_answer() -> None:
    (row,) = read(
        "json_lines",
        '{"level":30,"time":1795245454658,"req":{"method":"GET","url":"/ws","headers":{"host":"a.test","connection":"close"}},'
        '"res":{"statusCode":404},"responseTime":2,"msg":"request completed"}',
    )
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name], row[STATUS.name]) == ("request", "GET", "/ws", 404)
    assert (row[UPGRADE.name], row[DURATION.name], row[LEVEL.name]) == ("", 2000, "info")
    assert row[TIME.name] == datetime(2026, 11, 21, 7, 17, 34, 658000, tzinfo=UTC)


def test_a_loggers_words_mean_what_they_mean_on_a_console() -> None:
    (row,) = read(
        "json_lines",
        '{"level":"warn","message":"Origin not allowed","origin":"https://a.test","allowedOrigins":["https://b.test"]}',
    )
    assert (row[KIND.name], row[ORIGIN.name], row[ALLOWED_ORIGINS.name]) == (
        "origin_rejected",
        "https://a.test",
        ["https://b.test"],
    )


def test_what_was_kept_from_a_page_was_answered_and_with_what_webkit_says_as_firefox_does() -> None:
    (webkits,) = read(
        "webkit_console",
        "CONSOLE SECURITY ERROR Origin http://app.test is not allowed by Access-Control-Allow-Origin. Status code: 502",
    )
    (firefoxs,) = read(
        "firefox_console",
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at"
        " https://api.test/items. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 502.",  # noqa: RUF001  its own signs
    )
    assert (webkits[KIND.name], webkits[STATUS.name]) == ("message", 502)
    assert (firefoxs[KIND.name], firefoxs[STATUS.name]) == ("message", 502)


def test_safari_copies_the_level_of_a_line_along() -> None:
    row = browser("[Error] WebSocket connection to 'wss://a.test/ws' failed: The network connection was lost.")
    assert (row[KIND.name], row[LEVEL.name]) == ("closed", "error")


@pytest.mark.parametrize("before", ["app.js:11 ", "07:20:57.893 app.js:11 "])
def test_a_word_in_brackets_that_a_page_printed_is_no_level(before: str) -> None:
    assert LEVEL.name not in browser(f"{before}[Error] no price for item 7")
