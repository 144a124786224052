"""However a bundle was packed, saved or renamed on its way, its verdict is the same.

What a verdict is made of are the names and lines of files. Where a transformation leaves both as they were, which is
cheap to see for every bundle, nothing is left that could differ; where it does not, the verdicts are compared.
`LASTHOP_TRANSFORMED=all` compares the verdicts of every trial too.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from analyzer.blocks import read_blocks
from analyzer.bundle import open_bundle
from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Report, Target
from analyzer.schema import RAW
from analyzer.shipped import shipped
from tests.analysed import analysed
from tests.transformations import TRANSFORMATIONS, files_of, new_name

pytestmark = pytest.mark.xdist_group("analysed")
SAMPLES = sorted(path for path in shipped("samples").iterdir() if path.is_dir())
TRIALS = sorted((Path(__file__).parent / "trials").glob("*/bundle"))
ALL = os.environ.get("LASTHOP_TRANSFORMED") == "all"
NAMED_BY_ITS_PAGE = TRIALS[0].parents[1] / "client-wrong-address-aiohttp" / "bundle"
"""DevTools names a saved console by the page's host: that such a page dials localhost is told by that name alone."""
CHANGE_LINES_OR_NAMES = ("compose prefix", "shuffled names")
SAME_LINES = tuple(name for name in TRANSFORMATIONS if name not in CHANGE_LINES_OR_NAMES)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a bundle, whatever its files are called."""

    incidents: tuple[tuple[str, str, Target, int], ...]
    questions: tuple[tuple[str, str], ...]


def verdict_of(report: Report, names: dict[str, str]) -> Verdict:
    def as_before(text: str) -> str:
        for new, before in names.items():
            text = text.replace(new, before)
        return without_archive(text)

    return Verdict(
        tuple((each.cause, each.confidence, each.target, each.requests) for each in report.incidents),
        tuple((each.path, as_before(each.question)) for each in report.inconclusive),
    )


def without_archive(text: str) -> str:
    return re.sub(r"logs\.zip!(?:bundle/|incident-\w+/|healthy/)|logs\.tar\.zst!(?:\./)?", "", text)


def bundle_name(bundle: Path) -> str:
    return bundle.parent.name if bundle.name == "bundle" else bundle.name


def read(handed_in: Path) -> dict[str, list[str]]:
    with open_bundle([str(handed_in)]) as bundle:
        assert not [problem for problem in bundle.problems if problem.lost]
        return {
            without_archive(file.name): [line for block in read_blocks(file) for line in block.lines[RAW.name]]
            for file in bundle.files
        }


def assert_same_verdict(bundle: Path, transformation: str, folder: Path) -> None:
    handed_in = TRANSFORMATIONS[transformation](bundle, folder)
    names = {new_name(bundle, file): str(file.relative_to(bundle)) for file in files_of(bundle)}
    assert verdict_of(analyze([str(handed_in)]), names) == verdict_of(analysed(bundle), names)


@pytest.mark.parametrize("bundle", [*SAMPLES, *TRIALS], ids=bundle_name)
def test_packed_or_saved_anew_every_line_is_read_as_it_was(bundle: Path, tmp_path: Path) -> None:
    before = read(bundle)
    for transformation in SAME_LINES:
        folder = tmp_path / transformation
        folder.mkdir()
        assert read(TRANSFORMATIONS[transformation](bundle, folder)) == before, transformation


@pytest.mark.parametrize("transformation", TRANSFORMATIONS)
@pytest.mark.parametrize("bundle", SAMPLES[1:2] if not ALL else SAMPLES, ids=bundle_name)
def test_a_samples_verdict_is_the_same(bundle: Path, transformation: str, tmp_path: Path) -> None:
    assert_same_verdict(bundle, transformation, tmp_path)


@pytest.mark.parametrize(
    ("bundle", "transformation"),
    [
        pytest.param(bundle, transformation, id=f"{bundle_name(bundle)}-{transformation}")
        for bundle in (*SAMPLES[:1], *SAMPLES[2:], *(TRIALS if ALL else ()))
        for transformation in CHANGE_LINES_OR_NAMES
        if (bundle, transformation) != (NAMED_BY_ITS_PAGE, "shuffled names")
    ],
)
def test_what_stands_before_a_line_or_what_a_file_is_called_changes_no_verdict(
    bundle: Path, transformation: str, tmp_path: Path
) -> None:
    assert_same_verdict(bundle, transformation, tmp_path)


def test_where_a_files_own_name_is_the_evidence_the_cause_is_the_same_and_less_sure(tmp_path: Path) -> None:
    (named,) = analysed(NAMED_BY_ITS_PAGE).incidents
    (nameless,) = analyze([str(TRANSFORMATIONS["shuffled names"](NAMED_BY_ITS_PAGE, tmp_path))]).incidents
    assert (named.confidence, nameless.confidence) == (Confidence.PROBABLE, Confidence.POSSIBLE)
    for told in (named, nameless):
        assert (told.cause, told.target, told.requests) == ("client-wrong-address", named.target, named.requests)
