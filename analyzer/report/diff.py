"""A unified diff, line by line, with what each line is.

In comes the patch as text, out go its lines told apart. The hard thing is that a removed line may itself begin with
`--`: what a line is depends on how many lines its hunk announced, not on its first characters alone.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from analyzer.frozen import dataclass

__all__ = ["DiffLine", "LineKind", "read_diff"]

_REMARK = "\\"  # "\ No newline at end of file" is a line of neither file
_HUNK = re.compile(r"@@ -\d+(?:,(?P<old>\d+))? \+\d+(?:,(?P<new>\d+))? @@")


class LineKind(StrEnum):
    """What one line of a unified diff is."""

    FILE = "file"
    HUNK = "hunk"
    ADDED = "added"
    REMOVED = "removed"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff, with the sign that it begins with."""

    kind: LineKind
    text: str


_SIGNS = {"+": LineKind.ADDED, "-": LineKind.REMOVED}


def read_diff(patch: str) -> Iterator[DiffLine]:
    r"""Tell the lines of a unified diff apart (GNU diffutils manual, "Detailed Unified").

    >>> [line.kind.value for line in read_diff("--- a/x\n+++ b/x\n@@ -1 +1 @@\n--- was\n+is\n")]
    ['file', 'file', 'hunk', 'removed', 'added']
    """
    old = new = 0
    for text in patch.removesuffix("\n").split("\n"):
        hunk = _HUNK.match(text)
        if hunk:
            old, new = (int(hunk[side] or 1) for side in ("old", "new"))
            yield DiffLine(LineKind.HUNK, text)
        elif text.startswith(_REMARK):
            yield DiffLine(LineKind.CONTEXT, text)
        elif old > 0 or new > 0:
            kind = _SIGNS.get(text[:1], LineKind.CONTEXT)
            old -= kind is not LineKind.ADDED
            new -= kind is not LineKind.REMOVED
            yield DiffLine(kind, text)
        else:
            yield DiffLine(LineKind.FILE, text)
