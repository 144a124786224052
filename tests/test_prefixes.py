"""People paste lines behind what brought them there: a platform's time and name, a search's file, a mail's mark."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Report
from analyzer.schema import RAW
from analyzer.wrapping import Wrapping, inner_of, layers_of

REFUSED = (
    "2026/11/21 09:51:03 [error] 31#31: *7 connect() failed (111: Connection refused) while connecting to upstream, "
    'client: 203.0.113.23, server: _, request: "GET /live HTTP/1.1", upstream: "http://172.18.0.5:3000/live", '
    'host: "chat.example.com"'
)
TURNED_AWAY = '203.0.113.23 - - [21/Nov/2026:09:51:03 +0000] "GET /live HTTP/1.1" 503 213 "-" "Mozilla/5.0"'
PREFIXES = {
    "Heroku": "2026-11-21T09:51:03.932714+00:00 app[web.1]: ",
    "docker's time": "2026-11-21T09:51:03.198060000Z ",
    "docker's time, cut": "2026-11-21T09:51:03.19806 ",
    "grep of several files": "/var/log/nginx/chat.error.log.1:",
    "grep of one file with numbers": "12:",
    "a mail's answer": "> ",
    "syslog": "Nov 21 09:51:03 web1 nginx: ",
    "syslog with the file's name": "Nov 21 09:51:03 web1 error.log ",
    "rsyslog": "2026-11-21T09:51:03.120+00:00 web1 nginx[411]: ",
    "journald": "Nov 21 09:51:03 web1 nginx[411]: ",
    "a supervisor": "2026-11-21 09:51:03 | stdout | ",
    "a container's runtime": "2026-11-21T09:51:03.120000000Z stderr F ",
    "docker compose": "nginx-1  | ",
    "docker compose with times": "nginx-1  | 2026-11-21T09:51:03.198060000Z ",
    "docker compose around docker-gen": "nginx-proxy    | nginx.1    | ",
    "docker swarm": "edge_nginx.1.x3k2@node1    | ",
    "kubectl --prefix": "[pod/edge-7d9f/nginx] ",
    "a border": "│ ",
}


def paste(text: str) -> Report:
    return analyze(["-"], stdin=io.BytesIO(text.encode()))


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES)
def test_nginx_is_understood_behind_it(prefix: str) -> None:
    report = paste(f"{prefix}{REFUSED}\n")
    (incident,) = report.incidents
    assert (incident.cause, incident.target.path if incident.target else None) == ("upstream-refused", "/live")
    (row,) = report.sources
    assert row.first == datetime(2026, 11, 21, 9, 51, 3, tzinfo=UTC)
    assert incident.evidence[0].text.startswith(prefix.strip())


def test_a_border_on_both_sides_is_no_part_of_the_line() -> None:
    (incident,) = paste(f"│ {REFUSED} │\n").incidents
    assert incident.target is not None
    assert incident.target.host == "chat.example.com"


def test_an_access_line_of_nginx_proxy_is_nginxs_and_no_backends() -> None:
    (question,) = paste(f"nginx-proxy    | nginx.1    | chat.example.com {TURNED_AWAY}\n").inconclusive
    assert "by the backend" not in question.question


def test_a_line_without_a_time_has_the_time_of_its_prefix() -> None:
    unresolved = 'nginx: [emerg] host not found in upstream "php" in /etc/nginx/conf.d/default.conf:16'
    (row,) = paste(f"2026-11-21 09:51:03 | stdout | {unresolved}\n").sources
    assert row.first == datetime(2026, 11, 21, 9, 51, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Known:
    """Formats that know their own lines by how they begin."""

    begins: Callable[[str], bool]
    prose: float = 0.0

    def worth_of_own(self, lines: pl.Series) -> float:
        return float(self.begins(lines[0]))

    def worth_of_prose(self, _: pl.Series) -> float:
        return self.prose


def test_what_is_read_as_well_with_it_keeps_its_head() -> None:
    lines = pl.Series(["2026-11-21T09:51:03.120Z listening on 3000", "2026-11-21T09:51:04.120Z connected"])
    assert layers_of(lines, Known(lambda _: False, prose=1.0)) == ()


def test_prefixes_are_taken_off_one_after_another_and_at_most_three() -> None:
    lines = pl.Series([f"> > 12:nginx.1 | 2026-11-21T09:51:03Z {REFUSED}"])
    found = layers_of(lines, Known(lambda line: line.startswith("2026-11-21T")))
    assert [prefix.title for prefix in found] == ["a mail's mark", "a line's number", "docker compose or pm2"]
    opened = Wrapping(tuple(found)).opened(lines.alias(RAW.name).to_frame())
    assert inner_of(opened).item() == f"2026-11-21T09:51:03Z {REFUSED}"


def test_sanics_access_lines_are_read_behind_its_process_with_time_and_zone() -> None:
    line = (
        "Main |2026-11-29 00:27:19 +0000 INFO: 127.0.0.1:39296 GET http://shop.example/v1/api/broken 500 136  30.3ms\n"
    )
    report = paste(line * 3)
    (incident,) = report.incidents
    assert (incident.cause, incident.target.path, incident.target.host) == (
        "backend-error",
        "/v1/api/broken",
        "shop.example",
    )
    assert report.sources[0].first == datetime(2026, 11, 29, 0, 27, 19, tzinfo=UTC)
