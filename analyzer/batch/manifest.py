"""What a store holds: a commit for every piece that was read, and for every day that was judged.

In: a `Place`. Out: the commits that count. The hard thing is a run that was killed: what no commit names is not there,
and a commit names whole objects only; a piece that has grown replaces its beginning in the same act.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, field
from functools import cached_property
from secrets import token_hex
from typing import Any

from analyzer.batch.place import Place, as_json
from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.report.json_text import Json

__all__ = [
    "EVENTS_IN",
    "FAMILIES_IN",
    "PULSES_IN",
    "UNDATED",
    "Held",
    "Manifest",
    "commit_day",
    "commit_piece",
    "forget",
    "open_store",
    "read_manifest",
]

LAYOUT = 1
_ABOUT = "lasthop-store.json"
_PIECES, _DAYS = "pieces", "days"
EVENTS_IN, FAMILIES_IN, PULSES_IN = "events", "families", "pulses"
"""The folders of the tables."""
UNDATED = "undated"
"""The day of records that bear no time."""


@dataclass(frozen=True, slots=True)
class Held:
    """A piece that was read.

    `id` is made of its content and of how it was read; `digest` of the content alone. `source` is the file's name,
    `unit` where it was found. `objects`: by day (`2026-03-14`, or UNDATED) the names of its tables; `hours`: how many
    records of which hour (`2026-03-14T09`) were kept. `replaces`: the ids of what it stands in the place of. `sources`
    are its rows of the parse ledger, `problems` what could not be read, both as the JSON report has them. `whole`: more
    of the file follows. `zoneless`: some of its times name no zone.
    """

    id: str
    digest: str
    reading: str
    source: str
    unit: str
    offset: int
    length: int
    first_line: int
    lines: int
    whole: bool
    objects: Mapping[str, Sequence[str]]
    hours: Mapping[str, int]
    replaces: Sequence[str] = ()
    sources: Sequence[Mapping[str, Json]] = ()
    problems: Sequence[Mapping[str, Json]] = ()
    zoneless: bool = False

    @property
    def names(self) -> list[str]:
        """The names of all its objects."""
        return [name for names in self.objects.values() for name in names]


@dataclass(frozen=True)
class Manifest:
    """The pieces that count, by id; the days that were judged, by day; and the commits that were replaced."""

    pieces: Mapping[str, Held]
    days: Mapping[str, Mapping[str, Json]]
    replaced: Mapping[str, Held] = field(default_factory=dict)

    @cached_property
    def by_digest(self) -> Mapping[str, Held]:
        """The pieces by what is in them."""
        return {piece.digest: piece for piece in self.pieces.values()}

    @cached_property
    def earlier(self) -> Mapping[int, Sequence[int]]:
        """By offset the lengths of pieces that may have grown (`pieces.Earlier`)."""
        lengths: dict[int, set[int]] = {}
        for piece in self.pieces.values():
            if not piece.whole:
                lengths.setdefault(piece.offset, set()).add(piece.length)
        return {offset: sorted(of) for offset, of in lengths.items()}

    @property
    def all_days(self) -> list[str]:
        """Every day that a piece tells of, in order; UNDATED, where there is any, comes last."""
        return sorted({day for piece in self.pieces.values() for day in piece.objects})


def open_store(place: Place) -> str:
    """Give the id of a store, which is made where nothing is. Raises UsageError where it is none, or a later one."""
    if not place.read_json(_ABOUT):
        if place.names(""):
            what, hint = f"{place.address}: this is no store, and not empty", "Name a folder that is empty, or a store."
            raise UsageError(what, hint)
        place.put_once(_ABOUT, as_json({"layout": LAYOUT, "id": token_hex(8), "about": "a store of lasthop batch"}))
    about = place.read_json(_ABOUT)
    if about.get("layout") != LAYOUT:
        what = f"{place.address}: the store has another layout than this version of lasthop knows"
        raise UsageError(what, "Use the version that wrote it, or name another store.")
    return str(about["id"])


def read_manifest(place: Place) -> Manifest:
    """Read what a store holds."""
    held = [Held(**each) for each in _objects(place, _PIECES)]
    replaced = {id_ for piece in held for id_ in piece.replaces}
    return Manifest(
        {piece.id: piece for piece in held if piece.id not in replaced},
        {str(each["day"]): each for each in _objects(place, _DAYS)},
        {piece.id: piece for piece in held if piece.id in replaced},
    )


def _objects(place: Place, below: str) -> list[dict[str, Any]]:
    return [json.loads(data) for data in place.read_all(place.names(below))]


def commit_piece(place: Place, piece: Held) -> None:
    """Let a piece count from now on."""
    place.write_json(_commit_of(piece.id), asdict(piece))


def commit_day(place: Place, told: Mapping[str, Json]) -> None:
    """Let what was judged of `told["day"]` count from now on."""
    place.write_json(f"{_DAYS}/{told['day']}.json", told)


def forget(place: Place, pieces: Iterable[str] = (), days: Iterable[str] = ()) -> None:
    """Let pieces and days count no more; their tables are dropped afterwards (`upkeep`)."""
    place.drop([*map(_commit_of, pieces), *(f"{_DAYS}/{day}.json" for day in days)])


def _commit_of(piece: str) -> str:
    return f"{_PIECES}/{piece}.json"
