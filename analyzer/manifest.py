"""The list that a bundle of `lasthop collect` carries: where each part is from, and what of it is not there.

In: parts, or the list as a bundle holds it. Out: the list as text, or what it tells of that is missing. The hard thing
is that one row is one line, whatever a file is called.
"""

from collections.abc import Iterable, Iterator

from analyzer.frozen import dataclass
from analyzer.report.grounds import Problem
from analyzer.report.visible import visible

__all__ = ["MANIFEST", "Part", "is_manifest", "manifest_text", "missing_in"]

MANIFEST = "MANIFEST.txt"
HEAD = "# what lasthop collect took: part, where from, exit code, bytes, what is not in it"
"""Its first line, by which a bundle knows it."""
_NOTHING = "-"
_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name in the bundle (empty where there is none), the command or file that it is from.

    `code` is a command's exit code; `lacks` says what is not in it, as in `error.log {lacks}`.
    """

    name: str
    origin: str
    code: int | None = None
    size: int = 0
    lacks: str = ""


def is_manifest(name: str, head: bytes) -> bool:
    """Say whether a file of the bundle is such a list."""
    return name.replace("!", "/").rpartition("/")[2] == MANIFEST and head.startswith(HEAD.encode())


def manifest_text(parts: Iterable[Part]) -> str:
    r"""Write the list, a row for each part.

    >>> print(manifest_text([Part("nginx/nginx-T.txt", "nginx -T", 0, 512)]).splitlines()[1].split("\t"))
    ['nginx/nginx-T.txt', 'nginx -T', '0', '512', '-']
    """
    return "".join(f"{line}\n" for line in (HEAD, *map(_row, parts)))


def _row(part: Part) -> str:
    code = _NOTHING if part.code is None else str(part.code)
    cells = (part.name or _NOTHING, part.origin, code, str(part.size), part.lacks or _NOTHING)
    return "\t".join(" ".join(visible(cell).split()) for cell in cells)


def missing_in(text: str) -> Iterator[Problem]:
    """Tell what a list says is missing from its bundle."""
    for line in text.splitlines()[1:]:
        cells = line.split("\t")
        if len(cells) == _COLUMNS and cells[-1] != _NOTHING:
            yield Problem(cells[1], cells[-1], "So says the list of lasthop collect.", lost=False)
