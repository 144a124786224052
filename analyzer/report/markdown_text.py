"""Log text in Markdown that stays text: escaped prose, code spans, fences and lists.

In comes plain text, out goes GitHub Flavored Markdown that shows it. The hard thing is that log text must not become
markup: quotations stand in fences longer than any run of backticks inside them (CommonMark 0.31, 4.5), elsewhere what
could be markup is escaped (2.4), no address is a link, and `@` is an entity: no ticket calls a stranger.
"""

import re
from collections.abc import Iterable, Iterator

from analyzer.report.visible import visible

__all__ = ["bullets", "code", "commands", "escaped", "fenced", "in_one_line", "listed", "prose"]

_CODE = re.compile(r"`([^`\n]+)`")
_MARKUP = re.compile(r"[\\`*_\[\]<&~|$#]|:(?=//)|(?<=www)\.|^[>+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t-\r\x1c-\x1f]+")
_BACKTICKS = re.compile("`+")


def prose(text: str) -> str:
    """Escape everything but the code between backticks."""
    parts = _CODE.split(in_one_line(text))
    return "".join(code(part) if index % 2 else escaped(part) for index, part in enumerate(parts))


def in_one_line(text: str) -> str:
    """Write text in one line, with single blanks; one that does not break stays."""
    return _BLANKS.sub(" ", visible(text)).strip(" ")


def escaped(text: str) -> str:
    """Escape what could be markup."""
    return _MARKUP.sub(r"\\\g<0>", text).replace("@", "&#64;")


def code(text: str) -> str:
    """Write text as a code span, in one line."""
    shown = in_one_line(text).replace("|", "\\|")
    if not shown:
        return ""
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def fenced(text: str, language: str = "") -> str:
    """Write lines as a block of code."""
    shown = visible(text.removesuffix("\n"))
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def listed(title: str, items: Iterable[str]) -> Iterator[str]:
    """Write a list under its heading; nothing where it is empty."""
    shown = bullets(items)
    if shown:
        yield f"### {title}"
        yield shown


def bullets(items: Iterable[str], bullet: str = "-") -> str:
    """Write a list."""
    return "\n".join(f"{bullet} {item}" for item in items)


def commands(told: tuple[str, ...], title: str = "") -> Iterator[str]:
    """Write commands as a block, under a heading where there is one; nothing where there are none."""
    if told and title:
        yield f"### {title}"
    if told:
        yield fenced("\n".join(told), "sh")


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
