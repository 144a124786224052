"""What somebody tried on a terminal: each command with what came of it is one attempt, also where nothing came."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Report
from analyzer.schema import CLOSE_CODE, ERROR, HOST, KIND, METHOD, PORT, SCHEME, STATUS, TARGET, UPGRADE
from tests.formats.reading import HERE, lines_in, read

LINES = lines_in(HERE / "client_transcript" / "accepts.log")


def after(command: str, before: str = "api.example.com") -> list[str]:
    """The recorded lines from a command to the next one, tried at a host that is not the client's own."""
    start = LINES.index(command)
    end = next((n for n in range(start + 1, len(LINES)) if LINES[n].startswith("$ ")), len(LINES))
    return [line.replace("127.0.0.1", before) for line in LINES[start:end]]


def report_on(folder: Path, lines: list[str]) -> Report:
    (folder / "terminal.txt").write_text("".join(f"{line}\n" for line in lines))
    return analyze([str(folder)])


REFUSED = "$ curl -v http://127.0.0.1:35027/ws"
SILENT = "$ curl -v http://127.0.0.1:48191/silent?room=7"
UNKNOWN = "$ curl -v http://nowhere.invalid/ws"
OPENED = "$ wscat -c ws://127.0.0.1:48191/upgrades"


@pytest.mark.parametrize(
    ("command", "target", "port", "error"),
    [
        (REFUSED, "/ws", 35027, "ECONNREFUSED"),
        (SILENT, "/silent?room=7", 48191, "CURLE_GOT_NOTHING"),
        (UNKNOWN, "/ws", None, "CURLE_COULDNT_RESOLVE_HOST"),
    ],
)
def test_a_command_that_got_no_answer_is_a_request_all_the_same(
    command: str, target: str, port: int | None, error: str
) -> None:
    (row,) = read("client_transcript", *after(command))
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name]) == ("request", "GET", target)
    assert (row[SCHEME.name], row.get(PORT.name), row[ERROR.name]) == ("http", port, error)


@pytest.mark.parametrize("without", [None, "curl: ("])
@pytest.mark.parametrize(("command", "word"), [(REFUSED, "ECONNREFUSED"), (SILENT, "CURLE_GOT_NOTHING")])
def test_what_curl_could_not_reach_is_asked_about_by_its_path(
    tmp_path: Path, command: str, word: str, without: str | None
) -> None:
    lines = [line for line in after(command) if without is None or without not in line]
    (question,) = report_on(tmp_path, lines).inconclusive
    assert question.path in {"/ws", "/silent"}
    assert word in question.question


def test_a_name_that_curl_could_not_resolve_is_the_verdict(tmp_path: Path) -> None:
    (incident,) = report_on(tmp_path, after(UNKNOWN)).incidents
    assert incident.cause == "dns-failure"
    assert "nowhere.invalid" in incident.title


BOTH_TRIED = """$ curl -v https://api.example.com/ws
* Host api.example.com:443 was resolved.
* IPv6: 2001:db8::1
* IPv4: 192.0.2.1
*   Trying [2001:db8::1]:443...
* connect to 2001:db8::1 port 443 from 2001:db8::9 port 50000 failed: Connection refused
*   Trying 192.0.2.1:443...
* Connected to api.example.com (192.0.2.1) port 443
* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384
> GET /ws HTTP/1.1
> Host: api.example.com
>
< HTTP/1.1 502 Bad Gateway
<
* Connection #0 to host api.example.com left intact"""
ANOTHER = """*   Trying 192.0.2.1:443...
* Connected to api.example.com (192.0.2.1) port 443
> GET /other HTTP/1.1
> Host: api.example.com
>
< HTTP/1.1 404 Not Found
<
* Closing connection"""


def test_an_address_that_refused_before_another_took_it_is_no_failure_and_no_request_of_its_own() -> None:
    one, other = read("client_transcript", *BOTH_TRIED.split("\n"), *ANOTHER.split("\n"))
    assert (one[TARGET.name], one[STATUS.name], one[SCHEME.name], ERROR.name in one) == ("/ws", 502, "https", False)
    assert (other[TARGET.name], other[STATUS.name], other[SCHEME.name]) == ("/other", 404, "http")


def test_after_a_redirect_it_is_told_of_where_it_ended() -> None:
    moved = "* Issue another request to this URL: 'https://api.example.com/ws/'"
    answered = ANOTHER.replace("/other", "/ws/").replace("port 443\n", "port 443\n* SSL connection using TLSv1.3\n")
    lines = BOTH_TRIED.replace("https:", "http:").replace("502 Bad Gateway", "301 Moved Permanently").split("\n")
    (row,) = read("client_transcript", *lines, moved, *answered.split("\n"))
    assert (row[SCHEME.name], row[HOST.name], row[TARGET.name], row[STATUS.name]) == (
        "https",
        "api.example.com",
        "/ws/",
        404,
    )


@pytest.mark.parametrize(
    ("options", "method"),
    [("-i", "GET"), ("-sI", "HEAD"), ("-i -X DELETE", "DELETE"), ("-i -d '{}'", "POST"), ("-i --json '{}'", "POST")],
)
def test_the_method_is_what_curl_sends_when_it_is_called_so(options: str, method: str) -> None:
    (row,) = read("client_transcript", f"$ curl {options} http://api.example.com/ws", "HTTP/1.1 405 Not Allowed")
    assert row[METHOD.name] == method


def test_where_all_that_was_sent_stands_there_a_missing_upgrade_is_known_to_be_missing() -> None:
    whole = after("$ curl -v http://127.0.0.1:48191/404?room=7")
    (row,) = read("client_transcript", *whole)
    (cut,) = read("client_transcript", *(line for line in whole if line.strip() != ">"))
    assert (row[UPGRADE.name], UPGRADE.name in cut) == ("", False)


@pytest.mark.parametrize("code", [1000, 1006, 4401])
def test_wscat_tells_how_its_socket_was_closed(code: int) -> None:
    lines = [line.replace("1000", str(code)) for line in after(OPENED)]
    opened, closed = read("client_transcript", *lines)
    assert (opened[KIND.name], opened[TARGET.name], closed[KIND.name]) == ("opened", "/upgrades", "closed")
    assert closed[CLOSE_CODE.name] == code


def test_words_that_another_format_reads_too_tear_no_command_from_what_came_of_it(tmp_path: Path) -> None:
    """`curl: (6) ...` is a sign of a cause, so whatever reads prose claims lines of the file as well."""
    (incident,) = report_on(tmp_path, [*after(OPENED), *after(UNKNOWN)]).incidents
    assert incident.cause == "dns-failure"
    assert incident.target.host == "nowhere.invalid"


def test_wscat_asks_for_a_handshake_and_says_so_by_its_url() -> None:
    (row,) = read("client_transcript", "$ wscat -c ws://127.0.0.1:48191/404", "error: Unexpected server response: 404")
    assert (row[METHOD.name], row[UPGRADE.name], row[STATUS.name]) == ("GET", "websocket", 404)
