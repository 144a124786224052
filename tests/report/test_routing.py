"""The block in a report: what the config does with the failed request, and with the working one beside it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.nginx import ConfigText, Directive, Outcome, Request, WebSocket, read_config, route
from analyzer.pipeline import analyze
from analyzer.report.html import render_html
from analyzer.report.markdown import render_markdown
from analyzer.report.model import Report, Routing
from analyzer.report.routes import at_a_glance, facing, placed, verdict
from analyzer.shipped import shipped
from tests.report.pages import read_page
from tests.report.reports import MISSING_LOCATION
from tests.report.routes import BARELY_KNOWN, FROM_DISK, PROXIED

SAMPLE = shipped("samples") / "incident-1a"
CONF = "nginx/conf.d/api-calls.harx.ai.conf"


def _routing(folder: Path) -> Routing:
    (incident,) = analyze([str(folder)]).incidents
    assert incident.routing is not None
    return incident.routing


def test_the_failed_request_stands_beside_the_working_one_each_with_its_lines() -> None:
    routing = _routing(SAMPLE)
    failing, working = routing.failing, routing.working
    assert working is not None
    assert failing.location
    assert working.location
    assert (failing.location.pattern, failing.location.file, failing.location.line) == ("/", CONF, 25)
    assert (working.location.pattern, working.outcome) == ("/call-events", Outcome.PROXIED)
    assert (failing.websocket, working.websocket) == (WebSocket.FAILS, WebSocket.PASSES)


def test_in_a_dump_the_lines_are_those_of_the_dump(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "bundle")
    nginx = tmp_path / "bundle" / "nginx"
    files = [nginx / "nginx.conf", nginx / "conf.d" / "api-calls.harx.ai.conf"]
    texts = [f"# configuration file /etc/nginx/{file.relative_to(nginx)}:\n{file.read_text()}\n" for file in files]
    for file in files:
        file.unlink()
    (nginx / "nginx-T.txt").write_text("".join(texts))
    failing = _routing(tmp_path / "bundle").failing
    assert failing.location
    assert failing.location.file == "nginx/nginx-T.txt"
    lines = (nginx / "nginx-T.txt").read_text().split("\n")
    assert lines[failing.location.line - 1].strip() == "location / {"
    assert all(step.file == "nginx/nginx-T.txt" for step in failing.steps)
    assert lines[failing.considered[0].line - 1].strip() == f"location {failing.considered[0].pattern} {{"


def test_without_a_config_there_is_no_such_block(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "bundle", ignore=shutil.ignore_patterns("*.conf"))
    report = analyze([str(tmp_path / "bundle")])
    assert all(incident.routing is None for incident in report.incidents)
    assert "What this config does with it" not in render_html(report)
    assert "What this config does with it" not in render_markdown(report)


def _with(routing: Routing) -> Report:
    return replace(MISSING_LOCATION, incidents=(replace(MISSING_LOCATION.incidents[0], routing=routing),))


def test_what_both_have_is_shown_once_and_what_one_lacks_is_a_dash() -> None:
    rows = {row.label: row for row in facing(FROM_DISK, PROXIED)}
    assert rows["Server"].failing == rows["Server"].working
    assert rows["Backend"].failing == ()
    words = " ".join(read_page(render_html(_with(Routing(FROM_DISK, PROXIED)))).text.split())
    assert "=Server (the same)" in words
    assert "≠Backend (differs) — GET /call-events HTTP/1.1" in words


def test_a_failing_request_alone_needs_no_second_column() -> None:
    words = " ".join(read_page(render_html(_with(Routing(FROM_DISK)))).text.split())
    assert "The one that works:" not in words
    assert "Location location / / is the longest prefix" in words


def test_what_little_is_known_is_shown_and_the_rest_named() -> None:
    labels = [section.label for section in at_a_glance(BARELY_KNOWN)]
    assert labels == ["WebSocket", "Not known"]
    assert "it depends on $backend, which Lua sets (nginx/conf.d/api-calls.conf:14)." in verdict(BARELY_KNOWN)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"outcome": Outcome.CLOSED}, "gets no answer: nginx closes the connection"),
        ({"outcome": Outcome.DENIED, "status": 403}, "is refused with 403 by nginx"),
        ({"outcome": Outcome.ANSWERED, "status": None}, "is answered by nginx itself"),
        ({"outcome": Outcome.REDIRECTED, "status": 301}, "is redirected with 301 to an address that cannot be told"),
        ({"outcome": Outcome.PROXIED, "backend": None}, "is proxied to a backend, whose address cannot be told"),
        ({"outcome": Outcome.UNKNOWN, "unknown": ()}, "goes where this config does not tell"),
        (
            {"outcome": Outcome.REDIRECTED, "status": 302, "redirect_to": "https://x/\nServer  forged"},
            r"is redirected with 302 to https://x/\nServer  forged",
        ),
    ],
)
def test_each_outcome_has_its_sentence(changed: dict[str, object], says: str) -> None:
    told = verdict(replace(BARELY_KNOWN, **changed))  # type: ignore[arg-type]
    assert told == f"GET wss://api-calls.harx.ai/call-events {says}."


def test_a_place_keeps_no_blocks_around_it() -> None:
    config = read_config([ConfigText("a.conf", "server { location /x { return 204; } }")])
    answer = route(config, Request("GET", "http", "h", 80, "/x", upgrade=False))
    assert answer.scope
    bare = placed(replace(answer, decided_by=Directive("if", (), "a.conf", 1, 1, 0, 0, block=answer.scope)), config)
    assert bare.scope == ()
    assert bare.decided_by
    assert bare.decided_by.block == ()
