"""What nginx itself refuses or sends elsewhere, told by a few pasted lines; and what of it is no incident."""

import pytest

from analyzer.report.model import Confidence
from tests.rules_told.pasting import nginx_says, only_incident, pasted

CERTAIN = Confidence.CERTAIN

_TAIL = 'client: 203.0.113.7, server: api.example.com, request: "GET /ws/chat HTTP/1.1", host: "api.example.com"'
_HEAD = "2025/01/13 09:45:22 [{level}] 31#31: *17 "


@pytest.mark.parametrize(
    ("words", "level", "cause"),
    [
        ("access forbidden by rule", "error", "denied-by-nginx"),
        ("no user/password was provided for basic authentication", "info", "denied-by-nginx"),
        ('user "ana": password mismatch', "error", "denied-by-nginx"),
        ("auth request unexpected status: 302", "error", "denied-by-nginx"),
        ('limiting requests, excess: 20.860 by zone "one"', "error", "rate-limited"),
        ('limiting connections by zone "addr"', "error", "rate-limited"),
        ("client intended to send too large body: 5242880 bytes", "error", "body-too-large"),
        ("client sent too long URI while reading client request line", "info", "header-too-large"),
        (
            "client sent plain HTTP request to HTTPS port while reading client request headers",
            "info",
            "http-to-https-port",
        ),
        (
            'rewrite or internal redirection cycle while internally redirecting to "/index.html"',
            "error",
            "redirect-cycle",
        ),
    ],
)
def test_one_pasted_line_of_nginx_names_the_cause(words: str, level: str, cause: str) -> None:
    assert causes(f"{_HEAD.format(level=level)}{words}, {_TAIL}\n") == [cause]


def causes(text: str) -> list[str]:
    return [incident.cause for incident in pasted(*text.splitlines()).incidents]


def test_a_limit_that_is_only_tried_out_refuses_nobody() -> None:
    line = f'{_HEAD.format(level="error")}limiting requests, dry run, excess: 20.860 by zone "one", {_TAIL}\n'
    assert "rate-limited" not in causes(line)


def test_a_request_that_was_only_delayed_is_no_incident() -> None:
    line = f'{_HEAD.format(level="warn")}delaying request, excess: 0.500, by zone "one", {_TAIL}\n'
    assert causes(line) == []


def test_a_smaller_body_that_passes_afterwards_does_not_tell_that_the_limit_was_raised() -> None:
    head, tail = _HEAD.format(level="error"), _TAIL.replace("GET", "POST")
    line = '203.0.113.7 - - [13/Jan/2025:09:45:{at} +0000] "POST /ws/chat HTTP/1.1" {status} 12 "-" "Mozilla/5.0"'
    refused = f"{head}client intended to send too large body: 5242880 bytes, {tail}"
    (incident,) = pasted(refused, line.format(at=22, status=413), line.format(at=50, status=201)).incidents
    assert incident.cause == "body-too-large"
    assert "client_max_body_size" in incident.fix.summary


def test_5d_a_post_to_what_looks_like_a_websocket_is_perhaps_the_wrong_method() -> None:
    (incident,) = pasted("[ERROR] POST /streaming/session - 404 Not Found").incidents
    assert (incident.cause, incident.confidence) == ("method-mismatch", "possible")


def test_a_name_with_an_underscore_can_only_be_the_upstreams() -> None:
    line = (
        "Invalid HTTP_HOST header: 'app_servers'. The domain name provided is not valid according to RFC 1034/1035.\n"
        "Bad Request: /ws/chat\n"
    )
    assert "host-header-lost" in causes(line)


def test_a_redirect_for_the_slash_is_not_taken_for_one_to_https() -> None:
    text = """\
server {
    listen 443 ssl;
    server_name api.example.com;
    location /ws/ { proxy_pass http://127.0.0.1:5006; }
}
server {
    listen 80;
    server_name api.example.com;
    return 301 https://$host$request_uri;
}
2025/01/13 09:45:22 [notice] 31#31: start worker processes
203.0.113.7 - - [13/Jan/2025:09:45:23 +0000] "GET /ws HTTP/1.1" 301 162 "-" "Mozilla/5.0"
WebSocket connection to 'wss://api.example.com/ws' failed: Error during WebSocket handshake: Unexpected response code: 301
"""
    (incident,) = pasted(*text.splitlines()).incidents
    assert incident.cause == "redirected"
    assert "/ws/" in incident.explanation


def test_what_somebody_tried_by_curl_and_pasted_is_what_the_paste_is_about() -> None:
    """Months of logs hold curl's requests that nobody misses; two lines that are handed in hold the complaint."""
    report = pasted(
        nginx_says(
            "connect() to unix:/tmp/app.sock failed (13: Permission denied) while connecting to upstream",
            level="crit",
            path="/ping",
            upstream="http://unix:/tmp/app.sock:/ping",
        ),
        '203.0.113.7 - - [21/Nov/2026:07:09:43 +0000] "GET /ping HTTP/1.1" 502 173 "-" "curl/7.61.1"',
    )
    assert [(found.cause, found.confidence) for found in report.incidents] == [("upstream-permission", CERTAIN)]


def test_the_index_of_a_folder_that_is_not_there_is_the_requests_own_file() -> None:
    line = nginx_says(
        '"/usr/share/nginx/html/socket.io/index.html" is not found (2: No such file or directory)',
        path="/socket.io/?EIO=3&transport=polling",
        upstream=None,
    )
    incident = only_incident(line)
    assert incident.cause == "missing-location"
    assert "/usr/share/nginx/html/socket.io/index.html" in incident.explanation


@pytest.mark.parametrize(
    ("head", "tail"),
    [("", ""), ("*10 ", ""), ("0 ", ""), ("   2026/11/21 07:09:43 [error] 7#7: *1 ", ""), ("", ', referrer: "https://x.test/"')],
    ids=["no head", "a connection's number", "the end of one", "behind blanks", "with a referrer"],
)  # fmt: skip
def test_an_error_line_without_its_head_says_the_same(head: str, tail: str) -> None:
    whole = nginx_says("connect() failed (111: Connection refused) while connecting to upstream")
    incident = only_incident(f"{head}{whole.split('*1 ', 1)[1]}{tail}")
    assert (incident.cause, incident.confidence) == ("upstream-refused", CERTAIN)
    assert incident.target.path == "/ws"


def test_an_error_line_without_its_head_that_tells_of_no_failure_is_no_incident() -> None:
    buffered = "a client request body is buffered to a temporary file /var/lib/nginx/body/0000000001"
    assert not pasted(nginx_says(buffered, upstream=None).split("*1 ", 1)[1]).incidents
