"""A file that is one document: what it is known by, and how it is cut into records.

In come a document's texts as they are streamed, out go its records in frames (LINE, LAST_LINE, RAW), as the lines of a
log would give them; a format reads those. The hard thing: a record needs an address of its own, (source, line), and a
document may stand on one line. There its entries are counted as lines.
"""

from collections.abc import Callable, Iterable, Iterator

import polars as pl

from analyzer.formats import Format
from analyzer.frozen import dataclass
from analyzer.schema import LAST_LINE, LINE, RAW, schema_of

Piece = tuple[int, int, str]
"""A record: its first line, its last line, and its words."""

_BATCH = 2000


class DocumentError(Exception):
    """A document cannot be read on from here; the words say at which line, and why."""


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document. `fits` looks at a file's beginning; `holds` is what one record of it is called.

    `cut` raises DocumentError where the document breaks off. `is_log`: it tells what happened, and not what was set.
    """

    format: Format
    holds: str
    is_log: bool
    fits: Callable[[str], bool]
    cut: Callable[[Iterable[str]], Iterator[Piece]]


def records_of(pieces: Iterable[Piece]) -> Iterator[pl.DataFrame]:
    """Gather records in frames; what came before a document breaks off is given out first."""
    gathered: list[Piece] = []
    try:
        for piece in _apart(pieces):
            gathered.append(piece)
            if len(gathered) == _BATCH:
                yield _frame(gathered)
                gathered = []
    except DocumentError:
        yield _frame(gathered)
        raise
    yield _frame(gathered)


def _apart(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Give every record a first line of its own: its own one, or the next that is free."""
    free = 1
    for first, last, raw in pieces:
        line = max(first, free)
        yield line, max(last, line), raw
        free = line + 1


def _frame(pieces: list[Piece]) -> pl.DataFrame:
    return pl.DataFrame(pieces, schema=schema_of((LINE, LAST_LINE, RAW)), orient="row")
