"""Firefox's console: what it tells twice is one attempt, in whatever language the user reads."""

import pytest

from analyzer.schema import (
    CLOSE_CODE,
    DURATION,
    ERROR,
    KIND,
    METHOD,
    PROTOCOL,
    STATUS,
    TARGET,
    TIME_MARKS,
)
from tests.formats.reading import read

REFUSED = ("GET", "wss://api.example.com/ws", "NS_ERROR_WEBSOCKET_CONNECTION_REFUSED")
SENTENCE = "Firefox can’t establish a connection to the server at wss://api.example.com/ws. app.js:8:20"  # noqa: RUF001


def kinds(*lines: str) -> list[object]:
    return [row[KIND.name] for row in read("firefox_console", *lines)]


def test_an_entry_and_a_sentence_are_one_attempt() -> None:
    rows = read("firefox_console", *REFUSED, SENTENCE)
    assert [row[KIND.name] for row in rows] == ["message", "handshake_failed"]
    assert (rows[1][TARGET.name], rows[1][ERROR.name]) == ("/ws", "NS_ERROR_WEBSOCKET_CONNECTION_REFUSED")


def test_two_attempts_at_one_address_stay_two() -> None:
    assert kinds(*REFUSED, *REFUSED, SENTENCE, SENTENCE).count("handshake_failed") == 2


def test_an_entry_alone_tells_of_the_attempt() -> None:
    assert kinds(*REFUSED) == ["handshake_failed"]


def test_older_versions_name_the_status_in_the_entry() -> None:
    rows = read("firefox_console", "GET wss://api.example.com/ws [HTTP/1.1 404 Not Found 12ms]", SENTENCE)
    assert [(row[KIND.name], row.get(STATUS.name)) for row in rows][1] == ("handshake_failed", 404)


def test_an_opened_socket_that_the_page_tells_of_as_well_opened_once() -> None:
    entry = ("GET", "wss://api.example.com/ws", "[HTTP/1.1 101 Switching Protocols 54ms]")
    assert kinds(*entry, "[App] connected to wss://api.example.com/ws app.js:9:35") == ["opened", "message"]


def test_a_close_event_that_was_printed_tells_its_code() -> None:
    shown = 'close { target: WebSocket, isTrusted: true, wasClean: false, code: 4403, reason: "", … }'
    (row,) = read("firefox_console", "ws close ", shown, "app.js:34:15")
    assert (row[KIND.name], row[CLOSE_CODE.name]) == ("closed", 4403)


@pytest.mark.parametrize(
    "sentence",
    [
        "Firefox ne peut établir de connexion avec le serveur à l’adresse wss://api.example.com/ws.",  # noqa: RUF001
        "Firefox kann keine Verbindung zu dem Server unter wss://api.example.com/ws aufbauen.",
        "LibreWolf no puede establecer una conexión con el servidor en wss://api.example.com/ws.",
        "O Firefox não conseguiu estabelecer uma conexão com o servidor wss://api.example.com/ws.",
        "Firefox не может установить соединение с сервером wss://api.example.com/ws.",  # noqa: RUF001
        "Firefox 无法建立到 wss://api.example.com/ws 服务器的连接。",
        "wss://api.example.com/ws のサーバーへの接続を確立できませんでした。",
        "Firefox wss://api.example.com/ws sunucusuyla bağlantı kuramıyor.",  # noqa: RUF001
        "Firefox ndaikatúi oñembojuaju mohendahavusu ndive wss://api.example.com/ws-pe.",
    ],
)
def test_a_refusal_is_understood_in_the_users_language(sentence: str) -> None:
    (row,) = read("firefox_console", f"{sentence} app.js:8:20")
    assert (row[KIND.name], row[TARGET.name]) == ("handshake_failed", "/ws")


def test_a_page_that_only_says_where_it_dials_has_not_failed() -> None:
    assert kinds("[App] connecting to wss://api.example.com/ws app.js:9:35") == ["message"]


@pytest.mark.parametrize(
    ("entry", "version", "took"),
    [
        (("04:48:43.942 GET", "wss://api.example.com/slow", "[HTTP/1.1 101 Switching Protocols 1006ms]"), "1.1", 1006),
        (("04:48:51.042 XHR POST", "https://app.example.com/s502", "[HTTP/2 502 Bad Gateway 13ms]"), "2.0", 13),
    ],
)
def test_an_entry_tells_the_protocol_and_how_long_the_answer_took(
    entry: tuple[str, ...], version: str, took: int
) -> None:
    (row,) = read("firefox_console", *entry)
    assert (row[PROTOCOL.name], row[DURATION.name], row[TIME_MARKS.name]) == (version, took * 1000, "start")


@pytest.mark.parametrize("why", ["CORS Missing Allow Origin", "CORS Failed", "Mixed Block"])
def test_a_request_that_was_blocked_has_its_method_all_the_same(why: str) -> None:
    (row,) = read("firefox_console", "04:48:50.509 XHR PUT", "https://api.example.com/api/items", why)
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name]) == ("message", "PUT", "/api/items")


def test_an_answer_that_the_page_must_not_see_has_its_status() -> None:
    blocked = (
        "04:48:50.772 Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at "
        "https://api.example.com/api/items. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing)."  # noqa: RUF001
    )
    told, untold = read("firefox_console", f"{blocked} Status code: 200.", f"{blocked} Status code: (null).")
    assert (told[STATUS.name], untold.get(STATUS.name)) == (200, None)
