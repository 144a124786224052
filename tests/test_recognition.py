"""A log is known by what stands in it: whatever it is called, and whatever lies beside it."""

from pathlib import Path

import pytest

from analyzer.bundle import open_bundle
from analyzer.events import read_events
from analyzer.formats import FORMATS
from analyzer.report.model import LedgerRow
from analyzer.sources import recognise

FIXTURES = Path(__file__).parent / "formats"
NOT_LINES = {"har", "settings", "netlog"}  # documents: what lies in their folders are records that were cut out of one
OWNERS = [form.name for form in FORMATS if form.name not in NOT_LINES]


@pytest.fixture(scope="module")
def recognised(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """Each format's own lines in a file that is called like nothing, all in one folder: what each is taken for."""
    folder = tmp_path_factory.mktemp("mixed")
    for name in OWNERS:
        (folder / name).mkdir()
        (folder / name / "x.txt").write_bytes((FIXTURES / name / "accepts.log").read_bytes())
    with open_bundle([str(folder)]) as bundle:
        ledger = read_events(recognise(bundle)).ledger
    return {Path(row.path).parent.name: row.format for row in ledger}


@pytest.mark.parametrize("owner", OWNERS)
def test_a_log_called_x_txt_is_recognised_among_all_others_and_taken_for_no_other(
    owner: str, recognised: dict[str, str | None]
) -> None:
    assert recognised[owner] == owner


ROOT = Path(__file__).parents[1]
RECORDED = sorted(path for folder in ("samples", "tests/trials") for path in (ROOT / folder).iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def ledgers() -> dict[str, tuple[LedgerRow, ...]]:
    """What was made of every line that real programs wrote into the samples and the trials."""
    found: dict[str, tuple[LedgerRow, ...]] = {}
    for path in RECORDED:
        with open_bundle([str(path)]) as bundle:
            found[path.name] = read_events(recognise(bundle)).ledger
    return found


def test_of_all_recorded_lines_995_in_1000_are_understood_by_a_format_that_knows_them(
    ledgers: dict[str, tuple[LedgerRow, ...]],
) -> None:
    rows = [row for ledger in ledgers.values() for row in ledger]
    lines = sum(row.parsed + row.unparsed for row in rows)
    known = sum(row.parsed - row.by_features for row in rows)
    assert lines > 5_000
    assert known >= 0.995 * lines, f"{known} of {lines}"


def test_every_line_that_is_not_understood_is_in_the_ledger_with_a_reason(
    ledgers: dict[str, tuple[LedgerRow, ...]],
) -> None:
    for row in (row for ledger in ledgers.values() for row in ledger if row.unparsed):
        assert row.samples
        assert all(sample.reason for sample in row.samples)
        assert row.shapes
