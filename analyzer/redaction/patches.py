"""Patches without secrets: the lines around a change are shown as far as they hold none.

In: a patch as a unified diff. Out: one that applies and holds no secret, or None. The hard thing is that a patch is of
use only byte for byte: nothing in it can be replaced, so a line with a secret is left out, or the patch is.
"""

import re
from collections.abc import Callable, Sequence

from analyzer.report.diff import DiffLine, LineKind, read_diff

_START = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_CHANGED = frozenset({LineKind.ADDED, LineKind.REMOVED})


def without_secret_lines(patch: str, is_secret: Callable[[str], bool]) -> str | None:
    """Give the patch with less around its changes where a secret stands there; None where a change itself holds one."""
    told: list[str] = []
    lines = list(read_diff(patch))
    starts = [at for at, line in enumerate(lines) if line.kind is LineKind.HUNK]
    for at, line in enumerate(lines):
        if line.kind is LineKind.HUNK:
            hunk = _shrunk(line.text, _body(lines, at), is_secret)
            if hunk is None:
                return None
            told += hunk
        elif line.kind is LineKind.FILE or not starts:
            if is_secret(line.text):
                return None
            told.append(line.text)
    return "\n".join(told) + "\n"


def _body(lines: Sequence[DiffLine], hunk: int) -> list[DiffLine]:
    rest = lines[hunk + 1 :]
    end = next((at for at, line in enumerate(rest) if line.kind in {LineKind.HUNK, LineKind.FILE}), len(rest))
    return list(rest[:end])


def _shrunk(header: str, body: list[DiffLine], is_secret: Callable[[str], bool]) -> list[str] | None:
    changes = [at for at, line in enumerate(body) if line.kind in _CHANGED]
    secrets = [at for at, line in enumerate(body) if is_secret(line.text[1:])]
    first = max((at + 1 for at in secrets if at < changes[0]), default=0)
    last = min((at for at in secrets if at > changes[-1]), default=len(body))
    if any(first <= at < last for at in secrets):
        return None
    start = _START.match(header)
    if start is None or (first, last) == (0, len(body)):
        return [header, *(line.text for line in body)]
    around = min(changes[0] - first, last - 1 - changes[-1])  # patch(1) seeks an uneven hunk at an end of the file
    first, last = changes[0] - around, changes[-1] + 1 + around
    kept = [line.text for line in body[first:last]]
    old, new = (sum(line[:1] in signs for line in kept) for signs in (" -", " +"))
    before, after = (int(start[side]) + first - (count == 0) for side, count in ((1, old), (2, new)))
    return [f"@@ -{before},{old} +{after},{new} @@", *kept]
