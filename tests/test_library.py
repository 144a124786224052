"""`from analyzer import analyze`: a verdict in a notebook, tables as Polars frames, an import that costs nothing."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

import analyzer
from analyzer import Analysis, NothingReadError, UsageError, analyze
from analyzer.report.notebook import compact
from analyzer.report.words import counts
from analyzer.schema import EVENTS, JOURNEYS, RAW, SETTING_DIGEST, schema_of
from analyzer.shipped import shipped
from tests.report.reports import ALL

CHECKOUT = Path(__file__).parents[1]
BROKEN = shipped("samples") / "incident-1a"


@pytest.fixture(scope="module")
def found() -> Analysis:
    return analyze(BROKEN)


def test_the_example_of_the_readme_runs_as_it_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(from analyzer import analyze\n.*?)```", readme, re.DOTALL)
    assert len(example.strip().splitlines()) <= 5
    monkeypatch.chdir(tmp_path)
    shutil.copytree(BROKEN, tmp_path / "logs")
    said: dict[str, object] = {}
    exec(example, said)  # noqa: S102  what people copy
    assert "/frontend-audio" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_is_public_is_there_and_has_words() -> None:
    assert all(getattr(analyzer, name).__doc__ for name in analyzer.__all__)
    with pytest.raises(AttributeError, match="no attribute 'anything'"):
        getattr(analyzer, "anything")  # noqa: B009  a name that nobody declares
    told = [value for name, value in vars(Analysis).items() if not name.startswith("_") and name != "report"]
    assert all(each.__doc__ for each in told if callable(each) or hasattr(each, "func"))


def test_importing_it_loads_no_tables_and_no_templates() -> None:
    program = (
        "import sys\nfrom analyzer import analyze\n"
        "sys.exit(' '.join({'polars', 'lark', 'jinja2', 'rich', 'typer', 'analyzer.pipeline'} & set(sys.modules)) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_it_holds_the_report_and_writes_it_in_every_form(found: Analysis, tmp_path: Path) -> None:
    assert found.report.incidents[0].cause == "missing-location"
    assert json.loads(found.to_json())["incidents"][0]["cause"] == "missing-location"
    assert found.to_html().startswith("<!doctype html>")
    assert found.to_markdown().startswith("#")
    for name in ("a.html", "a.json", "a.md", "a.sarif", "a.patch"):
        found.save(tmp_path / name)
        assert "/frontend-audio" in (tmp_path / name).read_text(encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.pdf: lasthop writes \.html"):
        found.save(tmp_path / "a.pdf")
    assert repr(found) == "<Analysis of incident-1a: No nginx location sends /frontend-audio to the backend>"


def test_its_tables_are_frames_of_the_published_columns(found: Analysis) -> None:
    kept = tuple(column for column in EVENTS if column != SETTING_DIGEST)  # another on every run
    assert found.events.schema == schema_of(kept)
    assert found.journeys.schema == schema_of(JOURNEYS)
    failed = found.journeys.filter(pl.col("lasthop.outcome") == "failed", pl.col("url.path") == "/frontend-audio")
    assert failed.height == found.report.incidents[0].requests
    (worst, *_) = found.reach.to_dicts()
    assert (worst["path"], worst["nginx"], worst["backend"], worst["served"]) == ("/frontend-audio", 12, 0, 0)
    assert worst["requests"] == worst["missed"] == 12
    assert found.sources["path"].to_list() == [row.path for row in found.report.sources]
    assert found.sources.filter(pl.col("path") == "nginx/access.log")["lines"].item() == 45


def test_secrets_stand_in_no_table_unless_they_are_asked_for(tmp_path: Path) -> None:
    line = '203.0.113.7 - - [21/Nov/2026:09:51:53 +0000] "GET /ws?token=s3cr3tvalue9 HTTP/1.1" 502 14 "-" "Firefox"'
    (tmp_path / "access.log").write_text(line + "\n")
    masked, open_ = analyze(tmp_path), analyze(tmp_path, redact=False)
    for table in (masked.events, masked.journeys):
        assert "s3cr3tvalue9" not in table.write_json()
        assert "token=REDACTED-1" in table.write_json()
    assert open_.events[RAW.name].item() == line


def test_the_period_bounds_the_tables_as_well() -> None:
    found = analyze(BROKEN, since="2026-11-21T09:51:50", until="2026-11-21T09:51:52")
    times = found.events["time"].drop_nulls()
    assert (times.min(), times.max()) == tuple(datetime(2026, 11, 21, 9, 51, at, tzinfo=UTC) for at in (50, 52))
    assert set(found.journeys["time"].drop_nulls()) <= set(times)


def test_a_pasted_text_is_a_bundle_and_what_is_none_raises(tmp_path: Path) -> None:
    pasted = (
        "2026/11/21 09:51:32 [error] 8870#8870: *46 connect() failed (111: Connection refused) while connecting to "
        'upstream, client: 203.0.113.24, server: x, request: "GET /ws HTTP/1.1", upstream: "http://127.0.0.1:3000/ws"'
    )
    assert analyze(text=pasted).report.incidents[0].cause == "upstream-refused"
    with pytest.raises(NothingReadError):
        analyze(text="milk\neggs\n")
    with pytest.raises(NothingReadError):
        analyze(tmp_path / "gone.log")


class Page(HTMLParser):
    """The elements of a piece of HTML, whether each is closed, and what they say."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_notebook_shows_the_verdict_at_a_glance(found: Analysis) -> None:
    page = Page(found._repr_html_())
    assert page.open == []
    incident = found.report.incidents[0]
    told = [incident.title, incident.explanation, incident.fix.summary, "certain", counts(incident)]
    assert all(sentence.replace("`", "") in page.text for sentence in [*told, "nginx ✗", "backend"])
    assert 'save("report.html") writes the whole report' in page.text


@pytest.mark.parametrize("name", ALL)
def test_a_notebook_gets_no_script_no_sheet_and_no_attackers_markup(name: str) -> None:
    page = Page(compact(ALL[name]))
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= {"div", "span", "b", "code", "ul", "li"}
    assert {attribute for _, attributes in page.tags for attribute in attributes} <= {"style", "title"}
    styles = " ".join(str(attributes.get("style") or "") for _, attributes in page.tags)
    assert "url(" not in styles
    assert not re.search(r"background|[^-]color:\s*(?:#000|#fff|black|white)", styles)  # it reads in light and dark
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", page.text)


def test_equal_secrets_have_one_number_in_the_report_and_in_its_tables(tmp_path: Path) -> None:
    line = '203.0.113.7 - - [21/Nov/2026:09:51:53 +0000] "GET /ws?{} HTTP/1.1" 502 14 "-" "Firefox/140.0"\n'
    (tmp_path / "access.log").write_text(line.format("token=s3cr3tvalue9") + line.format("key=1&token=s3cr3tvalue9"))
    queries = analyze(tmp_path).events["url.query"].to_list()
    assert queries == ["token=REDACTED-1", "key=1&token=REDACTED-1"]
