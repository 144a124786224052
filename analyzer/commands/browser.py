"""`--open`: the written report in the browser.

In come the places that are written to, out goes nothing. The hard thing is a machine without a browser, as servers are:
then where the report lies is told, and all else was done.
"""

import webbrowser
from collections.abc import Iterable
from pathlib import Path

from analyzer.commands.printing import STANDARD_OUTPUT, note
from analyzer.errors import UsageError

__all__ = ["page_among", "show_page"]


def page_among(places: Iterable[str]) -> Path:
    """Give the first page among the places. Raises UsageError where none is written to a file."""
    for place in places:
        if place != STANDARD_OUTPUT and Path(place).suffix.lower() == ".html":
            return Path(place)
    raise UsageError("--open opens the page, and none is written to a file", "Write one too: -o report.html.")


def show_page(page: Path) -> None:
    """Open the page, or say where it lies."""
    address = page.resolve().as_uri()
    if not webbrowser.open(address):
        note(f"no browser was found here. The report is {address}")
