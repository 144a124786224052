"""What Python's websockets says of the handshakes that it refuses, as its versions 13, 15 and 17 printed it here.

No server stands before it, so no line has a path; 14 and 15 tell a refusal twice, the second time with its reason.
"""

import pytest

from analyzer.schema import ERROR, KIND, METHOD, ORIGIN, PROTOCOL, STATUS, TARGET
from tests.formats.reading import read

FRAMES = """Traceback (most recent call last):
  File "/app/venv/site-packages/websockets/asyncio/server.py", line 356, in conn_handler
    await connection.handshake(
  File "/app/venv/site-packages/websockets/asyncio/server.py", line 207, in handshake
    raise self.protocol.handshake_exc"""
CHAINED = "\n\nThe above exception was the direct cause of the following exception:\n\n"
NO_REQUEST = "websockets.exceptions.InvalidMessage: did not receive a valid HTTP request"


def failed(*causes: str) -> list[dict[str, object]]:
    stacks = CHAINED.join(f"{FRAMES}\n{cause}" for cause in causes)
    return read("python_logging", *f"ERROR:websockets.server:opening handshake failed\n{stacks}".split("\n"))


@pytest.mark.parametrize(
    ("cause", "kind", "status"),
    [
        ("InvalidOrigin: invalid Origin header: https://evil.example.net", "origin_rejected", 403),
        ("InvalidOrigin: missing Origin header", "origin_rejected", 403),
        ("InvalidUpgrade: invalid Connection header: close", "upgrade_missing", 426),
        ("InvalidUpgrade: missing Upgrade header", "upgrade_missing", 426),
        ("InvalidHeader: missing Sec-WebSocket-Key header", "handshake_rejected", 400),
        ("InvalidHeaderValue: invalid Sec-WebSocket-Version header: 8", "handshake_rejected", 400),
    ],
)
def test_the_reason_of_a_refusal_tells_what_it_was_and_what_was_answered(cause: str, kind: str, status: int) -> None:
    (row,) = failed(f"websockets.exceptions.{cause}")
    assert (row[KIND.name], row[STATUS.name], row[ERROR.name]) == (kind, status, cause.partition(":")[0])


def test_a_refused_origin_is_named() -> None:
    (row,) = failed("websockets.exceptions.InvalidOrigin: invalid Origin header: https://evil.example.net")
    assert row[ORIGIN.name] == "https://evil.example.net"


def test_without_a_reason_a_handshake_that_failed_was_refused_all_the_same() -> None:
    (row,) = read("python_logging", "ERROR:websockets.server:opening handshake failed")
    assert (row[KIND.name], row.get(STATUS.name)) == ("handshake_rejected", None)


def test_a_request_of_http_1_0_is_named_and_no_handshake() -> None:
    (row,) = failed("ValueError: unsupported protocol; expected HTTP/1.1: GET /ws/chat HTTP/1.0", NO_REQUEST)
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name], row[PROTOCOL.name]) == (
        "message", "GET", "/ws/chat", "1.0",
    )  # fmt: skip


@pytest.mark.parametrize(
    "cause", ["EOFError: connection closed while reading HTTP request line", "ValueError: invalid HTTP request line: "]
)
def test_who_only_knocks_at_the_port_was_refused_no_handshake(cause: str) -> None:
    (row,) = failed(cause, NO_REQUEST)
    assert (row[KIND.name], row.get(STATUS.name)) == ("message", None)


def test_a_refusal_that_is_told_twice_is_one() -> None:
    stack = f"{FRAMES}\nwebsockets.exceptions.InvalidHeader: missing Sec-WebSocket-Key header".split("\n")
    rejected = "INFO:websockets.server:connection rejected (400 Bad Request)"
    rows = read("python_logging", rejected, "ERROR:websockets.server:opening handshake failed", *stack)
    assert [row[KIND.name] for row in rows] == ["message", "handshake_rejected"]


@pytest.mark.parametrize("said", ["rejected", "failed"])
def test_where_no_reason_follows_the_answer_alone_tells_of_the_refusal(said: str) -> None:
    answer, closed = (
        f"INFO:websockets.server:connection {said} (403 Forbidden)", "INFO:websockets.server:connection closed"
    )  # fmt: skip
    rows = read("python_logging", answer, closed)
    assert [(row[KIND.name], row.get(STATUS.name)) for row in rows] == [("handshake_rejected", 403), ("closed", None)]


@pytest.mark.parametrize("answer", ["405 Method Not Allowed", "426 Upgrade Required", "505 HTTP Version Not Supported"])
def test_what_the_library_answers_whoever_asks_plainly_is_no_refused_handshake(answer: str) -> None:
    (row,) = read("python_logging", f"INFO:websockets.server:connection rejected ({answer})")
    assert (row[KIND.name], row.get(STATUS.name)) == ("message", None)
