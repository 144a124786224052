r"""What was copied along with a config: prompts, fences, line numbers, what nginx said on standard error.

In comes a text, out goes the same text with blanks in their place, so that all else keeps its line and column, and what
was blanked. The hard thing: to blank nothing else; a key of a `map` may be a number, and Lua has lines of dashes.
"""

import re
from collections.abc import Iterator

_PERHAPS = re.compile(
    r"^[ \t]*(?:```|~~~|\d+[ \t:|│-]|\d+$|[$%>][ \t]|[\w.-]+@[\w.-]+|\[[^\]\n]*@|nginx: |---? ?std|[-=_*#]{3,}[ \t]*$)",
    re.MULTILINE,
)
_STRAY = {
    "a fence": re.compile(r"[ \t]*(?:```|~~~)[\w.+-]*[ \t]*"),
    "a prompt": re.compile(
        r"""[ \t]*(?:\[?[\w.-]+@[\w.-]+[^\s$\#%>]*\]?(?:[ ](?:[~/]\S*|[^\s\]]+\]))?[ ]?[$\#%>]|[$%>])[ \t]+
            (?:sudo[ ]+)?(?:cat|less|more|head|tail|nginx|vi|vim|nano|sed|grep|bat|docker|kubectl|ls|cd)\b[^;{}]*
          | [ \t]*\[?[\w.-]+@[\w.-]+[^\s$\#%>]*\]?(?:[ ](?:[~/]\S*|[^\s\]]+\]))?[ ]?[$\#%>][ \t]*""",
        re.VERBOSE,
    ),
    "what nginx said": re.compile(r"nginx: (?:the configuration file|configuration file|\[\w+\]).*|--- std(?:err|out)"),
    "a line between two texts": re.compile(r"[ \t]*(?:-{3,}|={3,}|_{3,})[ \t]*"),
}
_NUMBERED = re.compile(r"(?P<prefix>[ \t]*(?P<number>\d{1,6})(?:[ \t]*[:|│][ \t]?|-|\t|[ ]{1,2}|$))")
_FEWEST_NUMBERED = 3


def blanked(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return a text with blanks for what no config has, and the lines of those with a word for each."""
    if "_by_lua_block" in text or _PERHAPS.search(text) is None:
        return text, []
    lines = text.split("\n")
    numbers = _line_numbers(lines)
    found = [(1 + next(iter(numbers)), "numbers before the lines")] if numbers else []
    for at, width in numbers.items():
        lines[at] = " " * width + lines[at][width:]
    for at, what in _strays(lines):
        found.append((at + 1, what))
        lines[at] = " " * len(lines[at].removesuffix("\r")) + "\r" * lines[at].endswith("\r")
    return "\n".join(lines), found


def _strays(lines: list[str]) -> Iterator[tuple[int, str]]:
    for at, line in enumerate(lines):
        bare = line.removesuffix("\r")
        what = next((name for name, pattern in _STRAY.items() if pattern.fullmatch(bare)), None) if bare else None
        if what is not None:
            yield at, what


def _line_numbers(lines: list[str]) -> dict[int, int]:
    """Return how wide the number before each line is, where every line has one and they count upwards."""
    widths: dict[int, int] = {}
    before = -1
    for at, line in enumerate(lines):
        bare = line.removesuffix("\r")
        if not bare.strip() or bare.strip() == "--" or any(pattern.fullmatch(bare) for pattern in _STRAY.values()):
            continue
        match = _NUMBERED.match(bare)
        if match is None or int(match["number"]) <= before:
            return {}
        before = int(match["number"])
        widths[at] = match.end("prefix")
    return widths if len(widths) >= _FEWEST_NUMBERED else {}
