"""Terminals, editors and pages cut nginx's long lines: they are joined again where that can be proven."""

import io

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Report

REFUSED = (
    "2026/11/21 09:51:03 [error] 31#31: *7 connect() failed (111: Connection refused) while connecting to upstream, "
    'client: 203.0.113.23, server: live-chat.example, request: "GET /live?room=lobby HTTP/1.1", '
    'upstream: "http://172.18.0.5:3000/live?room=lobby", host: "live-chat.example"'
)


def paste(text: str) -> Report:
    return analyze(["-"], stdin=io.BytesIO(text.encode()))


def cut(line: str, width: int) -> str:
    return "\n".join(line[at : at + width] for at in range(0, len(line), width))


@pytest.mark.parametrize("width", [72, 80, 100, 120, 132, 160, 200])
def test_a_line_cut_at_a_width_is_read_whole(width: int) -> None:
    report = paste(f"[root@web1 nginx]# tail -n 2 error.log\n{cut(REFUSED, width)}\n{cut(REFUSED, width)}\n")
    (incident,) = report.incidents
    assert incident.target is not None
    assert (incident.target.path, incident.target.host) == ("/live", "live-chat.example")
    assert "joined again" in report.sources[0].why
    assert report.sources[0].unparsed == 1


def test_behind_a_prefix_that_only_the_first_piece_has() -> None:
    (incident,) = paste(cut(f"2026-11-21T09:51:03.19806 {REFUSED}", 120) + "\n").incidents
    assert incident.target is not None
    assert incident.target.path == "/live"


@pytest.mark.parametrize("after", ["Any idea what this is?", 'I see "bad gateway" in the browser', "    location / {"])
def test_words_below_a_line_stay_words(after: str) -> None:
    report = paste(f"{REFUSED}\n{after}\n")
    assert "joined again" not in report.sources[0].why


def test_a_line_that_breaks_off_yields_no_half_value() -> None:
    report = paste(f"{REFUSED[: REFUSED.index('chat.example')]}\n")
    assert not [each for each in report.incidents if each.target.host]
    assert not [each for each in report.incidents if "live-" in each.explanation]
