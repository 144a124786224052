"""What is recorded holds together: each bundle tells its story, and carries nothing of the machine that recorded it."""

import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.lab import record
from tests.lab.keep import TRIALS
from tests.lab.samples import FOLDER
from tests.lab.twins import RULES

SAMPLES = sorted(path.stem for path in FOLDER.glob("*.toml"))
CASES = sorted(path.parent.name for path in RULES.glob("*/case.toml"))
RECORDED = {*SAMPLES, *(f"rule-{case.replace('_', '-')}" for case in CASES)}

_RECORDED = {".log", ".1", ".conf", ".har", ".txt"}


def told(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def lines_with(bundle: Path, line: dict[str, str]) -> list[str]:
    text = (bundle / line["source"]).read_text(encoding="utf-8")
    return [found for found in text.split("\n") if line["contains"] in found]


def test_every_scenario_of_the_lab_has_its_recording() -> None:
    assert set(record.discovered()) <= RECORDED


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_evidence_of_a_sample_is_in_its_bundle(sample: str) -> None:
    for line in told(FOLDER / f"{sample}.toml").get("evidence", []):
        assert lines_with(FOLDER / sample, line), line


@pytest.mark.parametrize("case", CASES)
def test_the_evidence_of_a_rule_is_in_the_bundle_that_fires(case: str) -> None:
    story = told(RULES / case / "case.toml")
    assert story["evidence"]
    for line in story["evidence"]:
        assert lines_with(RULES / case / "fires", line), line


@pytest.mark.parametrize("folder", [FOLDER, RULES, TRIALS], ids=["samples", "rules", "trials"])
def test_no_recording_names_the_machine_that_made_it(folder: Path) -> None:
    places = "|".join(map(re.escape, (str(Path(__file__).parents[2]), f"{tempfile.gettempdir()}/", "/root/")))
    named = re.compile(rf"{places}|127\.0\.0\.(?!(?:1|11|53)\b)\d")  # Docker's resolver, systemd's
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in _RECORDED}
    assert texts
    assert [path for path, text in texts.items() if named.search(text)] == []
