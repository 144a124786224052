"""What holds of every page, a report's or a history's: it loads nothing, may do nothing, and can be read by all."""

import base64
import hashlib
from collections.abc import Callable
from functools import partial
from importlib.resources import files

import pytest

from analyzer.report.history_html import history_html
from analyzer.report.html import render_html
from tests.report import histories, reports
from tests.report.pages import Page, read_page

OUR_SCRIPT = (files("analyzer.report") / "templates" / "report.js").read_text(encoding="utf-8")
PAGES: dict[str, Callable[[], str]] = {
    **{f"report: {name}": partial(render_html, report) for name, report in reports.ALL.items()},
    **{f"history: {name}": partial(history_html, history) for name, history in histories.ALL.items()},
}


@pytest.fixture(params=list(PAGES.values()), ids=list(PAGES), scope="module")
def page(request: pytest.FixtureRequest) -> Page:
    write: Callable[[], str] = request.param
    return read_page(write())


def test_it_loads_nothing_and_runs_nothing_but_our_own_script(page: Page) -> None:
    assert [script.attributes for script in page.all("script")] == [{}]
    assert page.script == OUR_SCRIPT
    assert not list(page.all("link", "img", "iframe", "object", "embed", "form", "base", "video"))
    assert not page.values("src")
    assert not page.values("style")
    assert not [name for element in page.elements for name in element.attributes if name.startswith("on")]
    assert "url(" not in page.style
    assert "@import" not in page.style


def test_the_policy_allows_this_style_sheet_and_this_script_and_nothing_else(page: Page) -> None:
    (policy,) = (meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes)
    style, script = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (page.style, page.script)
    )
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none';"
        " form-action 'none'"
    )


def test_a_screen_reader_finds_its_way(page: Page) -> None:
    levels = [int(element.tag[1]) for element in page.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    assert [element.tag for element in page.all("main", "footer")] == ["main", "footer"]
    assert next(page.all("html")).attributes["lang"] == "en"
    assert all(heading.attributes.get("scope") in {"row", "col"} for heading in page.all("th"))
    drawings = [drawing.attributes for drawing in page.all("svg")]
    assert all(each.get("aria-hidden") == "true" or (each["role"] == "img" and each["aria-label"]) for each in drawings)


def test_every_reference_inside_it_leads_somewhere(page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [address[1:] for address in page.values("href") if address.startswith("#")]
    assert set(inner) | set(page.values("aria-labelledby")) <= set(ids)
