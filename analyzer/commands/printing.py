"""Where the command's words go: data to files or standard output, messages to standard error.

In come texts, nothing comes out. The hard thing: standard output carries data only, and a message is never markup.
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from analyzer.errors import UsageError
from analyzer.report.visible import visible

__all__ = ["STANDARD_OUTPUT", "messages", "note", "write"]

STANDARD_OUTPUT = "-"

messages = Console(stderr=True)
"""The terminal's standard error."""


def write(place: str, text: str) -> None:
    """Write a text to a file, or to standard output."""
    if place == STANDARD_OUTPUT:
        sys.stdout.write(text.rstrip("\n") + "\n")
        return
    try:
        Path(place).write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{place} cannot be written: {reason}", "Name another place.") from None


def note(told: str) -> None:
    """Tell something beside the answer."""
    messages.print(Text.assemble(("note:", "yellow"), " ", visible(told)), highlight=False)
