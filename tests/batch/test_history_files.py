"""What a run lays beside the days' reports, and what it writes elsewhere: links hold from wherever a page lies."""

import json
from pathlib import Path

import fastjsonschema
import pytest
from typer.testing import CliRunner

from analyzer.cli import app
from analyzer.shipped import shipped
from tests.docs.generated import DOCS
from tests.report.pages import read_page


def _reports_linked(page: Path) -> set[str]:
    links = read_page(page.read_text(encoding="utf-8")).values("href")
    return {link for link in links if not link.startswith("#")}


def test_a_store_tells_itself_and_a_page_elsewhere_leads_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LASTHOP_STORE_KEY", "00" * 32)
    store, elsewhere = tmp_path / "a store", tmp_path / "www" / "monday.html"
    elsewhere.parent.mkdir()
    sample = str(shipped("samples") / "incident-1a")
    asked = ["batch", sample, "--store", str(store), "-o", str(elsewhere), "--jobs", "1", "--lang", "fr"]
    assert CliRunner().invoke(app, asked, catch_exceptions=False).exit_code == 0
    schema = json.loads((DOCS / "schema" / "history-1.schema.json").read_text(encoding="utf-8"))
    told = json.loads((store / "history.json").read_text(encoding="utf-8"))
    fastjsonschema.compile(schema)(told)
    (report,) = told["incidents"][0]["episodes"][0]["reports"]
    assert _reports_linked(store / "history.html") == {report}
    assert _reports_linked(elsewhere) == {f"../a%20store/{report}"}
    assert (store / report).is_file()
    assert "Qui a le plus souffert" in read_page((store / "history.html").read_text(encoding="utf-8")).text
