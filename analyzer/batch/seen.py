"""Files that were read to their end, so that they are not even opened until they change.

In: a store, units. Out: which of them are known, and what was amiss with them. The hard thing is that a run may end
between reading and judging: what it had to say of a file must be said by the one that goes on.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

from analyzer.batch.inputs import Unit
from analyzer.batch.place import Place
from analyzer.report.grounds import Problem
from analyzer.said import as_data, of_data

__all__ = ["Seen"]

_SEEN = "seen.json"


class Seen:
    """What is known of files, by where they lie."""

    def __init__(self, place: Place, known: dict[str, Any]) -> None:
        self._place, self._known = place, known

    @classmethod
    def of(cls, place: Place) -> Self:
        """Read what a store remembers."""
        return cls(place, place.read_json(_SEEN))

    def knows(self, unit: Unit, reading: str | None = None) -> bool:
        """Say whether a file is as it was, and was read in this way, or in any."""
        told = self._known.get(unit.address)
        return told is not None and told["stamp"] == unit.stamp and reading in {None, told["reading"]}

    def note(self, unit: Unit, reading: str, problems: Sequence[Problem]) -> None:
        """Remember a file, and what was amiss with it."""
        self._known[unit.address] = {
            "stamp": unit.stamp,
            "reading": reading,
            "problems": [
                {"path": each.path, "what": as_data(each.what), "hint": as_data(each.hint), "lost": each.lost}
                for each in problems
            ],
        }

    def problems(self, units: Iterable[Unit]) -> Iterator[Problem]:
        """Give what is amiss with these files."""
        for unit in units:
            for told in self._known.get(unit.address, {}).get("problems", ()):
                yield Problem(told["path"], of_data(told["what"]), of_data(told["hint"]), lost=told["lost"])

    def keep(self) -> None:
        """Let the store remember."""
        self._place.write_json(_SEEN, self._known)
