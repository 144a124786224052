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


BY_HAND = (
    "2026/11/21 09:51:03 [error] 31#31: *7 connect() failed (111: Connection refused)\n"
    "while connecting to upstream, client: 203.0.113.23, server: live-chat.example,\n"
    'request: "GET /live?room=lobby HTTP/1.1", upstream: "http://172.18.0.5:3000/live?room=lobby",\n'
    'host: "live-chat.example"'
)


def test_a_line_that_a_person_broke_between_words_is_read_whole() -> None:
    (incident,) = paste(f"{BY_HAND}\n").incidents
    assert (incident.cause, incident.target.host) == ("upstream-refused", "live-chat.example")
    assert "172.18.0.5:3000" in incident.title


def test_a_piece_of_a_broken_line_of_nginx_is_no_client_that_speaks() -> None:
    (incident,) = paste(
        "nginx | 2026/11/21 09:51:03 [error] 10#10: *12 SSL_do_handshake() failed \n"
        "(SSL: error:1408F10B:SSL routines:ssl3_get_record:wrong version number) \n"
        'while SSL handshaking to upstream, client: 203.0.113.23"\n'
    ).incidents
    assert incident.cause == "upstream-tls"


@pytest.mark.parametrize(
    "after", ["server: live-chat", "while I was asleep", "host: live-chat.example", "request: see above"]
)
def test_what_only_begins_like_a_part_of_nginx_s_line_stays_apart(after: str) -> None:
    report = paste(f"{REFUSED}\n{after}\n")
    assert "joined again" not in report.sources[0].why
