"""The small change of every sentence: counts, ends, places.

In come values, out goes plain text without markup. The hard thing is to stay small: what answers at once, without a
table in sight, speaks with these and imports nothing else.
"""

import re

from analyzer.said import plural, said

__all__ = ["clause", "mask", "place", "plain", "plural", "source_name"]

_CODE = re.compile(r"`([^`\n]+)`")


def clause(text: str) -> str:
    """Make a text the end of a sentence that has already begun: one full stop last.

    >>> clause("nginx says so itself")
    'nginx says so itself.'
    """
    return text if text.endswith((".", "!", "?", "…", ":")) else said("{sentence}.", sentence=text)


def plain(text: str) -> str:
    """Drop the backticks that mark code on the page; a terminal shows the words alone.

    >>> plain("no `location` sends it on")
    'no location sends it on'
    """
    return _CODE.sub(r"\1", text)


def source_name(path: str) -> str:
    """Name a source; standard input as grep names it."""
    return "(standard input)" if path == "-" else path


def mask(number: int) -> str:
    """What stands in the place of a secret, as OpenTelemetry has it (semantic conventions, url.full), and which it is.

    >>> mask(1)
    'REDACTED-1'
    """
    return f"REDACTED-{number}"


def place(source: str, line: int, last_line: int | None = None) -> str:
    """Write where something stands, as `grep -n` does.

    >>> place("nginx/error.log", 12), place("app.log", 3, 9)
    ('nginx/error.log:12', 'app.log:3-9')
    """
    source = source_name(source)
    return f"{source}:{line}" if last_line is None or last_line == line else f"{source}:{line}-{last_line}"
