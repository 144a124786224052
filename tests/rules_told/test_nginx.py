"""What nginx itself refuses or sends elsewhere, told by a few pasted lines; and what of it is no incident."""

import pytest

from tests.rules_told.pasting import pasted

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
