"""Somebody who opens a report in real Chromium: on a screen of some size, in light or dark, with or without scripts.

In: a page's file or text. Out: the open page, and whatever it said that no report should: to its console, of its
policy, to the network. The hard thing is to ask a page that forbids scripts: what asks comes through the debugger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Dialog, Page, ViewportSize, sync_playwright

from tests.lab.browser import FLAGS

__all__ = [
    "Reader", "Said", "attributes_around_words", "barriers", "chromium", "kept_to_itself", "overflow", "readable",
    "seen_without_scrolling", "show", "skeleton",
]  # fmt: skip

SHOWN = "report.html"
_AXE = Path(__file__).parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_LISTEN = "addEventListener('securitypolicyviolation', (told) => console.error(`policy: ${told.violatedDirective}`))"
_CHECK = """async ([source, rules]) => {
  (0, eval)(source);
  const found = await axe.run(document, { runOnly: rules });
  return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
}"""
_SKELETON = """(own) => [...document.querySelectorAll('*')].filter((each) => !own.includes(each.localName)).map(
  (each) => `${each.localName} ${each.getAttributeNames().sort().join(' ')}`)"""
_ATTRIBUTES = """(own) => [...new Set([...document.querySelectorAll(own.join(','))].flatMap(
  (each) => each.getAttributeNames()))].sort()"""
_SEEN = """(() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = [], range = document.createRange();
  while (words.nextNode()) {
    range.selectNodeContents(words.currentNode);
    const lines = [...range.getClientRects()];
    if (lines.length && lines.every((line) => line.top >= 0 && line.bottom <= innerHeight && line.right <= innerWidth))
      seen.push(words.currentNode.data);
  }
  return seen.join('');
})()"""
_READABLE = """(() => {
  document.querySelectorAll('details').forEach((each) => { each.open = true; });
  document.querySelectorAll('button').forEach((each) => { each.style.display = 'none'; });
  return document.body.innerText;
})()"""
OF_TEXT = ["span", "mark", "code"]
"""What the report itself puts around words: of these there may be more where there is more to mark."""


@dataclass
class Said:
    """What an open page said: to its console, and to the network."""

    console: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def heard(self, dialog: Dialog) -> None:
        """Put down what a page says aloud, and go on."""
        self.console.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@dataclass(frozen=True, slots=True)
class Reader:
    """A running Chromium without a network."""

    browser: Browser

    @contextmanager
    def screen(
        self,
        width: int,
        height: int,
        *,
        theme: Literal["light", "dark"] = "light",
        scripts: bool = True,
    ) -> Iterator[tuple[Page, Said]]:
        """Give an empty page on a screen of this size, and what will be said there."""
        size = ViewportSize(width=width, height=height)
        around = self.browser.new_context(
            viewport=size,
            color_scheme=theme,
            java_script_enabled=scripts,
            offline=True,
            accept_downloads=True,
            permissions=["clipboard-read", "clipboard-write"],
        )
        said = Said()
        page = around.new_page()
        page.add_init_script(_LISTEN)
        page.on("dialog", said.heard)
        page.on("console", lambda told: said.console.append(told.text))
        page.on("pageerror", lambda error: said.console.append(str(error)))
        page.on("request", lambda request: said.asked.append(request.url))
        yield page, said
        around.close()


@contextmanager
def chromium() -> Iterator[Reader]:
    """Run Debian's Chromium with a fresh profile; it resolves no name at all."""
    flags = [*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield Reader(browser)
        browser.close()


def barriers(page: Page) -> list[str]:
    """What axe finds that keeps somebody from reading the page."""
    found: list[str] = page.evaluate(_CHECK, [_AXE.read_text(encoding="utf-8"), _RULES])
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its screen."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def skeleton(page: Page) -> list[str]:
    """The page's elements with the names of their attributes, but for what stands around words."""
    found: list[str] = page.evaluate(_SKELETON, OF_TEXT)
    return found


def attributes_around_words(page: Page) -> list[str]:
    """The names of the attributes of what stands around words."""
    found: list[str] = page.evaluate(_ATTRIBUTES, OF_TEXT)
    return found


def seen_without_scrolling(page: Page) -> str:
    """The text that lies whole within the screen, without blanks."""
    text: str = page.evaluate(_SEEN)
    return "".join(text.split())


def readable(page: Page) -> str:
    """What can be read once every part is unfolded, without blanks and what is to be pressed."""
    text: str = page.evaluate(_READABLE)
    return "".join(text.split())


def show(page: Page, folder: Path, html: str) -> None:
    """Write a page to SHOWN in a folder, and open it."""
    shown = folder / SHOWN
    shown.write_text(html, encoding="utf-8")
    page.goto(shown.as_uri())


def kept_to_itself(page: Page, said: Said) -> bool:
    """Whether it ran nothing, asked for nothing but itself, and broke no rule of its policy."""
    asked = [each for each in said.asked if not each.startswith("file:") or not each.endswith(f"/{SHOWN}")]
    return (page.evaluate("String(window.pwned)"), said.console, asked) == ("undefined", [], [])
