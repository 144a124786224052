"""Which part of a quoted line matters: the path that was asked for, and the words its own annotation repeats.

In come a line of a log, what it is said to show, and the target; out go spans of the line, for a page or a terminal to
mark. The hard thing is modesty: a span too short ("/"), or one that covers nearly the whole line, marks nothing.
"""

import re
from collections.abc import Iterable, Iterator

from analyzer.report.model import Evidence, Target

__all__ = ["Span", "cut_to", "needle", "needles", "spans"]

Span = tuple[int, int]

_QUOTED = re.compile(r"`([^`]+)`|\"([^\"]+)\"|(?<!\w)'([^']+)'(?!\w)")
_SHORTEST = 3
_MOST_OF_THE_LINE = 0.6


def needles(evidence: Evidence, target: Target | None) -> tuple[re.Pattern[str], ...]:
    """Return what to look for in the quoted text: what `says` quotes, and the path with its ids open."""
    words = [next(filter(None, match)) for match in _QUOTED.findall(evidence.says)]
    if target is not None and target.path is not None:
        words.append(target.path)
    return tuple(needle(word) for word in words if len(word) >= _SHORTEST)


def needle(word: str) -> re.Pattern[str]:
    """Return what to look for to find a word, or a path with its ids open."""
    return re.compile(re.escape(word).replace(r"\{id\}", r"[^/\s\"'?]+"))


def spans(line: str, patterns: Iterable[re.Pattern[str]]) -> tuple[Span, ...]:
    """Find what matters in one line, overlapping finds merged; nothing if it would be most of the line."""
    found = tuple(_merged(sorted(match.span() for pattern in patterns for match in pattern.finditer(line))))
    covered = sum(end - start for start, end in found)
    return found if covered <= _MOST_OF_THE_LINE * len(line) else ()


def _merged(found: list[Span]) -> Iterator[Span]:
    start = end = 0
    for left, right in found:
        if left > end:
            if end > start:
                yield start, end
            start, end = left, right
        elif end == start:
            start, end = left, right
        else:
            end = max(end, right)
    if end > start:
        yield start, end


def cut_to(text: str, width: int, focus: Span | None = None) -> str:
    """Shorten text to a width, from its beginning unless what matters stands further on; a cut is shown.

    >>> cut_to("one two three four five", 13, (14, 18))
    '…ree four fi…'
    """
    if len(text) <= width:
        return text
    left, right = focus or (0, 0)
    start = 0 if right < width else max(0, min((left + right - width) // 2, len(text) - width))
    cut = text[start : start + width]
    cut = "…" + cut[1:] if start else cut
    return cut[:-1] + "…" if start + width < len(text) else cut
