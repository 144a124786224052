"""A log is known by what stands in it: whatever it is called, and whatever lies beside it."""

from pathlib import Path

import pytest

from analyzer.bundle import open_bundle
from analyzer.events import read_events
from analyzer.formats import FORMATS
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
