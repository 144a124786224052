"""Neighbouring lines of a backend that tell of one request are one attempt, so that the incident has its path."""

import io
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Report

PLAIN_GET = {
    "tornado": "[tornado.access.WARNING] 400 GET /jobs/run/io/7 (127.0.0.1) 0.61ms\n"
    '[handlers.INFO] Can "Upgrade" only to "WebSocket".\n',
    "Rails behind puma-dev": 'Started GET "/live" for 127.0.0.1 at 2026-11-21 09:51:03 +0000\n'
    "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: , HTTP_UPGRADE: )\n"
    'Finished "/live/"[non-WebSocket] for 127.0.0.1 at 2026-11-21 09:51:03 +0000\n',
    "Ruby's logger": 'I, [2026-11-21T09:51:03.360905 #35]  INFO -- : Started GET "/live" for 127.0.0.1 at 2026-11-21\n'
    "E, [2026-11-21T09:51:03.361005 #35] ERROR -- : "
    "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: , HTTP_UPGRADE: )\n",
}
WARNED_TWICE = (
    "[W 2026-11-21 09:51:03.701 Hub web:1787] 403 GET /hub/api/groups?limit=50 (::ffff:192.0.2.45): Not authorized\n"
    "[W 2026-11-21 09:51:03.702 Hub log:189] 403 GET /hub/api/groups?limit=50 (@::ffff:192.0.2.45) 25.52ms\n"
)


def paste(text: str) -> Report:
    return analyze(["-"], stdin=io.BytesIO(text.encode()))


@pytest.mark.parametrize("lines", PLAIN_GET.values(), ids=PLAIN_GET)
def test_a_complaint_without_a_path_belongs_to_the_request_beside_it(lines: str) -> None:
    report = paste(lines)
    (incident,) = report.incidents
    assert incident.cause == "missing-upgrade-headers"
    assert incident.target is not None
    assert incident.target.path in {"/live", "/jobs/run/io/{id}"}
    assert not report.inconclusive


def test_a_request_that_a_server_tells_twice_is_asked_for_once() -> None:
    (question,) = paste(WARNED_TWICE).inconclusive
    assert "such requests" not in question.question


def test_a_complaint_far_from_any_request_keeps_to_itself() -> None:
    request, complaint = PLAIN_GET["tornado"].splitlines()
    report = paste("\n".join([request, *["[handlers.INFO] still running"] * 5, complaint, ""]))
    assert "/jobs" not in str([each.target and each.target.path for each in report.incidents])


def test_times_of_rubys_and_gos_loggers_are_kept() -> None:
    (row,) = paste(PLAIN_GET["Ruby's logger"]).sources
    assert str(row.first) == "2026-11-21 09:51:03.360905+00:00"
    (row,) = paste("[WARN] 2026/11/21 09:51:03 websocket: request origin not allowed by Upgrader.CheckOrigin\n").sources
    assert str(row.first) == "2026-11-21 09:51:03+00:00"


def test_a_socket_that_opened_in_the_browser_is_no_post_that_the_backend_refused(tmp_path: Path) -> None:
    (tmp_path / "console.log").write_text("app.js:32 [App] open: wss://ws.fleet.example/ws/rooms/42\n" * 4)
    accepted = '[2026-11-29 00:09:08 +0000] [21] [INFO] 172.18.0.1:60096 - "WebSocket /ws/rooms/42" [accepted]\n'
    posted = '172.18.0.1:60114 - "POST /ws/rooms/42 HTTP/1.1" 404\n'
    (tmp_path / "gunicorn.log").write_text(accepted + posted * 3 + accepted * 2)
    (incident,) = analyze([str(tmp_path)]).incidents
    assert (incident.cause, incident.requests) == ("method-mismatch", 3)


def test_what_worked_in_the_same_second_before_a_backend_went_is_no_restart_that_is_over(tmp_path: Path) -> None:
    access = '203.0.113.{n} - - [29/Nov/2026:01:31:08 +0100] "GET {path} HTTP/1.1" {status} 150 "-" "okhttp/4.12.0"\n'
    works = "".join(access.format(n=n, path="/ws/chat", status=101) for n in range(40))
    fails = "".join(access.format(n=n, path="/ws/chat", status=502) for n in range(40))
    (tmp_path / "access.log").write_text(works + fails)
    report = analyze([str(tmp_path)])
    assert report.incidents or report.inconclusive
    (tmp_path / "access.log").write_text(works + fails + works)
    report = analyze([str(tmp_path)])
    assert not report.incidents
    assert not report.inconclusive


def test_a_redirect_to_https_is_no_proof_that_a_backend_is_back(tmp_path: Path) -> None:
    access = '203.0.113.{n} - - [29/Nov/2026:01:31:0{s} +0100] "GET {path} HTTP/1.1" {status} 150 "-" "okhttp/4.12.0"\n'
    fails = "".join(access.format(n=n, s=7, path=path, status=502) for n in range(20) for path in ("/", "/ws/chat"))
    moved = access.format(n=30, s=8, path="/", status=301)
    (tmp_path / "access.log").write_text(fails + moved)
    report = analyze([str(tmp_path)])
    assert report.incidents or report.inconclusive
