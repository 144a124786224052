"""Neighbouring lines of a backend that tell of one request are one attempt, so that the incident has its path."""

import io

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
