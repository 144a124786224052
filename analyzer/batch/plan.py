"""What of the files is not in the store yet, and under which name it will be.

In: what was surveyed, and the manifest. Out: the pieces to be read, unit by unit. The hard thing is a log that was
renamed, compressed or copied: the same content is read once, and keeps the name that it was first seen by.
"""

from collections.abc import Iterable, Iterator, Sequence

from analyzer.batch.inputs import Unit
from analyzer.batch.manifest import Held, Manifest
from analyzer.batch.pieces import Piece
from analyzer.batch.reading import Chosen, id_of
from analyzer.batch.survey import Survey, Surveyed
from analyzer.frozen import dataclass

__all__ = ["Planned", "plan_of"]

_AT_ONCE = 4  # pieces: so many share the work of recognising their file


@dataclass(frozen=True, slots=True)
class Planned:
    """Pieces of one unit that are read together."""

    unit: Unit
    chosen: tuple[Chosen, ...]


def plan_of(surveys: Sequence[tuple[Unit, Survey]], manifest: Manifest, reading: str) -> list[Planned]:
    """Choose the pieces that are not in the store, or were read in another way, each content once."""
    taken = _Taken(manifest, reading)
    planned = [(unit, log, tuple(taken.choose(log))) for unit, survey in surveys for log in survey.logs]
    apart = [
        Planned(unit, chosen[at : at + _AT_ONCE])
        for unit, log, chosen in planned
        if log.apart
        for at in range(0, len(chosen), _AT_ONCE)
    ]
    together: dict[str, list[Chosen]] = {}
    units = {unit.address: unit for unit, _, _ in planned}
    for unit, log, chosen in planned:
        if chosen and not log.apart:
            together.setdefault(unit.address, []).extend(chosen)
    return [*apart, *(Planned(units[address], tuple(chosen)) for address, chosen in together.items())]


class _Taken:
    """What is in the store already, or is going to be."""

    def __init__(self, manifest: Manifest, reading: str) -> None:
        self._held, self._by_digest, self._reading = manifest.pieces, manifest.by_digest, reading
        self._names = {piece.source for piece in manifest.pieces.values()}
        self._coming: set[str] = set()

    def choose(self, log: Surveyed) -> Iterator[Chosen]:
        """Give the pieces of a log that are to be read."""
        pieces = [piece for piece in log.pieces if piece.length]
        new = [piece for piece in pieces if id_of(piece, self._reading) not in self._held.keys() | self._coming]
        if not new:
            return
        source = self._name(log, pieces)
        for piece in new:
            self._coming.add(id_of(piece, self._reading))
            yield Chosen(log.source, source, piece, tuple(each.id for each in self._replaced(piece)))

    def _replaced(self, piece: Piece) -> Iterable[Held]:
        """What the store holds of the same content, or of its beginning."""
        return [self._by_digest[digest] for digest in (piece.digest, *piece.began_as) if digest in self._by_digest]

    def _name(self, log: Surveyed, pieces: Sequence[Piece]) -> str:
        """The name that the log is known by, else one that no other has."""
        known = next((held.source for piece in pieces for held in self._replaced(piece)), None)
        name = known or _free(log.source, self._names)
        self._names.add(name)
        return name


def _free(name: str, names: set[str]) -> str:
    """A name that is not taken.

    >>> _free("access.log", {"access.log", "access.log (2)"})
    'access.log (3)'
    """
    numbered = (f"{name} ({number})" for number in range(2, len(names) + 3))
    return next(each for each in (name, *numbered) if each not in names)
