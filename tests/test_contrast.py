"""The working path beside the failing one: what is said of both differs, and every cause in the proxy has one."""

import io
import re
from pathlib import Path

import pytest

from analyzer.catalogue import load_causes
from analyzer.pipeline import analyze
from analyzer.report.model import Contrast, Incident
from analyzer.schema import Hop
from tests.analysed import analysed

pytestmark = pytest.mark.xdist_group("analysed")
BUNDLES = Path(__file__).parent
FIRING = {path.parent.name: path for path in (BUNDLES / "rules").glob("*/fires")}
STAGED = sorted((*FIRING.values(), *(BUNDLES / "trials").glob("*/bundle")))
IN_PROXY = {cause.rule.slug.replace("-", "_") for cause in load_causes() if cause.rule.hop in {Hop.NGINX, Hop.UPSTREAM}}
_PLACED = r"`[^`]+` \([^()]+:[0-9]+\)"

NOTHING_ELSE_WORKED = {
    "out_of_connections": "every connection of nginx is in use",
    "path_stripped": "the sample of the founding incident shows it; here one path is asked for",
    "upstream_permission": "all of that server goes to the backend that nginx may not reach",
    "upstream_protocol": "one backend serves all",
    "upstream_socket_missing": "one backend serves all",
    "upstream_tls": "one backend serves all",
}
"""Bundles of proxy causes in which no other request was answered: there is nothing to compare with."""


def first_incident(bundle: Path) -> Incident | None:
    incidents = analysed(bundle).incidents
    return incidents[0] if incidents else None


@pytest.mark.parametrize("bundle", STAGED, ids=lambda path: f"{path.parent.name}")
def test_no_sentence_tells_two_paths_apart_by_what_they_have_in_common(bundle: Path) -> None:
    incident = first_incident(bundle)
    contrast = incident.contrast if incident else None
    named = re.findall(_PLACED, contrast.difference) if contrast else []
    assert len(named) == len(set(named))
    assert all(own != other for _, own, other in (contrast.rows if contrast else ()))


@pytest.mark.parametrize("folder", sorted(IN_PROXY & FIRING.keys()))
def test_a_cause_in_the_proxy_is_shown_beside_a_path_that_works(folder: str) -> None:
    incident = first_incident(FIRING[folder])
    assert incident is not None
    assert (incident.contrast is None) == (folder in NOTHING_ELSE_WORKED)


def contrast_of(*lines: str) -> Contrast:
    (incident,) = analyze(["-"], stdin=io.BytesIO("\n".join(lines).encode())).incidents
    assert incident.contrast is not None
    return incident.contrast


def test_a_name_that_does_not_resolve_stands_beside_one_that_does() -> None:
    incident = first_incident(FIRING["dns_failure"])
    assert incident is not None
    assert incident.contrast is not None
    assert "api.example.com resolves; api.exmaple.com does not." in incident.contrast.difference


def test_a_plain_request_that_works_is_never_said_to_open() -> None:
    """A location for /api/ that works is no pattern for a handshake: its sentence says what was answered."""
    incident = first_incident(FIRING["intermediary_strips_upgrade"])
    assert incident is not None
    assert incident.contrast is not None
    assert incident.contrast.path == "/api/health"
    assert "opens" not in incident.contrast.difference


def test_a_path_in_capitals_stands_beside_the_one_in_small_letters() -> None:
    json = (
        '{{"time":"2026-11-29T00:44:{at}+01:00","remote_addr":"203.0.113.{client}","host":"api.example.com","method":"GET",'
        '"uri":"{uri}","protocol":"HTTP/1.1","status":{status},"bytes":14,"request_time":0.003,"upstream":"127.0.0.1:8088",'
        '"upstream_status":"{status}","referer":"","user_agent":"okhttp/4.12.0"}}'
    )
    asked = [("/app/ws/Chat", 404), ("/app/api/items", 200), ("/app/ws/chat", 101), ("/app/ws/Chat", 404)]
    lines = [
        json.format(at=10 + number, client=40 + number % 2, uri=uri, status=status)
        for number, (uri, status) in enumerate(asked * 3)
    ]
    contrast = contrast_of(*lines)
    assert contrast.path == "/app/ws/chat"
    assert "/app/ws/chat opens; /app/ws/Chat is refused with 404" in contrast.difference
