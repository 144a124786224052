"""What a person reads on real lines, each as its program printed it: whom, where, how, and in whose words."""

import pytest

from analyzer.schema import (
    ALLOWED_ORIGINS,
    CLIENT,
    CLIENT_PORT,
    HOST,
    KIND,
    LEVEL,
    MESSAGE,
    PORT,
    PROTOCOL,
    SCHEME,
    TIME,
    UPGRADE,
    Column,
)
from tests.formats.reading import HERE, lines_in, read
from tests.rules_told.pasting import only_incident

REFUSED = "WebSocket rejected: origin https://app.exmaple.com not allowed"


def recorded(form: str, words: str, column: Column) -> object:
    """Say what a column of the first recorded line with these words holds."""
    line = next(line for line in lines_in(HERE / form / "accepts.log") if words in line)
    (row,) = read(form, line)
    return row.get(column.name)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("json_lines", '"client": "127.0.0.1"'),
        ("logfmt", " client=127.0.0.1"),
        ("loguru", "'client': '127.0.0.1'"),
        ("node_console", "127.0.0.1 - GET /api/health HTTP/1.1 200"),
    ],
)
def test_whom_a_line_calls_the_client_is_the_client(form: str, words: str) -> None:
    assert recorded(form, words, CLIENT) == "127.0.0.1"


@pytest.mark.parametrize(
    ("client", "address", "port"),
    [
        ("192.0.2.7:40236", "192.0.2.7", 40236),
        ("[2001:db8::7]:40236", "2001:db8::7", 40236),
        ("2001:db8::7", "2001:db8::7", None),
        ("web-42", None, None),
        ("42", None, None),
    ],
)
def test_a_client_that_is_called_by_a_name_has_no_address(client: str, address: str | None, port: int | None) -> None:
    pairs = f'level=info msg="WebSocket client connected" client={client}'
    fields = f'{{"level":"info","message":"WebSocket client connected","client":"{client}"}}'
    for form, line in (("logfmt", pairs), ("json_lines", fields)):
        (row,) = read(form, line)
        assert (row.get(CLIENT.name), row.get(CLIENT_PORT.name)) == (address, port)


@pytest.mark.parametrize(
    "allowed",
    [
        "\"['https://app.example.com', 'https://www.example.com']\"",  # structlog's LogfmtRenderer
        '"[https://app.example.com https://www.example.com]"',  # logrus prints a slice so
        "https://app.example.com,https://www.example.com",
    ],
)
def test_an_allow_list_among_pairs_is_a_list(allowed: str) -> None:
    (row,) = read("logfmt", f'level=warning event="{REFUSED}" allowed_origins={allowed}')
    assert row[ALLOWED_ORIGINS.name] == ["https://app.example.com", "https://www.example.com"]


def test_an_allow_list_among_pairs_shows_what_is_misspelt() -> None:
    allowed = "\"['https://app.example.com']\""
    incident = only_incident(f'ts=2026-11-29T14:32:20Z level=warning event="{REFUSED}" allowed_origins={allowed}')
    assert incident.cause == "origin-rejected"
    assert "https://app.example.com" in incident.explanation


def test_what_only_says_that_something_is_allowed_is_no_list() -> None:
    (row,) = read("logfmt", 'level=info msg="WebSocket upgrade request /ws" allowed=true')
    assert ALLOWED_ORIGINS.name not in row


@pytest.mark.parametrize(
    ("form", "words", "column", "value"),
    [
        ("spring", "Tomcat started on port 8080 (http)", SCHEME, "http"),
        ("gin", "Listening and serving HTTP on", SCHEME, "http"),
        ("php", "Failed to open stream: Connection refused", SCHEME, "http"),
        ("spring", "invalid Upgrade header: null", UPGRADE, ""),
        ("werkzeug", "This is a development server", LEVEL, "warning"),
        ("generic", "LOG:  checkpoint starting", LEVEL, "log"),
        ("generic", "daemon.notice netifd", LEVEL, "notice"),
        ("generic", "Opening websockets listen socket on port 21884", KIND, "listening"),
        ("generic", "Opening websockets listen socket on port 21884", PORT, 21884),
        ("generic", "New client connected from ::ffff:127.0.0.1:43938", CLIENT, "127.0.0.1"),
        ("generic", "New client connected from ::ffff:127.0.0.1:43938", CLIENT_PORT, 43938),
        ("generic", "New client connected from ::ffff:127.0.0.1:43938", KIND, "message"),  # by MQTT, or by WebSocket
        ("json_lines", "[PANIC RECOVER]", MESSAGE, "[PANIC RECOVER] assignment to entry in nil map"),
    ],
)
def test_what_a_line_says_in_passing_is_told(form: str, words: str, column: Column, value: object) -> None:
    assert recorded(form, words, column) == value


def test_an_upgrade_header_that_pythons_websockets_misses_is_known_to_be_missing() -> None:
    stack = 'Traceback (most recent call last):\n  File "/app/s.py", line 1, in f\n    raise it'
    said = "websockets.exceptions.InvalidUpgrade: missing Upgrade header"
    (row,) = read("python_logging", *f"ERROR:websockets.server:opening handshake failed\n{stack}\n{said}".split("\n"))
    assert (row[KIND.name], row[UPGRADE.name]) == ("upgrade_missing", "")


def test_tornados_request_tells_its_version_and_the_port_that_the_client_asked_for() -> None:
    head = "[E 261123 08:39:27 web:2108] Uncaught exception GET /api/broken (127.0.0.1)"
    request = (
        "    HTTPServerRequest(protocol='http', host='API.example.com:8888', method='GET', uri='/api/broken',"
        " version='HTTP/1.1', remote_ip='127.0.0.1')"
    )
    (row,) = read("tornado", head, request, "    Traceback (most recent call last):", "    KeyError: 'price'")
    assert (row[PROTOCOL.name], row[HOST.name], row[PORT.name]) == ("1.1", "api.example.com", 8888)


def test_what_an_error_of_node_bears_is_a_whole_object_behind_its_words() -> None:
    lines = lines_in(HERE / "log4js" / "accepts.log")
    first = next(n for n, line in enumerate(lines) if "session service failed" in line)
    row = read("log4js", *lines[first : first + 8])[0]
    said = str(row[MESSAGE.name])
    assert said.startswith("session service failed Error: connect ECONNREFUSED 127.0.0.1:1 {\n  errno: -111,")
    assert said.endswith("\n}")


def test_mosquittos_time_is_read_before_its_colon() -> None:
    assert str(recorded("generic", "mosquitto version 2.0.11 running", TIME)).startswith("2026-11-29 15:26:41")
