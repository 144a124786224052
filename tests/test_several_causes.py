"""Several true causes at once stay several, each with its own lines; none is taken for a symptom of the other."""

import shutil
from pathlib import Path

import pytest

from analyzer.pipeline import analyze

FIRING = Path(__file__).parent / "rules"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("body_too_large", "missing_location"),
        ("origin_rejected", "upstream_refused"),
        ("backend_crashed", "dns_failure"),
        ("mixed_content", "rate_limited"),
        ("auth_rejected", "path_stripped"),
        ("idle_timeout", "tls_certificate"),
    ],
)
def test_two_faults_of_two_sites_are_two_incidents_with_lines_of_their_own(
    one: str, other: str, tmp_path: Path
) -> None:
    for name in (one, other):
        shutil.copytree(FIRING / name / "fires", tmp_path / name)
    told = {found.cause.replace("-", "_"): found.evidence for found in analyze([str(tmp_path)]).incidents}
    assert set(told) == {one, other}
    for name, evidence in told.items():
        assert evidence
        assert all(item.source.startswith(f"{name}/") for item in evidence)
