"""A report in French: whole, as somebody read it; and without an English sentence left, whatever it tells of."""

import io
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from analyzer.cli import app
from analyzer.errors import UsageError
from analyzer.languages import language_of
from analyzer.nginx import Route
from analyzer.pipeline import analyze
from analyzer.report.console import render_console
from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.markdown import render_markdown
from analyzer.report.model import Report
from analyzer.said import Said
from analyzer.shipped import shipped
from tests.golden import assert_golden
from tests.languages.catalogue import read, texts_of, translations
from tests.report.pages import read_page
from tests.report.reports import HEALTHY, MISSING_LOCATION
from tests.test_extending import LINES, guided

GOLDENS = Path(__file__).parent / "goldens"
FRENCH = language_of("fr")
SAMPLES = sorted(path for path in shipped("samples").iterdir() if path.is_dir())
BUNDLES = [*SAMPLES, *sorted((Path(__file__).parents[1] / "rules").glob("*/fires"))]
_SPEAKS = {
    "Incident": ("title", "confidence_why", "explanation", "notes"),
    "HopView": ("detail",),
    "Contrast": ("difference",),
    "Alternative": ("ruled_out_by",),
    "Fix": ("summary", "expect", "if_it_still_fails"),
    "Consequence": ("why",),
    "NextStep": ("ask", "why"),
    "Inconclusive": ("question", "needed"),
    "NotChecked": ("missing",),
    "LedgerRow": ("why",),
    "Problem": ("what", "hint"),
    "Watch": ("alert",),
    "Evidence": ("says",),
    "Report": ("notes",),
}
"""What of a report is always a sentence of ours."""

every_bundle = pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: f"{path.parent.name}/{path.name}")


@cache
def _report(bundle: Path) -> Report:
    return analyze([str(bundle)])


def _values(told: object) -> Iterator[object]:
    """Everything in a report, but what nginx's model holds."""
    yield told
    if isinstance(told, tuple):
        for each in told:
            yield from _values(each)
    elif is_dataclass(told) and not isinstance(told, type | Route):
        for field in fields(told):
            yield from _values(getattr(told, field.name))


def _sentences(text: object) -> Iterator[Said]:
    if isinstance(text, Said):
        yield text
        for value in text.values.values():
            yield from _sentences(value)


def _printed(report: Report) -> str:
    console = Console(file=io.StringIO(), width=100, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        render_console(report, console, FRENCH)
    return capture.get()


@cache
def _known() -> frozenset[str]:
    return frozenset(text for message in read("fr") if message.string for text in texts_of(message.id))


@cache
def _english() -> tuple[re.Pattern[str], ...]:
    """The English of every sentence: its longest stretch without a name, where that is four words and more."""
    told = [pair for pair in translations("fr") if pair[0] != pair[1]]  # a command is the same in every language
    pieces = {max(re.split(r"\{[^{}]*\}|`[^`]*`|\n", text), key=len).strip(" .:;,()") for text, _ in told}
    long = sorted(piece for piece in pieces if len(re.findall(r"[a-z]{2,}", piece)) >= 4 and " " in piece)
    size = 400
    return tuple(re.compile("|".join(map(re.escape, long[at : at + size]))) for at in range(0, len(long), size))


@every_bundle
def test_every_sentence_of_a_report_remembers_how_it_was_made(bundle: Path) -> None:
    for told in _values(_report(bundle)):
        for name in _SPEAKS.get(type(told).__name__, ()):
            value = getattr(told, name)
            texts = value if isinstance(value, tuple) else (value,)
            assert [text for text in texts if text and not isinstance(text, Said)] == [], (
                f"{type(told).__name__}.{name}"
            )


@every_bundle
def test_every_sentence_of_a_report_is_in_the_catalogue(bundle: Path) -> None:
    said = {sentence for told in _values(_report(bundle)) for sentence in _sentences(told)}
    assert [each.templates for each in said if not set(each.templates) <= _known()] == []


@every_bundle
def test_no_english_sentence_is_left_in_a_french_report(bundle: Path) -> None:
    report = _report(bundle)
    page = read_page(render_html(report, FRENCH))
    texts = [page.text, *page.values("aria-label"), *page.values("data-of"), *page.values("title")]
    told = "\n".join((*texts, render_markdown(report, FRENCH), _printed(report)))
    quoted = {value.text for value in _values(report) if hasattr(value, "text")}
    left = {found for pattern in _english() for found in pattern.findall(told)}
    assert [piece for piece in left if not any(piece in text for text in quoted)] == []


@pytest.mark.parametrize("name", ["incident-1a", "incident-4", "healthy"])
def test_a_french_report_reads_as_it_did_when_it_was_reviewed(name: str) -> None:
    (bundle,) = (path for path in SAMPLES if path.name == name)
    report = _report(bundle)
    lines = read_page(render_html(report, FRENCH)).text.split("\n")
    page = "\n".join(line.strip(" ") for line in lines if line.strip(" "))
    assert_golden(f"{name}.md", render_markdown(report, FRENCH), GOLDENS)
    assert_golden(f"{name}.txt", _printed(report), GOLDENS)
    assert_golden(f"{name}.page.txt", page + "\n", GOLDENS)


@pytest.mark.parametrize("report", [MISSING_LOCATION, HEALTHY], ids=["missing_location", "healthy"])
def test_the_page_says_which_language_it_speaks_and_gives_its_script_the_words(report: Report) -> None:
    english, french = read_page(render_html(report)), read_page(render_html(report, FRENCH))
    assert [next(page.all("html")).attributes["lang"] for page in (english, french)] == ["en", "fr"]
    assert english.script == french.script
    assert '"Copy": "Copier"' in next(french.all("body")).attributes["data-words"]
    assert next(english.all("body")).attributes == {}


def test_what_programs_read_is_the_same_in_every_language(tmp_path: Path) -> None:
    places = [str(tmp_path / name) for name in ("a.json", "a.sarif", "a.patch")]
    bundle = str(shipped("samples") / "incident-1a")
    asked = ["analyze", bundle, "-q", *(word for place in places for word in ("-o", place))]
    CliRunner().invoke(app, asked, catch_exceptions=False)
    english = [Path(place).read_bytes() for place in places]
    CliRunner().invoke(app, [*asked, "--lang", "fr"], catch_exceptions=False)
    assert [Path(place).read_bytes() for place in places] == english
    assert english[0].decode() == to_json(analyze([bundle]))


def test_the_terminal_the_causes_and_a_comparison_speak_french_when_asked(tmp_path: Path) -> None:
    broken, healthy = (str(shipped("samples") / name) for name in ("incident-1a", "healthy"))
    place = str(tmp_path / "a.html")
    said = CliRunner().invoke(app, ["analyze", broken, "--lang", "fr", "-o", place]).output
    assert "Aucun bloc location de nginx n'envoie /frontend-audio au backend" in said
    assert f"rapport écrit dans {place}" in said.replace("\n", "")
    explained = CliRunner().invoke(app, ["explain", "missing-location", "--lang", "fr"]).output
    assert "## Ce qui s'est passé" in explained
    assert "Rupture\u00a0: nginx." in explained
    assert "se rompt à" in CliRunner().invoke(app, ["causes", "--lang", "fr"]).output
    assert "Disparu" in CliRunner().invoke(app, ["compare", broken, healthy, "--lang", "fr"]).output


def test_english_is_spoken_unless_another_language_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    monkeypatch.setenv("LANGUAGE", "fr")
    assert "## What happened" in CliRunner().invoke(app, ["explain", "missing-location"]).output


def test_a_language_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="--lang de") as told:
        CliRunner().invoke(app, ["causes", "--lang", "de"], catch_exceptions=False)
    assert told.value.hint == "There are: en, fr."


def test_a_rule_of_ones_own_stays_english_within_a_french_report(tmp_path: Path) -> None:
    folder = tmp_path / "causes"
    folder.mkdir()
    (folder / "lamp_out.py").write_text(guided(), encoding="utf-8")
    (tmp_path / "lights.log").write_text(LINES, encoding="utf-8")
    report = analyze([str(tmp_path / "lights.log")], rule_folders=[str(folder)])
    told = render_markdown(report, FRENCH)
    assert "The backend says that lamp 7 went out" in told
    assert "### Preuves" in told
    page = CliRunner().invoke(
        app, ["explain", "lamp-out", "--rules", str(folder), "--lang", "fr"], catch_exceptions=False
    )
    assert "## Ce qui s'est passé\n\nThe lighting backend closes" in page.output
