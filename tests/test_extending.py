"""Causes of one's own: a file in a folder, or an installed package; what is wrong with it is told."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzer import catalogue, formats
from analyzer.catalogue import load_causes
from analyzer.cli import app
from analyzer.errors import NothingReadError, UsageError
from analyzer.pipeline import analyze

GUIDE = Path(__file__).parents[1] / "docs" / "writing-a-rule.md"
LINES = """[lights] 12 clients connected
[lights] lamp 7 went out: nobody can see /ws/lamps
"""


def guided() -> str:
    """The file that the guide writes out for whoever adds a cause."""
    text = GUIDE.read_text(encoding="utf-8")
    return text.split("```python\n")[1].split("```")[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "causes"
    made.mkdir()
    (made / "lamp_out.py").write_text(guided(), encoding="utf-8")
    return made


def test_the_cause_that_the_guide_walks_through_is_found(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "lights.log").write_text(LINES, encoding="utf-8")
    report = analyze([str(tmp_path / "lights.log")], rule_folders=[str(folder)])
    assert [incident.cause for incident in report.incidents] == ["lamp-out"]
    assert report.incidents[0].evidence[0].line == 2
    assert "lamp 7" in report.incidents[0].explanation
    with pytest.raises(NothingReadError):
        analyze([str(tmp_path / "lights.log")])


def test_explain_and_causes_know_the_cause_of_the_folder(folder: Path) -> None:
    page = CliRunner().invoke(app, ["explain", "lamp-out", "--rules", str(folder)])
    assert page.stdout.startswith("# lamp-out\n")
    listed = CliRunner().invoke(app, ["causes", "--rules", str(folder)])
    assert "lamp-out" in listed.stdout
    assert "path-stripped" in listed.stdout


def test_a_cause_that_is_misspelt_is_guessed() -> None:
    with pytest.raises(UsageError) as told:
        CliRunner().invoke(app, ["explain", "missing-locations"], catch_exceptions=False)
    assert "missing-location" in told.value.hint


def test_a_package_brings_a_cause_by_its_entry_point(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(folder))
    point = EntryPoint("lamps", "lamp_out:RULE", "lasthop.rules")
    monkeypatch.setattr(catalogue, "entry_points", lambda group: [point] if group == "lasthop.rules" else [])
    assert "lamp-out" in {cause.rule.slug for cause in load_causes()}


def test_a_package_brings_a_format_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
from dataclasses import replace
from analyzer.formats.node_console import FORMAT as CONSOLE
FORMAT = replace(CONSOLE, name="lamps")
"""
    (tmp_path / "lamp_format.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("lamps", "lamp_format", "lasthop.formats")
    monkeypatch.setattr(formats, "entry_points", lambda group: [point] if group == "lasthop.formats" else [])
    assert "lamps" in {form.name for form in formats.discover()}


def test_a_package_whose_format_does_not_load_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("lamps", "no_such_module", "lasthop.formats")
    monkeypatch.setattr(formats, "entry_points", lambda group: [point] if group else [])
    with pytest.raises(UsageError, match=r"entry point lamps\) cannot be loaded"):
        formats.discover()


def test_a_file_that_does_not_load_is_told_by_its_name(folder: Path) -> None:
    (folder / "broken.py").write_text("import nothing_of_the_kind", encoding="utf-8")
    with pytest.raises(UsageError, match=r"broken\.py cannot be loaded: ModuleNotFoundError"):
        load_causes([str(folder)])


def test_a_file_without_a_rule_is_told(folder: Path) -> None:
    (folder / "empty.py").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"empty\.py: it exports no RULE"):
        load_causes([str(folder)])


def test_a_page_without_its_headings_is_told(folder: Path) -> None:
    text = guided().replace("What to do", "What one does")
    (folder / "lamp_out.py").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="What one does"):
        load_causes([str(folder)])


def test_two_causes_of_one_name_are_told(folder: Path) -> None:
    (folder / "second.py").write_text(guided(), encoding="utf-8")
    with pytest.raises(UsageError, match="lamp-out is there already"):
        load_causes([str(folder)])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        load_causes([str(tmp_path / "nowhere")])


def test_a_rule_that_fails_does_not_silence_the_others(folder: Path, tmp_path: Path) -> None:
    failing = guided().replace("journeys.filter(TOLD)", "journeys.filter(pl.col('no such column'))")
    (folder / "lamp_out.py").write_text(failing, encoding="utf-8")
    (tmp_path / "lights.log").write_text(LINES, encoding="utf-8")
    report = analyze([str(tmp_path / "lights.log")], rule_folders=[str(folder)])
    assert [problem.path for problem in report.problems if "no such column" in problem.what] == ["lamp-out"]
