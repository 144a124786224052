"""Pseudonyms come after the verdict: cause, confidence, hops, counts and times are the same, on every sample and trial.

`LASTHOP_TRANSFORMED=all` looks at every trial.
"""

import os
from pathlib import Path

import pytest

from analyzer.anonymity import Anonymisation
from analyzer.pipeline import analyze
from analyzer.report.json import to_json
from analyzer.report.model import Incident, Report
from analyzer.shipped import shipped
from tests.analysed import analysed

pytestmark = pytest.mark.xdist_group("analysed")
SAMPLES = sorted(path for path in shipped("samples").iterdir() if path.is_dir())
TRIALS = sorted((Path(__file__).parents[1] / "trials").glob("*/bundle"))
LOOKED_AT = TRIALS if os.environ.get("LASTHOP_TRANSFORMED") == "all" else TRIALS[::4]


def said_of(incident: Incident) -> tuple[object, ...]:
    return (
        incident.cause, incident.confidence, incident.confidence_why, incident.hop, incident.reached,
        incident.requests, incident.clients, incident.first_seen, incident.last_seen,
        [(view.hop, view.seen, view.is_break) for view in incident.hops],
        [(piece.line, piece.last_line) for piece in incident.evidence],
        [other.cause for other in incident.alternatives], [each.line for each in incident.consequences],
        incident.contrast is None, incident.next is None, len(incident.also_failing), len(incident.fix.verify),
        incident.routing and (incident.routing.failing.outcome, incident.routing.failing.status),
    )  # fmt: skip


def said(report: Report) -> tuple[object, ...]:
    return (
        sorted(map(said_of, report.incidents), key=repr),
        [(len(question.needed), len(question.evidence)) for question in report.inconclusive],
        report.window_start, report.window_end, report.requests_seen, report.not_checked,
        [(row.format, row.lines, row.parsed, row.unparsed, row.clock_offset_s) for row in report.sources],
        len({row.path for row in report.sources}), len(report.problems),
        [(row.requests, row.reached, row.served) for row in report.reach.rows] if report.reach else None,
    )  # fmt: skip


@pytest.mark.parametrize("bundle", [*SAMPLES, *LOOKED_AT], ids=lambda bundle: bundle.parent.name + "-" + bundle.name)
def test_the_verdict_is_the_same_with_pseudonyms(bundle: Path) -> None:
    assert said(analyze([str(bundle)], redaction=Anonymisation())) == said(analysed(bundle))


@pytest.mark.parametrize("bundle", SAMPLES, ids=lambda bundle: bundle.name)
def test_none_of_the_founding_incidents_hosts_is_named(bundle: Path) -> None:
    told = to_json(analyze([str(bundle)], redaction=Anonymisation()))
    for real in ("harx", "gmai", "voxanne", "callwaiting", "onrender", "example.com", "203.0.113"):
        assert real not in told
