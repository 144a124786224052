r"""What was copied along with a config: prompts, fences and the words around them, line numbers, what nginx said.

In comes a text, out goes the same text with blanks in their place, so that all else keeps its line and column, and what
was blanked. The hard thing: to blank nothing else; a key of a `map` may be a number, and Lua has lines of dashes.
"""

import re
from collections.abc import Iterable, Iterator

from analyzer.said import said

_PERHAPS = re.compile(
    r"^[ \t]*(?:```|~~~|\d+[ \t:|│-]|\d+$|[$%>][ \t]|[\w.-]+@[\w.-]+|\[[^\]\n]*@|nginx: |---? ?std|[-=_*#]{3,}[ \t]*$)",
    re.MULTILINE,
)
_STRAY = {
    said("a fence"): re.compile(r"[ \t]*(?:```|~~~)[\w.+-]*[ \t]*"),
    said("a prompt"): re.compile(
        r"""[ \t]*(?:\[?[\w.-]+@[\w.-]+[^\s$\#%>]*\]?(?:[ ](?:[~/]\S*|[^\s\]]+\]))?[ ]?[$\#%>]|[$%>])[ \t]+
            (?:sudo[ ]+)?(?:cat|less|more|head|tail|nginx|vi|vim|nano|sed|grep|bat|docker|kubectl|ls|cd)\b[^;{}]*
          | [ \t]*\[?[\w.-]+@[\w.-]+[^\s$\#%>]*\]?(?:[ ](?:[~/]\S*|[^\s\]]+\]))?[ ]?[$\#%>][ \t]*""",
        re.VERBOSE,
    ),
    said("what nginx said"): re.compile(
        r"nginx: (?:the configuration file|configuration file|\[\w+\]).*|--- std(?:err|out)"
    ),
    said("a line between two texts"): re.compile(r"[ \t]*(?:-{3,}|={3,}|_{3,})[ \t]*"),
}
_NUMBERED = re.compile(r"(?P<prefix>[ \t]*(?P<number>\d{1,6})(?:[ \t]*[:|│][ \t]?|-|\t|[ ]{1,2}|$))")
_FEWEST_NUMBERED = 3
_FENCE = re.compile(r"[ \t]*(?P<mark>```+|~~~+)[ \t]*(?P<tag>[\w.+-]*)[ \t]*")
_STATEMENT = re.compile(r"[ \t]*(?:[a-z]\w*\b[^=(]*[;{]|\})\s*(?:#.*)?")
_COMMENT = re.compile(r"\s*(?:#.*)?")


def blanked(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return a text with blanks for what no config has, and the lines of those with a word for each."""
    if "_by_lua_block" in text or _PERHAPS.search(text) is None:
        return text, []
    lines = text.split("\n")
    found = _blank_words_around(lines)
    numbers = _line_numbers(lines)
    found += [(1 + next(iter(numbers)), said("numbers before the lines"))] if numbers else []
    for at, width in numbers.items():
        lines[at] = " " * width + lines[at][width:]
    for at, what in _strays(lines):
        found.append((at + 1, what))
        lines[at] = _blank(lines[at])
    return "\n".join(lines), found


def _blank_words_around(lines: list[str]) -> list[tuple[int, str]]:
    """Blank what stands outside the fences, where config stands inside them and nowhere else; say where it was."""
    fenced = [block for block in _fenced(lines) if _is_config(lines[at] for at in block)]
    inside = {at for block in fenced for at in (block.start - 1, *block, block.stop)}
    outside = [at for at in range(len(lines)) if at not in inside]
    if not fenced or _is_config(lines[at] for at in outside):
        return []
    found = [at for at in outside if lines[at].strip()]
    for at in found:
        lines[at] = _blank(lines[at])
    return [(at + 1, said("text around it")) for at in found if at - 1 not in found]


def _fenced(lines: list[str]) -> Iterator[range]:
    """Yield the lines between a fence and the next one of its kind, or the end."""
    start, mark = -1, ""
    for at, line in enumerate(lines):
        match = _FENCE.fullmatch(line.rstrip("\r"))
        if match is None:
            continue
        if start < 0:
            start, mark = at + 1, match["mark"]
        elif match["mark"] == mark and not match["tag"]:
            yield range(start, at)
            start = -1
    if start >= 0:
        yield range(start, len(lines))


def _is_config(lines: Iterable[str]) -> bool:
    """Whether most lines read as statements do; a line of several statements ends as one."""
    told = [line for line in lines if not _COMMENT.fullmatch(line)]
    return sum(_STATEMENT.fullmatch(line) is not None or line.rstrip().endswith("}") for line in told) * 2 > len(told)


def _blank(line: str) -> str:
    return " " * len(line.removesuffix("\r")) + "\r" * line.endswith("\r")


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
