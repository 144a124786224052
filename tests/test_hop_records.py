"""Side by side: what each hop wrote of the request that failed and of the one that works, and what to expect next."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Incident
from analyzer.schema import Hop, Seen
from analyzer.shipped import shipped
from tests.analysed import analysed

pytestmark = pytest.mark.xdist_group("analysed")


def incident_of(sample: str) -> Incident:
    return analysed(shipped("samples") / sample).incidents[0]


def test_each_hop_shows_its_own_line_of_the_failing_request_in_the_order_of_time() -> None:
    records = incident_of("incident-1a").records
    assert [(record.hop, record.source) for record in records] == [
        (Hop.NGINX, "nginx/access.log"),
        (Hop.NGINX, "nginx/error.log"),
        (Hop.CLIENT, "browser/desk.example.com-1795254714755.log"),
    ]
    assert all("/frontend-audio" in record.text for record in records)
    assert [record.time is None for record in records] == [False, False, True]


def test_the_working_request_goes_over_the_same_hops() -> None:
    incident = incident_of("incident-1a")
    contrast = incident.contrast
    assert contrast is not None
    assert [view.hop for view in contrast.hops] == [view.hop for view in incident.hops]
    assert contrast.hops[-1].seen is Seen.SEEN
    assert not any(view.is_break for view in contrast.hops)
    assert [record.hop for record in contrast.records] == [Hop.NGINX, Hop.BACKEND]


def test_the_lines_to_expect_are_the_working_paths_with_the_failed_path_in_them() -> None:
    expected = incident_of("incident-1a").fix.expected_lines
    assert [(line.source, line.path) for line in expected] == [
        ("nginx/access.log", "/frontend-audio"),
        ("backend/telephony.log", "frontend-audio"),
    ]
    assert '"GET /frontend-audio HTTP/1.1" 101' in expected[0].text
    assert expected[1].text.endswith("Upgrading to frontend-audio WebSocket")
    assert not any("call-events" in line.text for line in expected)


def test_a_backend_that_logs_the_query_too_is_expected_to_log_the_failed_path() -> None:
    lines = [line.text for line in incident_of("incident-3b").fix.expected_lines]
    assert any('"WebSocket /api/v1/ws/simple-voice-chat?' in line and line.endswith("[accepted]") for line in lines)


def test_a_path_is_not_put_into_another_path_that_only_begins_like_it(tmp_path: Path) -> None:
    when = "[12/Jan/2026:12:00:0"
    (tmp_path / "access.log").write_text(
        f'203.0.113.9 - - {when}1 +0000] "GET /ws HTTP/1.1" 101 93 "https://app.example.com/ws-demo" "Mozilla/5.0"\n'
        f'203.0.113.9 - - {when}2 +0000] "GET /audio HTTP/1.1" 404 153 "-" "Mozilla/5.0"\n'
    )
    (tmp_path / "error.log").write_text(
        '2026/01/12 12:00:02 [error] 31#31: *2 open() "/usr/share/nginx/html/audio" failed (2: No such file or'
        ' directory), client: 203.0.113.9, server: api.example.com, request: "GET /audio HTTP/1.1",'
        ' host: "api.example.com"\n'
    )
    (tmp_path / "console.log").write_text(
        "WebSocket connection to 'wss://api.example.com/audio' failed: Error during WebSocket handshake: Unexpected"
        " response code: 404\n"
    )
    (incident,) = analyze([str(tmp_path)]).incidents
    for line in incident.fix.expected_lines:
        assert "/ws-demo" in line.text
        assert '"GET /audio HTTP/1.1" 101' in line.text
    assert incident.fix.expected_lines
