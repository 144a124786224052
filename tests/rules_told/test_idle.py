"""Sockets that opened and were cut for their silence: by nginx's word, or by lifetimes that are all alike."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Report
from tests.rules_told.pasting import nginx_says, only_incident

_SERVER = """
http {{
    log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent rt=$request_time';
    access_log /var/log/nginx/access.log timed;
    server {{ listen 80; server_name x.test; location /ws {{ proxy_pass http://127.0.0.1:3000; {timeout} }} }}
}}
"""


def after(folder: Path, *lifetimes: float, timeout: str = "") -> Report:
    """WebSockets of so many seconds, as nginx logs them at their ends."""
    (folder / "nginx.conf").write_text(_SERVER.format(timeout=timeout), encoding="utf-8")
    lines = (
        f'203.0.113.{n} - - [21/Nov/2026:07:{10 + n}:00 +0000] "GET /ws HTTP/1.1" 101 120 rt={lifetime:.3f}\n'
        for n, lifetime in enumerate(lifetimes)
    )
    (folder / "access.log").write_text("".join(lines), encoding="utf-8")
    return analyze([str(folder)])


@pytest.mark.parametrize("phase", ["proxying upgraded connection", "reading upstream"])
def test_nginx_says_itself_that_it_cut_a_silent_connection(phase: str) -> None:
    line = nginx_says(f"upstream timed out (110: Connection timed out) while {phase}", level="info")
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == ("idle-timeout", Confidence.CERTAIN)


def test_equal_lifetimes_as_long_as_the_configured_timeout_name_the_directive(tmp_path: Path) -> None:
    (incident,) = after(tmp_path, 90.04, 90.02, 12.5, 90.06, timeout="proxy_read_timeout 90s;").incidents
    assert (incident.cause, incident.confidence) == ("idle-timeout", Confidence.PROBABLE)
    assert "`proxy_read_timeout 90s`" in incident.explanation


def test_equal_lifetimes_where_nothing_sets_a_timeout_are_nginxs_default(tmp_path: Path) -> None:
    (incident,) = after(tmp_path, 60.04, 60.02, 60.06, 60.01).incidents
    assert "where nothing sets `proxy_read_timeout`" in incident.explanation


def test_sixty_seconds_where_nginx_waits_for_an_hour_are_the_load_balancers(tmp_path: Path) -> None:
    (incident,) = after(tmp_path, 60.04, 60.02, 60.06, 60.01, timeout="proxy_read_timeout 1h;").incidents
    assert incident.confidence == Confidence.POSSIBLE
    assert "something in front of nginx" in incident.explanation


def test_sessions_of_all_lengths_are_no_complaint(tmp_path: Path) -> None:
    assert not after(tmp_path, 12.1, 60.02, 340.5, 7.9, 61.9, 1804.2).incidents


def test_incident_2b_the_server_sees_each_socket_end_after_a_minute(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    lines = (
        line
        for minute in range(0, 12, 2)
        for line in (
            f"2026-11-21T10:{minute:02}:00.120Z 🔌 [SERVER] New WebSocket connection to /demo",
            f"2026-11-21T10:{minute:02}:00.124Z 📤 [SERVER] Sending test message to client...",
            f"2026-11-21T10:{minute + 1:02}:00.310Z 🔌 [SERVER] WebSocket closed: 1006",
        )
    )
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (incident,) = analyze([str(log)]).incidents
    assert (incident.cause, incident.confidence, incident.target.path) == ("idle-timeout", Confidence.PROBABLE, "/demo")
    assert "60 s" in incident.explanation
    assert "load balancer" in incident.explanation


def test_a_client_that_leaves_after_a_minute_in_good_order_was_not_cut(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    lines = (
        line
        for minute in range(0, 12, 2)
        for line in (
            f"2026-11-21T10:{minute:02}:00.120Z 🔌 [SERVER] New WebSocket connection to /demo",
            f"2026-11-21T10:{minute + 1:02}:00.310Z 🔌 [SERVER] WebSocket closed: 1000",
        )
    )
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert not analyze([str(log)]).incidents
