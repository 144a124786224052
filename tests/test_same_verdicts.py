"""However a bundle was packed, saved or renamed on its way, its verdict is the same."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Report, Target
from analyzer.shipped import shipped
from tests.analysed import analysed
from tests.transformations import TRANSFORMATIONS, files_of, new_name

SAMPLES = sorted(path for path in shipped("samples").iterdir() if path.is_dir())
TRIALS = sorted((Path(__file__).parent / "trials").glob("*/bundle"))
BUNDLES = [*SAMPLES, *(TRIALS if os.environ.get("LASTHOP_TRANSFORMED") == "all" else ())]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a bundle, whatever its files are called."""

    incidents: tuple[tuple[str, str, Target, int], ...]
    questions: tuple[tuple[str, str], ...]


def verdict_of(report: Report, names: dict[str, str]) -> Verdict:
    def as_before(text: str) -> str:
        for new, before in names.items():
            text = text.replace(new, before)
        return re.sub(r"logs\.(?:zip|tar\.zst)!(?:[\w.-]+/)?", "", text)

    return Verdict(
        tuple((each.cause, each.confidence, each.target, each.requests) for each in report.incidents),
        tuple((each.path, as_before(each.question)) for each in report.inconclusive),
    )


def bundle_name(bundle: Path) -> str:
    return bundle.parent.name if bundle.name == "bundle" else bundle.name


@pytest.mark.parametrize("transformation", TRANSFORMATIONS)
@pytest.mark.parametrize("bundle", BUNDLES, ids=bundle_name)
def test_the_verdict_is_the_same(bundle: Path, transformation: str, tmp_path: Path) -> None:
    handed_in = TRANSFORMATIONS[transformation](bundle, tmp_path)
    names = {new_name(bundle, file): str(file.relative_to(bundle)) for file in files_of(bundle)}
    assert verdict_of(analyze([str(handed_in)]), names) == verdict_of(analysed(bundle), names)
