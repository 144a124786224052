"""What is a secret and what only speaks of one: a log's reasons stay readable."""

import re
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.redaction import Redaction, secrets_in
from tests.formats.reading import HERE, lines_in
from tests.redaction.planted import PLANTED, Planted

PLAIN = (
    "Invalid token: jwt expired",
    "token: expired",
    "JsonWebTokenError: invalid signature",
    "auth failed: token=undefined",
    "password: incorrect",
    '{"code":"token_not_valid","detail":"Token is invalid or expired"}',
    "token_type=bearer expires_in=3600 max_tokens=4096",
    "proxy_pass http://127.0.0.1:3000;",
    "proxy_pass: http://127.0.0.1:3000",
    "proxy_set_header Authorization $http_authorization;",
    'if ($arg_token = "") { return 401; }',
    "ssl_certificate_key /etc/ssl/private/site.key;",
    "ssl_session_cache shared:SSL:10m;",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "connectAudio@https://app.example.com/desk.js:18:3",
    "onopen@desk.js:12",
    "socket.io@4.7.2 and engine.io@6.5.4",
    "status code: 403, close code: 1006",
    "WWW-Authenticate: Basic realm=calls",
    "bearer authentication-required for this route",
    "ERR_CERT_AUTHORITY_INVALID at wss://api.example.com:8443/ws",
    "the session: resumed",
    "key: value",
    "GET /ws/chat?token=\x1b[32mexpired\x1b[39m 403",
    "GET /ws/chat?token=expired\x1b[39m 403",
    'host: "api.example.com", referrer: "https://app.example.com/"',
)


@pytest.mark.parametrize("line", PLAIN)
def test_what_only_speaks_of_secrets_stays(line: str) -> None:
    assert [line[found.start : found.end] for found in secrets_in(line)] == []


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_all_else_of_the_line_stays(planted: Planted) -> None:
    hidden = Redaction().text(planted.line)
    assert planted.secret not in hidden
    before, after = planted.line.split(planted.secret)
    assert planted.name == "private key" or hidden.startswith(before[:4])
    assert planted.name == "private key" or hidden.endswith(after[-3:])


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ('set $api_key "abc";', 'set $api_key "REDACTED-1";'),
        ('proxy_set_header X-Api-Key "k3y";', 'proxy_set_header X-Api-Key "REDACTED-1";'),
        ("fastcgi_param DB_PASSWORD p4ss;", "fastcgi_param DB_PASSWORD REDACTED-1;"),
        ('if ($http_x_api_key != "letmein") { return 403; }', 'if ($http_x_api_key != "REDACTED-1") { return 403; }'),
        (
            'secure_link_md5 "$secure_link_expires$uri$remote_addr enigma";',
            'secure_link_md5 "$secure_link_expires$uri$remote_addr REDACTED-1";',
        ),
        ("secure_link_secret enigma;", "secure_link_secret REDACTED-1;"),
    ],
)
def test_a_config_may_hold_secrets_too(line: str, hidden: str) -> None:
    assert Redaction().text(line) == hidden


def test_the_name_of_what_is_hidden_stays() -> None:
    assert Redaction().text("/ws?token=abc&room=7") == "/ws?token=REDACTED-1&room=7"


SAYS_NO_SECRET = ("nginx_access", "nginx_error", "uvicorn", "haproxy", "gin", "aws_alb", "werkzeug")


@pytest.mark.parametrize("name", SAYS_NO_SECRET)
def test_recorded_logs_without_secrets_lose_nothing_but_tokens_and_sessions(name: str) -> None:
    for line in lines_in(HERE / name / "accepts.log"):
        for found in secrets_in(line):
            assert re.search(r"(?:token=|sid['\"]?[=:] ?['\"]?)$", line[: found.start]), (line, found)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*(planted.line for planted in PLANTED), *PLAIN, "x", "=", '"']), max_size=6))
def test_hiding_twice_hides_no_more_and_spans_never_overlap(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = secrets_in(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    hidden = Redaction().text(text)
    assert Redaction().text(hidden) == hidden


@pytest.mark.parametrize(
    "piece",
    ["token=", 'token="', "a=", "eyJ", "://x:", "Cookie: a=b; ", "a.", "@a.", "Bearer ", "x-api-key: ", "%3Ftoken%3D",
     "-----BEGIN PRIVATE KEY-----", "secure_link_md5 ", "Authorization: Digest ", "--token ", "[", "\\\\", "aA1"],
)  # fmt: skip
def test_a_line_that_an_attacker_wrote_takes_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        begin = process_time()
        secrets_in(text)
        return process_time() - begin

    seconds(1000)
    assert min(seconds(64_000) for _ in range(3)) < 16 * min(seconds(16_000) for _ in range(3)) + 0.05
