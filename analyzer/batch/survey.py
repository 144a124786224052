"""What a file holds, before any of it is read: nginx configs, and logs in pieces.

In: a `Unit`. Out: the configs in it, or the pieces of each of its logs. The hard thing is to know which logs may be
cut: where lines are joined to records, or unwrapped, a file is read as one.
"""

from collections.abc import Mapping, Sequence

from analyzer.batch.inputs import Unit, opened
from analyzer.batch.pieces import PIECE_BYTES, Piece, pieces_of
from analyzer.batch.settings import Settings
from analyzer.bundle import UNREADABLE, Bundle
from analyzer.encodings import encoding_of
from analyzer.frozen import dataclass
from analyzer.report.grounds import Problem
from analyzer.sources import Log, configs_of, recognise
from analyzer.wrapping import Wrapping

__all__ = ["Survey", "Surveyed", "find_configs", "survey"]

_CUT_ANYWHERE = "utf-8"  # a line feed is one byte, and stands in no other character
_MOST_OF_A_CONFIG = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A log: the name of its file, and its pieces in their order; `apart`: each can be read without the one before."""

    source: str
    pieces: tuple[Piece, ...]
    apart: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in a unit."""

    logs: tuple[Surveyed, ...]
    problems: tuple[Problem, ...]


def find_configs(unit: Unit) -> Mapping[str, str]:
    """Give the nginx configs of a unit by name. A file of many megabytes is none, and is not opened."""
    if unit.size > _MOST_OF_A_CONFIG:
        return {}
    with opened(unit) as bundle:
        return configs_of(bundle)


def survey(
    unit: Unit, settings: Settings, earlier: Mapping[int, Sequence[int]], piece_bytes: int = PIECE_BYTES
) -> Survey:
    """Cut the logs of a unit. `earlier`: how long pieces were that may have grown since (`pieces.Earlier`)."""
    with opened(unit) as bundle:
        sources = recognise(bundle, (), settings.signs(), settings.formats())
        logs = tuple(_cut(log, bundle, earlier, piece_bytes) for log in sources.logs)
        return Survey(logs, (*bundle.problems, *sources.problems))


def _cut(log: Log, bundle: Bundle, earlier: Mapping[int, Sequence[int]], piece_bytes: int) -> Surveyed:
    size = piece_bytes if log.file in bundle.files and _may_be_cut(log) else None
    try:
        with log.file.open() as stream:
            return Surveyed(log.file.name, tuple(pieces_of(stream, earlier, size)), stream.seekable())
    except UNREADABLE:
        return Surveyed(log.file.name, (), apart=False)


def _may_be_cut(log: Log) -> bool:
    """Whether every line of it is a record of its own, wherever it stands."""
    plain = log.document is None and log.export is None and log.wrapping == Wrapping()
    return plain and log.assembler.assembly.one_line_each and encoding_of(log.file.head()) == _CUT_ANYWHERE
