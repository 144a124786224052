"""What Python's clients say of a call that nobody answered, as urllib, requests, aiohttp, httpx and asyncio do."""

import pytest

from analyzer.schema import ERROR, HOST, KIND, PORT, TARGET
from tests.formats.reading import HERE, lines_in, read

STACK = """Traceback (most recent call last):
  File "/app/shop.py", line 12, in price
    raise ConnectionError(err, request=request) if client.connection.closed else err"""


def test_values_drawn_below_a_frame_are_no_words_of_the_program() -> None:
    lines = lines_in(HERE / "loguru" / "accepts.log")
    first = next(n for n, line in enumerate(lines) if line.endswith("session service failed"))
    last = next(n for n, line in enumerate(lines) if n > first and line.startswith("urllib.error.URLError: "))
    assert any("'Connection': 'close'" in line for line in lines[first:last])
    (row,) = read("loguru", *lines[first : last + 1])
    assert (row[KIND.name], row[ERROR.name]) == ("call_failed", "ECONNREFUSED")


@pytest.mark.parametrize("head", ["ERROR:shop:", "2026-11-29 14:26:41,457 ERROR    "])
def test_code_in_a_traceback_speaks_of_no_closed_connection(head: str) -> None:
    (row,) = read("python_logging", *f"{head}no price\n{STACK}\nKeyError: 'price'".split("\n"))
    assert (row[KIND.name], row[ERROR.name]) == ("message", "KeyError")


@pytest.mark.parametrize(
    ("said", "whom"),
    [
        (
            "requests.exceptions.ConnectionError: HTTPConnectionPool(host='127.0.0.1', port=5433): Max retries",
            ("127.0.0.1", 5433),
        ),
        (
            "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host 127.0.0.1:5433 ssl:default []",
            ("127.0.0.1", 5433),
        ),
        ("ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 5433)", ("127.0.0.1", 5433)),
        ("urllib.error.URLError: <urlopen error [Errno 111] Connection refused>", (None, None)),
        ("httpx.ConnectError: All connection attempts failed", (None, None)),
    ],
)
def test_a_call_of_a_python_program_that_failed_names_whom_it_called(
    said: str, whom: tuple[str | None, int | None]
) -> None:
    (row,) = read("python_logging", *f"ERROR:shop:session service failed\n{STACK}\n{said}".split("\n"))
    assert (row[KIND.name], (row.get(HOST.name), row.get(PORT.name))) == ("call_failed", whom)


def test_a_connection_that_breaks_off_under_requests_is_a_failed_call_and_no_closed_socket() -> None:
    said = (
        "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection"
        " without response'))"
    )
    (row,) = read("python_logging", *f"ERROR:shop:session service failed\n{STACK}\n{said}".split("\n"))
    assert row[KIND.name] == "call_failed"


def test_a_request_that_died_of_a_call_is_told_as_that_request() -> None:
    said = "ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 5433)"
    (row,) = read(
        "python_logging", *f"ERROR:django.request:Internal Server Error: /api/pay\n{STACK}\n{said}".split("\n")
    )
    assert (row[KIND.name], row[TARGET.name], row.get(HOST.name)) == ("message", "/api/pay", None)
    assert row[ERROR.name] == "ECONNREFUSED"


def test_flask_names_the_request_that_died() -> None:
    (row,) = read("python_logging", *f"ERROR:app:Exception on /api/pay [POST]\n{STACK}\nKeyError: 'price'".split("\n"))
    assert (row[KIND.name], row[TARGET.name], row["http.request.method"]) == ("message", "/api/pay", "POST")


def test_an_address_in_use_is_named_without_a_traceback() -> None:
    said = "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use"
    (row,) = read("uvicorn", said)
    assert row[ERROR.name] == "EADDRINUSE"
