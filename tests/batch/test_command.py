"""`lasthop batch` as somebody types it."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.batch.test_interrupted import OUTAGES
from tests.batch.year import write_logs
from tests.command import Command


@pytest.fixture
def lasthop(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LASTHOP_STORE_KEY", "00" * 32)
    return Command(capsys, monkeypatch)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    write_logs(folder, date(2026, 3, 2), 2, OUTAGES, per_hour=3)
    return folder


def test_the_terminal_says_what_came_how_often_and_the_data_goes_where_it_was_asked_for(
    lasthop: Command, logs: Path
) -> None:
    assert lasthop("batch", str(logs), "--store", "kept", "--json", "-", "--jobs", "1") == 0
    assert json.loads(lasthop.out)["incidents"][0]["cause"] == "upstream-refused"
    assert "upstream-refused, certain" in lasthop.err
    assert lasthop("batch", "--store", "kept", "--jobs", "1", "--fail-on", "certain") == 1
    assert "works again after" in lasthop.out


def test_a_store_in_which_nothing_was_understood_is_never_all_fine(lasthop: Command, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    assert lasthop("batch", "logs", "--store", "kept", "--jobs", "1") == 3
    assert "holds nothing that could be read" in lasthop.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--retain", "soon"), "no length of time"),
        (("-o", "history.pdf"), "written as a page or as data"),
        (("--config", "nowhere.conf"), "--config nowhere.conf: nowhere.conf cannot be opened"),
        (("--tz", "Mars/Olympus"), "Mars/Olympus"),
        (("--rules", "nowhere"), "no such folder of rules"),
    ],
)
def test_what_is_asked_for_wrongly_is_told_before_anything_is_read(
    lasthop: Command, logs: Path, options: tuple[str, ...], says: str
) -> None:
    assert lasthop("batch", str(logs), "--store", "kept", "--jobs", "1", *options) == 2
    assert says in lasthop.err
    assert not Path("kept", "pieces").exists()


def test_standard_input_is_no_history(lasthop: Command) -> None:
    assert lasthop("batch", "-", "--store", "kept") == 2
    assert "not made of standard input" in lasthop.err


def test_a_key_that_is_none_is_refused(lasthop: Command, logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LASTHOP_STORE_KEY", "swordfish")
    assert lasthop("batch", str(logs), "--store", "kept") == 2
    assert "LASTHOP_STORE_KEY" in lasthop.err
    assert "swordfish" not in lasthop.err
