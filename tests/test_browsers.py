"""Whichever browser somebody has, the same incident is found; what it says is not taken for more than it is."""

from pathlib import Path

import pytest

from analyzer.close_codes import meaning_of
from analyzer.pipeline import analyze
from analyzer.report.model import Confidence

BUNDLES = Path(__file__).parent / "browsers"
TAKEN_BACK = (
    "Firefox can’t establish a connection to the server at wss://api.example.com/ws/chat. app.js:8:20\n"  # noqa: RUF001
    "The connection to wss://api.example.com/ws/chat was interrupted while the page was loading. app.js:8:20\n"
    "[Chat] connected to wss://api.example.com/ws/chat app.js:9:35\n"
)


@pytest.mark.parametrize("browser", ["firefox", "chromium"])
def test_an_incident_is_found_in_either_browsers_console(browser: str) -> None:
    (incident,) = analyze([str(BUNDLES / browser)]).incidents
    assert (incident.cause, incident.confidence, incident.requests) == ("missing-location", Confidence.CERTAIN, 4)
    assert (incident.target.host, incident.target.path) == ("api.example.com", "/ws/chat")


@pytest.mark.parametrize("browser", ["firefox", "chromium"])
def test_a_browsers_attempts_are_those_that_nginx_logged(browser: str) -> None:
    report = analyze([str(BUNDLES / browser / "browser"), str(BUNDLES / browser / "nginx" / "access.log")])
    (incident,) = report.incidents
    assert (incident.cause, incident.confidence, incident.requests) == ("missing-location", Confidence.POSSIBLE, 4)


def test_firefoxs_refused_websocket_is_an_answer_and_no_refused_connection() -> None:
    report = analyze([str(BUNDLES / "firefox" / "browser")])
    assert not report.incidents  # NS_ERROR_WEBSOCKET_CONNECTION_REFUSED: nginx answered 404
    (question,) = report.inconclusive
    assert "answered the client with something else than 101" in question.question


def test_a_socket_that_the_page_closed_before_it_was_open_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "console-export-2026-11-29_4-48-2.log").write_text(TAKEN_BACK, encoding="utf-8")
    report = analyze([str(tmp_path)])
    assert not report.incidents
    assert not report.inconclusive


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(1006, "ended without a close frame"), (1014, "gateway"), (3003, "forbidden"), (3500, "library"), (4401, "own")],
)
def test_a_close_code_has_a_meaning(code: int, meaning: str) -> None:
    assert meaning in meaning_of(code)
