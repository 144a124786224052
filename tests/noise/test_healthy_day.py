"""A healthy day of a million requests: nothing in it is an incident, whatever it looks like."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Incident, Report
from tests.noise.day import write_day

REQUESTS = 1_000_000


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day")
    write_day(folder, REQUESTS, seed=20_261_120)
    return folder


def told(report: Report) -> list[Incident]:
    return [incident for incident in report.incidents if incident.confidence is not Confidence.POSSIBLE]


def test_a_million_requests_of_a_healthy_day_are_no_incident(day: Path) -> None:
    report = analyze([str(day)])
    assert report.requests_seen >= REQUESTS * 0.99
    assert told(report) == []


def test_the_access_log_alone_is_no_incident(day: Path) -> None:
    assert told(analyze([str(day / "access.log")])) == []


def test_the_error_log_alone_is_no_incident(day: Path) -> None:
    assert told(analyze([str(day / "error.log")])) == []


@pytest.mark.parametrize("seed", range(4))
def test_any_hour_of_it_is_none(tmp_path: Path, seed: int) -> None:
    write_day(tmp_path, 20_000, seed, length_s=3600)
    assert told(analyze([str(tmp_path)])) == []
