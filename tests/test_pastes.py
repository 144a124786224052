"""Three lines are a bundle: what a paste on standard input yields, and what it asks for next."""

import io

import pytest

from analyzer.errors import NothingReadError
from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Report

NGINX_LINE = (
    '2026/11/21 09:51:03 [error] 8869#8869: *11 open() "/usr/share/nginx/html/frontend-audio" failed '
    "(2: No such file or directory), client: 203.0.113.23, server: api-calls.harx.ai, "
    'request: "GET /frontend-audio HTTP/1.1", host: "api-calls.harx.ai"\n'
)
BACKEND_RECORD = """[WebSocket] Origin not allowed {
  origin: 'https://voxanne.ai',
  allowedOrigins: [
    'https://app.callwaiting.example',
    'https://www.voxanne.ai'
  ]
}
"""
CONSOLE_WITHOUT_REASON = """WebSocket connection to 'wss://callwaitingai-backend-sjbi.onrender.com/ws/live-calls' failed
[VoiceAgent] WebSocket closed: 1006
"""
CONSOLE_WITH_STATUS = """agent.js:13 WebSocket connection to \
'wss://callwaitingai-backend-sjbi.onrender.com/ws/live-calls' failed: \
Error during WebSocket handshake: Unexpected response code: 403
[VoiceAgent] WebSocket closed: 1006
"""


def paste(text: str) -> Report:
    return analyze(["-"], stdin=io.BytesIO(text.encode()))


def test_one_nginx_error_line_is_enough_for_a_verdict_and_asks_for_the_config_that_would_make_it_certain() -> None:
    (incident,) = paste(NGINX_LINE).incidents
    assert (incident.cause, incident.confidence) == ("missing-location", Confidence.PROBABLE)
    assert incident.target.path == "/frontend-audio"
    assert incident.evidence[0].text == NGINX_LINE.strip()
    assert incident.next is not None
    assert incident.next.ask == "the nginx config"
    assert incident.next.command == "nginx -T > nginx-T.txt"


def test_one_backend_record_is_enough_for_a_verdict_and_names_what_differs() -> None:
    (incident,) = paste(BACKEND_RECORD).incidents
    assert (incident.cause, incident.confidence) == ("origin-rejected", Confidence.CERTAIN)
    assert "the list has https://www.voxanne.ai: `www.` differs" in incident.explanation
    assert incident.target.path is None
    assert (incident.evidence[0].line, incident.evidence[0].last_line) == (1, 7)
    assert incident.next is not None


def test_console_lines_without_a_reason_give_no_verdict_and_ask_for_the_backends_log_first() -> None:
    report = paste(CONSOLE_WITHOUT_REASON)
    assert not report.incidents
    (question,) = report.inconclusive
    assert question.path == "/ws/live-calls"
    assert "How far did the request get?" in question.question
    assert "backend's log" in question.needed[0]
    assert question.command is not None
    assert "callwaitingai-backend-sjbi.onrender.com/ws/live-calls" in question.command


def test_console_lines_with_a_403_are_called_possible_and_no_more() -> None:
    (incident,) = paste(CONSOLE_WITH_STATUS).incidents
    assert (incident.cause, incident.confidence) == ("origin-rejected", Confidence.POSSIBLE)
    assert incident.title.startswith("Perhaps")
    assert incident.next is not None
    assert incident.next.ask == "the backend's log of the same minutes"


@pytest.mark.parametrize("path", ["/favicon.ico", "/robots.txt", "/wp-login.php", "/.env"])
def test_what_browsers_and_scanners_ask_for_by_themselves_is_no_incident(path: str) -> None:
    report = paste(NGINX_LINE.replace("/frontend-audio", path))
    assert not report.incidents
    assert not report.inconclusive


def test_a_missing_script_is_a_question_and_not_a_missing_location() -> None:
    report = paste(NGINX_LINE.replace("/frontend-audio", "/assets/app-4f2a.js"))
    assert not report.incidents
    assert "looked for the file" in report.inconclusive[0].question


def test_one_line_of_a_refused_upstream_is_a_verdict() -> None:
    report = paste(
        "2026/11/21 07:09:43 [error] 18862#18862: *1 connect() failed (111: Connection refused) while connecting to "
        'upstream, client: 203.0.113.7, server: x.example.com, request: "GET /ws HTTP/1.1", '
        'upstream: "http://127.0.0.1:18199/ws", host: "x.example.com"\n'
    )
    (incident,) = report.incidents
    assert (incident.cause, incident.confidence) == ("upstream-refused", Confidence.CERTAIN)
    assert incident.target.path == "/ws"


def test_a_healthy_access_line_yields_nothing() -> None:
    line = '203.0.113.7 - - [21/Nov/2026:09:51:01 +0000] "GET /api/health HTTP/1.1" 200 26 "-" "curl/8"\n'
    report = paste(line)
    assert not report.incidents
    assert not report.inconclusive


@pytest.mark.parametrize("text", ["", "\n\n", "hello, is this thing on?\n", "a,b,c\n1,2,3\n"])
def test_what_is_no_log_is_never_called_healthy(text: str) -> None:
    with pytest.raises(NothingReadError):
        paste(text)


def test_a_config_alone_is_read_and_yields_no_incident() -> None:
    report = paste("location /ws {\n    proxy_pass http://localhost:8000;\n}\n")
    assert [row.format for row in report.sources] == ["nginx_conf"]
    assert not report.incidents
