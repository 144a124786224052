"""The whole outage in one table: which paths came how far, and where they fall to nothing."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.figures import Reach, ReachRow
from analyzer.report.html import render_html
from analyzer.report.reaching import below, cells, worst
from analyzer.schema import Hop
from analyzer.shipped import shipped
from tests.analysed import analysed

pytestmark = pytest.mark.xdist_group("analysed")


def reach_of(*handed_in: Path) -> Reach:
    reach = analyze([str(path) for path in handed_in]).reach
    assert reach is not None
    return reach


def row_of(reach: Reach, path: str) -> ReachRow:
    return next(row for row in reach.rows if row.path == path)


def tones(reach: Reach, path: str) -> list[str]:
    return [cell.tone for cell in cells(reach, row_of(reach, path))]


def test_the_path_that_nginx_does_not_pass_on_falls_to_nothing_at_the_backend() -> None:
    reach = reach_of(shipped("samples") / "incident-1a")
    assert reach.hops == (Hop.CLIENT, Hop.NGINX, Hop.BACKEND)
    assert reach.rows[0] == ReachRow("/frontend-audio", 12, (12, 12, 0), served=0, missed=12)
    assert tones(reach, "/frontend-audio") == ["all", "all", "none", "past"]
    assert row_of(reach, "/call-events") == ReachRow("/call-events", 5, (5, 5, 5), served=5, missed=0)
    assert tones(reach, "/call-events") == ["all"] * 4


def test_what_nginx_serves_from_disk_did_not_break_off_on_its_way_to_the_backend() -> None:
    reach = reach_of(shipped("samples") / "incident-1a")
    assert row_of(reach, "/").served == 2
    assert tones(reach, "/") == ["all", "all", "past", "all"]


def test_a_path_whose_prefix_was_taken_away_comes_to_the_backend_and_is_not_served() -> None:
    reach = reach_of(shipped("samples") / "incident-3a")
    assert tones(reach, "/api/v1/ws/simple-voice-chat") == ["all", "all", "all", "none"]


def test_nobody_missed_what_a_scanner_asked_for() -> None:
    reach = reach_of(shipped("samples") / "healthy")
    assert not any(row.missed for row in reach.rows)
    assert not any(cell.is_break for row in reach.rows for cell in cells(reach, row))


def test_a_hop_that_no_log_tells_of_has_no_column() -> None:
    assert reach_of(shipped("samples") / "incident-1a" / "nginx" / "access.log").hops == (Hop.NGINX,)


def test_what_a_backend_does_not_log_is_not_told_as_nothing() -> None:
    """An engine.io log tells of its own requests alone: nobody knows from it where /api/health went."""
    reach = analysed(Path(__file__).parent / "trials" / "no-sticky-session-socket_io" / "bundle").reach
    assert reach is not None
    assert row_of(reach, "/api/health").reached == (5, None)
    assert "dash" in below(reach)


def test_requests_that_were_counted_and_not_kept_are_in_the_table(tmp_path: Path) -> None:
    head = "203.0.113.9 - - [21/Nov/2026:09:51:03 +0000]"
    lines = [f'{head} "GET /api/calls HTTP/1.1" 200 5 "-" "-"\n'] * 5000
    lines += [f'{head} "GET /ws HTTP/1.1" 502 5 "-" "-"\n'] * 3000
    (tmp_path / "access.log").write_text("".join(lines), encoding="utf-8")
    reach = reach_of(tmp_path)
    assert [(row.path, row.requests, row.served) for row in reach.rows] == [
        ("/ws", 3000, 0),
        ("/api/calls", 5000, 5000),
    ]


def test_of_many_paths_the_worst_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    head = "203.0.113.9 - - [21/Nov/2026:09:51:03 +0000]"
    words = [f"{first}{second}" for first in "abcdefgh" for second in "klmnop"]
    lines = [f'{head} "GET /{word} HTTP/1.1" 200 5 "-" "-"\n' for word in words]
    (tmp_path / "access.log").write_text("".join(lines), encoding="utf-8")
    report = analyze([str(tmp_path)])
    assert report.reach is not None
    assert (len(report.reach.rows), len(worst(report.reach)), report.reach.more) == (48, 12, 0)
    page = render_html(report)
    assert "36 more paths" in page
    assert page.count('<th scope="row"><code>/') == 12  # of the table; a source is called access.log
