"""A report, opened in real Chromium without a network: it shows its verdict, and obeys no text of the logs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.analysis import Analysis, analyze
from tests.lab.browser import Browser, Page, chromium, only
from tests.lab.samples import FOLDER

pytestmark = pytest.mark.lab
SCRIPT = "<script>window.pwned=1</script>"
TEMPLATE = "{{7*7}}"
HANDLER = "'\"><svg/onload=window.pwned=2>"
_POISONED = {
    "Chrome/156.0.0.0": "Chrome/156.0.0.0 {payload}",
    "GET /frontend-audio": "GET /frontend-audio?who={payload}",
    "to 0 clients": "to 0 clients {payload}",
    "WebSocket error:": "WebSocket error: {payload}",
}
PAYLOAD = f"{SCRIPT}{TEMPLATE}{HANDLER}"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    profile = tmp_path_factory.mktemp("chromium") / "profile"
    with chromium(profile, only({})) as running:  # it resolves no name at all
        yield running


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    return analyze(FOLDER / "incident-1a", tmp_path_factory.mktemp("report"))


@pytest.mark.parametrize("scripts", ["with scripts", "without scripts"])
def test_a_report_shows_its_verdict_with_the_network_off(browser: Browser, analysis: Analysis, scripts: str) -> None:
    with browser.page() as page:
        _open(page, analysis.page, scripts)
        seen = page.session.evaluate("document.body.innerText")
        console = page.saved_console()
    assert analysis.incident["title"] in seen
    assert "/frontend-audio" in seen
    assert console.strip() == ""


def test_a_report_asks_the_network_for_nothing(browser: Browser, analysis: Analysis) -> None:
    with browser.page() as page:
        _open(page, analysis.page, "with scripts")
        fetched = page.session.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in fetched if not name.startswith("data:")] == []


def test_text_of_the_logs_is_shown_and_never_obeyed(browser: Browser, tmp_path: Path) -> None:
    analysis = analyze(_poisoned(tmp_path), tmp_path)
    with browser.page() as page:
        _open(page, analysis.page, "with scripts")
        pwned = page.session.evaluate("String(window.pwned)")
        handlers = page.session.evaluate("document.querySelectorAll('svg[onload]').length")
        text = page.session.evaluate("document.body.textContent")
        console = page.saved_console()
    assert (pwned, handlers) == ("undefined", 0)
    assert analysis.incident["cause"] == "missing-location"
    assert SCRIPT in text
    assert TEMPLATE in text
    assert console.strip() == ""


def test_the_same_look_sees_a_page_that_obeys(browser: Browser, tmp_path: Path) -> None:
    obeying = tmp_path / "obeying.html"
    obeying.write_text(f"<!doctype html><title>x</title><body>{PAYLOAD}</body>", encoding="utf-8")
    with browser.page() as page:
        _open(page, obeying, "with scripts")
        pwned = page.session.evaluate("String(window.pwned)")
        handlers = page.session.evaluate("document.querySelectorAll('svg[onload]').length")
    assert pwned != "undefined"
    assert handlers == 1


def test_without_scripts_means_without_scripts(browser: Browser, tmp_path: Path) -> None:
    scripted = tmp_path / "scripted.html"
    scripted.write_text(f"<!doctype html><title>x</title><body>{SCRIPT}</body>", encoding="utf-8")
    with browser.page() as page:
        _open(page, scripted, "without scripts")
        assert page.session.evaluate("String(window.pwned)") == "undefined"


def _open(page: Page, report: Path, scripts: str) -> None:
    page.session.call("Network.enable")
    conditions = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    page.session.call("Network.emulateNetworkConditions", conditions)
    page.session.call("Emulation.setScriptExecutionDisabled", {"value": scripts == "without scripts"})
    page.load(report.as_uri())


def _poisoned(folder: Path) -> Path:
    """Copy a sample and write the payload wherever somebody outside can."""
    bundle = folder / "bundle"
    shutil.copytree(FOLDER / "incident-1a", bundle)
    for log in bundle.rglob("*.log"):
        text = log.read_text(encoding="utf-8")
        escaped = PAYLOAD.replace('"', "\\x22") if log.parent.name == "nginx" else PAYLOAD  # nginx: escape=default
        for told, poisoned in _POISONED.items():
            text = text.replace(told, poisoned.format(payload=escaped))
        log.write_text(text, encoding="utf-8")
    return bundle
