"""What a store tells of a bundle is what the bundle itself tells."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.shipped import shipped
from tests.batch.keeping import keep_in

SAMPLES = sorted(path.name for path in shipped("samples").iterdir() if path.is_dir())


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_store_of_one_bundle_tells_the_same(sample: str, tmp_path: Path) -> None:
    bundle = shipped("samples") / sample
    kept, report = keep_in(tmp_path / "store", bundle).history, analyze([str(bundle)])
    assert [
        (each.cause, each.confidence, each.title, each.target, each.requests, each.first_seen, each.last_seen)
        for each in kept.incidents
    ] == [
        (each.cause, each.confidence, each.title, each.target, each.requests, each.first_seen, each.last_seen)
        for each in report.incidents
    ]
    assert kept.requests_seen == report.requests_seen
