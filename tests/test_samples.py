"""The founding incidents, as recorded from real software: each sample must yield what stands beside it."""

import io
import shutil
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from analyzer.nginx.request import WebSocket
from analyzer.pipeline import analyze
from analyzer.report.console import render_console
from analyzer.report.json import to_json
from analyzer.report.model import Confidence, Incident, Report
from analyzer.shipped import shipped
from tests.golden import SAMPLES as GOLDENS
from tests.golden import assert_golden

SAMPLES = shipped("samples")


@dataclass(frozen=True, slots=True)
class Story:
    """What a sample must yield, as its toml says."""

    name: str
    cause: str | None
    path: str | None
    host: str | None
    hop: str | None
    contrast_path: str | None
    must_not: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]


def read_story(path: Path) -> Story:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    facts = (told.get(key) for key in ("cause", "path", "host", "hop", "contrast_path"))
    lines = tuple((line["source"], line["contains"]) for line in told.get("evidence", ()))
    cause, asked, host, hop, contrast = facts
    return Story(path.stem, cause, asked, host, hop, contrast, tuple(told.get("must_not", ())), lines)


STORIES = [read_story(path) for path in sorted(SAMPLES.glob("*.toml"))]
BROKEN = [story for story in STORIES if story.cause]


@cache
def report_on(name: str) -> Report:
    return analyze([str(SAMPLES / name)])


def first_incident(story: Story) -> Incident:
    return report_on(story.name).incidents[0]


def test_the_founding_incidents_are_all_there() -> None:
    names = {story.name for story in STORIES}
    assert names >= {"incident-1a", "incident-1b", "incident-3a", "incident-3b", "incident-4", "healthy"}


@pytest.mark.parametrize("story", BROKEN, ids=lambda story: story.name)
def test_the_right_cause_comes_first_at_the_right_path_and_hop(story: Story) -> None:
    incident = first_incident(story)
    assert incident.cause == story.cause
    assert incident.confidence is Confidence.CERTAIN
    assert story.path in {incident.target.path, *incident.also_failing}
    assert incident.target.host == story.host
    assert incident.hop == story.hop


@pytest.mark.parametrize("story", BROKEN, ids=lambda story: story.name)
def test_one_outage_is_one_incident(story: Story) -> None:
    report = report_on(story.name)
    assert [incident.cause for incident in report.incidents] == [story.cause]
    assert not report.inconclusive


@pytest.mark.parametrize("story", BROKEN, ids=lambda story: story.name)
def test_the_lines_that_prove_it_are_quoted_from_where_they_stand(story: Story) -> None:
    shown = first_incident(story).evidence
    for source, contains in story.evidence:
        quoted = [item for item in shown if item.source == source]
        assert any(contains in item.text for item in quoted), (source, contains, quoted)
        for item in quoted:
            lines = (SAMPLES / story.name / source).read_text(encoding="utf-8").split("\n")
            assert item.text.split("\n")[0].strip() == lines[item.line - 1].strip()


@pytest.mark.parametrize("story", BROKEN, ids=lambda story: story.name)
def test_a_working_path_stands_beside_the_failing_one(story: Story) -> None:
    contrast = first_incident(story).contrast
    assert contrast is not None
    assert contrast.rows
    if story.contrast_path:
        assert contrast.path == story.contrast_path


@pytest.mark.parametrize("story", BROKEN, ids=lambda story: story.name)
def test_what_it_is_not_is_never_claimed_and_is_ruled_out_with_a_reason(story: Story) -> None:
    report = report_on(story.name)
    assert not {incident.cause for incident in report.incidents} & set(story.must_not)
    assert len(report.incidents[0].alternatives) >= 3
    assert all(other.ruled_out_by for other in report.incidents[0].alternatives)


@pytest.mark.parametrize("story", [story for story in STORIES if not story.cause], ids=lambda story: story.name)
def test_a_healthy_bundle_yields_nothing(story: Story) -> None:
    report = report_on(story.name)
    assert not report.incidents
    assert not report.inconclusive


def test_1a_explains_why_call_events_works_and_frontend_audio_does_not() -> None:
    contrast = report_on("incident-1a").incidents[0].contrast
    assert contrast is not None
    assert contrast.path == "/call-events"
    assert "its `location /call-events` (nginx/conf.d/api-calls.harx.ai.conf:39) passes it" in contrast.difference
    assert "/frontend-audio has none" in contrast.difference


def test_1b_a_location_that_proxies_but_does_not_forward_the_upgrade_gets_the_headers_and_nothing_else() -> None:
    incident = report_on("incident-1b").incidents[0]
    assert incident.cause == "missing-upgrade-headers"
    assert "proxy_http_version 1.1, Upgrade and Connection" in incident.explanation
    added = [line[1:].strip() for line in (incident.fix.patch or "").split("\n") if line.startswith("+ ")]
    assert added == [
        "proxy_http_version 1.1;",
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Connection $connection_upgrade;",  # the map is in this config already
    ]


@pytest.mark.parametrize("name", ["incident-1a", "incident-1b"])
def test_1c_the_config_is_shown_for_the_path_that_fails_beside_the_one_that_works(name: str) -> None:
    incident = report_on(name).incidents[0]
    assert incident.contrast is not None
    assert incident.contrast.path == "/call-events"
    assert incident.routing is not None
    assert incident.routing.working is not None
    assert incident.routing.failing.request.target.endswith("/frontend-audio")
    assert incident.routing.failing.websocket is WebSocket.FAILS
    assert incident.routing.working.request.target == "/call-events"
    assert incident.routing.working.websocket is WebSocket.PASSES


def test_1d_broadcasting_to_nobody_and_a_tolerated_422_are_consequences_and_outrank_nothing() -> None:
    report = report_on("incident-1a")
    told = {consequence.text.split("\n")[0]: consequence.why for consequence in report.incidents[0].consequences}
    nobody = next(why for text, why in told.items() if "Broadcasting to 0 clients" in text)
    refused = next(why for text, why in told.items() if "HTTP 422 on suppression_start" in text)
    assert "Nobody could connect to /frontend-audio" in nobody
    assert "does not decide whether /frontend-audio arrives" in refused
    assert len(report.incidents) == 1


def test_1e_says_how_to_tell_what_is_left_when_the_block_is_there_and_it_still_fails() -> None:
    fix = report_on("incident-1a").incidents[0].fix
    assert fix.verify[0] == "nginx -t && nginx -s reload"
    assert "Upgrade: websocket" in fix.verify[1]
    told = " ".join((*fix.expect, *fix.if_it_still_fails))
    assert "Upgrading to call-events WebSocket" in told
    assert "another server" in told
    assert "not have been reloaded" in told
    assert "error log" in told


@pytest.mark.parametrize("name", ["incident-1a", "incident-1b", "incident-3a", "incident-3b"])
def test_the_patch_has_been_tried_on_every_failed_request(name: str) -> None:
    incident = report_on(name).incidents[0]
    assert incident.fix.patch is not None
    assert incident.fix.verified_by_model
    assert incident.fix.reaches_after == f"{incident.requests} of {incident.requests}"


def test_3a_names_the_uri_part_that_replaces_the_prefix_and_takes_only_it_away() -> None:
    incident = report_on("incident-3a").incidents[0]
    assert "The backend was asked for /simple-voice-chat instead of" in incident.explanation
    changed = [line for line in (incident.fix.patch or "").split("\n") if line.startswith(("+ ", "- "))]
    assert [line[1:].strip() for line in changed] == [
        "proxy_pass http://localhost:8000/;",
        "proxy_pass http://localhost:8000;",
    ]
    assert "/api/v1/ws/simple-voice-chat/status" in incident.also_failing  # plain HTTP loses its prefix as well


def test_3b_is_not_called_path_stripped_and_the_wrong_belief_is_answered() -> None:
    report = report_on("incident-3b")
    (incident,) = report.incidents
    assert incident.cause == "missing-upgrade-headers"
    assert any("no URI part" in note and "unchanged" in note for note in incident.notes)
    (stripped,) = [other for other in incident.alternatives if other.cause == "path-stripped"]
    assert "unchanged" in stripped.ruled_out_by
    assert "proxy_pass http://localhost:8000/api" not in (incident.fix.patch or "")


def test_4a_names_the_origin_the_list_as_logged_and_the_difference() -> None:
    incident = report_on("incident-4").incidents[0]
    assert "https://voxanne.ai" in incident.explanation
    assert "other hosts only" in incident.explanation
    assert "https://app.callwaiting.example" in incident.evidence[0].says


def test_4b_two_endpoints_one_of_them_with_an_id_are_one_incident() -> None:
    (incident,) = report_on("incident-4").incidents
    assert {incident.target.path, *incident.also_failing} == {"/ws/live-calls", "/api/web-voice/{id}"}


def test_4c_says_that_cors_and_websocket_origins_are_two_settings() -> None:
    assert any("two settings" in note for note in report_on("incident-4").incidents[0].notes)


def test_4d_says_that_a_changed_variable_needs_a_redeploy() -> None:
    fix = report_on("incident-4").incidents[0].fix
    assert "redeploy" in fix.summary
    assert any("without a redeploy" in hint for hint in fix.if_it_still_fails)


def test_4d_a_setting_that_already_allows_the_origin_means_that_the_process_is_an_older_one(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "incident-4", tmp_path / "bundle")
    (tmp_path / "bundle" / ".env").write_text("PORT=3000\nFRONTEND_URL=https://voxanne.ai\n", encoding="utf-8")
    (incident,) = analyze([str(tmp_path / "bundle")]).incidents
    assert (incident.cause, incident.confidence) == ("origin-rejected", "certain")
    assert "although FRONTEND_URL (.env:2) allows it: the process still runs with an older list" in incident.explanation
    assert incident.fix.summary.startswith("Redeploy the backend")
    assert any(item.source == ".env" and item.line == 2 for item in incident.evidence)


def test_incident_5_four_faults_in_four_logs_are_four_incidents_each_with_its_own_lines(tmp_path: Path) -> None:
    logs = {
        "backend.log": "[2025-01-13 09:45:22] WARNING: Worker timeout, restarting...\n"
        "[2025-01-13 09:45:22] CRITICAL: Only 1/3 workers active\n",
        "app.log": "[ERROR] Failed to connect to localhost:8000\n[ERROR] Connection refused\n",
        "livekit.log": "[ERROR] LiveKit authentication failed: 401 Unauthorized\n[ERROR] Invalid JWT signature\n",
        "speech.log": "[ERROR] POST /streaming/session - 404 Not Found\n",
    }
    for name, text in logs.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    report = analyze([str(tmp_path)])
    assert {(found.cause, item.source) for found in report.incidents for item in found.evidence} == {
        ("worker-starved", "backend.log"),
        ("client-wrong-address", "app.log"),
        ("auth-rejected", "livekit.log"),
        ("method-mismatch", "speech.log"),
    }
    assert not report.inconclusive


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_line_of_the_bundle_is_accounted_for(story: Story) -> None:
    for row in report_on(story.name).sources:
        assert row.format is not None
        assert row.why
        assert row.parsed + row.unparsed <= row.lines


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_same_bundle_gives_the_same_bytes(story: Story) -> None:
    assert to_json(analyze([str(SAMPLES / story.name)])) == to_json(report_on(story.name))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_terminal_says_the_story_as_reviewed(story: Story) -> None:
    out = io.StringIO()
    render_console(report_on(story.name), Console(file=out, width=100, force_terminal=False))
    assert_golden(f"{story.name}.txt", out.getvalue(), GOLDENS)
