"""`--open`: the written report in the browser.

In comes the page's place, out goes nothing. The hard thing is a machine without a browser, as servers are:
then where the report lies is told, and all else was done.
"""

import webbrowser
from pathlib import Path

from analyzer.commands.printing import note

__all__ = ["show_page"]


def show_page(page: Path) -> None:
    """Open the page, or say where it lies."""
    address = page.resolve().as_uri()
    if not webbrowser.open(address):
        note(f"no browser was found here. The report is {address}")
