"""Incidents that the lab drew and recorded: each is named rightly, or asked about; its healthy twin yields nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.report.grounds import LedgerRow
from analyzer.report.json import to_json
from tests.analysed import analysed
from tests.lab.judging import false_alarms, judged

pytestmark = pytest.mark.xdist_group("analysed")
TRIALS = sorted(path.parent for path in (Path(__file__).parent / "trials").glob("*/truth.json"))
each_trial = pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)


def report(bundle: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(to_json(analysed(bundle)))
    return told


def test_there_are_trials() -> None:
    assert TRIALS


@each_trial
def test_what_was_staged_is_what_is_found(trial: Path) -> None:
    truth = json.loads((trial / "truth.json").read_text(encoding="utf-8"))
    verdict = judged(truth, report(trial / "bundle"))
    assert verdict.right, verdict


@each_trial
def test_the_same_minute_without_the_fault_yields_nothing(trial: Path) -> None:
    assert false_alarms(report(trial / "twin")) == []


@each_trial
def test_the_lines_that_prove_it_are_in_the_bundle(trial: Path) -> None:
    truth = json.loads((trial / "truth.json").read_text(encoding="utf-8"))
    for line in truth["evidence"]:
        assert line["contains"] in (trial / "bundle" / line["source"]).read_text(encoding="utf-8")


def rows_of_logs() -> list[LedgerRow]:
    """What was made of every log that real programs wrote into the trials."""
    reports = (analysed(trial / side) for trial in TRIALS for side in ("bundle", "twin"))
    return [row for report in reports for row in report.sources if row.format not in {"nginx_conf", "settings"}]


def test_of_all_recorded_lines_995_in_1000_are_understood_by_a_format_that_knows_them() -> None:
    rows = rows_of_logs()
    lines = sum(row.parsed + row.unparsed for row in rows)
    known = sum(row.parsed - row.by_features for row in rows)
    assert lines > 5_000
    assert known >= 0.995 * lines, f"{known} of {lines}"


def test_every_line_that_is_not_understood_is_in_the_ledger_with_a_reason() -> None:
    for row in (row for row in rows_of_logs() if row.unparsed):
        assert row.samples
        assert all(sample.reason for sample in row.samples)
        assert row.shapes
