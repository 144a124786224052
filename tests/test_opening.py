"""`--open`: the page in the browser, where there is one."""

import webbrowser
from pathlib import Path

import pytest

from tests.test_cli import BROKEN, Run
from tests.test_cli import run as run  # noqa: PLC0414  the fixture


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []

    def open_it(address: str) -> bool:
        addresses.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", open_it)
    return addresses


def test_the_written_page_is_opened(run: Run, tmp_path: Path, opened: list[str]) -> None:
    assert run(BROKEN, "--open") == 0
    (tmp_path / "a b").mkdir()
    assert run(BROKEN, "-q", "-o", "verdict.json", "-o", "a b/verdict.html", "--open") == 0
    folder = tmp_path.resolve().as_uri()
    assert opened == [f"{folder}/report.html", f"{folder}/a%20b/verdict.html"]


def test_nothing_is_opened_unless_it_is_asked_for(run: Run, opened: list[str]) -> None:
    assert run(BROKEN) == 0
    assert opened == []


def test_where_there_is_no_browser_the_report_is_written_and_its_address_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert run(BROKEN, "--open") == 0
    assert (tmp_path / "report.html").is_file()
    assert "no browser was found here" in " ".join(run.err.split())


@pytest.mark.parametrize("output", [("-o", "verdict.md"), ("--json", "-"), ("-o", "-")])
def test_what_is_no_page_in_a_file_cannot_be_opened(run: Run, output: tuple[str, ...], opened: list[str]) -> None:
    assert run(BROKEN, *output, "--open") == 2
    assert "--open opens the page, and none is written to a file" in " ".join(run.err.split())
    assert opened == []
