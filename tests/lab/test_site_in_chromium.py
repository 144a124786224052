"""The site in a browser, read from a disk, with no network: it is found in, and asks nobody for anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.building import build
from tests.lab.browser import Page, chromium, only

pytestmark = pytest.mark.lab

_SEARCH = """(async () => {
  const field = document.querySelector("[data-md-component=search-query]");
  document.querySelector("#__search").click();
  field.focus();
  field.value = "HAProxy";
  field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true, key: "y" }));
  for (let turn = 0; turn < 100; turn += 1) {
    await new Promise((done) => setTimeout(done, 100));
    const found = [...document.querySelectorAll(".md-search-result__link")].map((link) => link.href);
    if (found.length) return found;
  }
  return [];
})()"""
_PHONE = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
_PAGES = ("index", "tutorial", "formats", "formats/haproxy", "causes/missing-location", "reference/report-json")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site"))


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with chromium(tmp_path / "profile", only({})) as browser, browser.page() as opened:  # it resolves no name at all
        yield opened


def test_a_format_is_found_by_the_search_of_a_site_that_lies_on_a_disk(site: Path, page: Page) -> None:
    page.load((site / "index.html").as_uri())
    found = page.session.evaluate(_SEARCH)
    assert found, "nothing was found"
    assert "/formats/haproxy.html" in found[0]
    loaded = page.session.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in loaded if not name.startswith(("file:", "data:"))] == []
    assert page.saved_console().strip() == ""


def test_no_page_is_wider_than_a_phone(site: Path, page: Page) -> None:
    page.session.call("Emulation.setDeviceMetricsOverride", _PHONE)
    for name in _PAGES:
        page.load((site / f"{name}.html").as_uri())
        assert page.session.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
