"""Two reports side by side: what is gone, what is new, what is still there.

In: what two reports tell, as their JSON has it. Out: a Comparison. The hard thing is that an incident which is not told
any more need not be mended: perhaps nobody asked for that path again, and then nothing is proven.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from analyzer.frozen import dataclass

__all__ = ["Account", "Change", "Comparison", "Row", "Told", "compare", "told_of"]


class Change(StrEnum):
    """What became of an incident."""

    NEW = "new"
    STILL = "still"
    GONE = "gone"
    UNPROVEN = "unproven"  # it is not told any more, but nobody asked for that path either


@dataclass(frozen=True, slots=True)
class Told:
    """An incident as a report tells it."""

    fingerprint: str
    cause: str
    title: str
    confidence: str
    path: str | None
    requests: int


@dataclass(frozen=True, slots=True)
class Account:
    """One report: its incidents, and of each path how many requests were served, of how many."""

    incidents: tuple[Told, ...]
    served: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """An incident, what became of it, and what of its path was served before and after; None: not told."""

    change: Change
    told: Told
    before: tuple[int, int] | None
    after: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The incidents of both reports: the new ones first, then what is still there, then what is gone."""

    rows: tuple[Row, ...]

    def of(self, change: Change) -> tuple[Row, ...]:
        """Give the incidents of which this became."""
        return tuple(row for row in self.rows if row.change is change)


def told_of(report: Mapping[str, object]) -> Account:
    """Read what a report tells from its JSON (schema version 1)."""
    incidents = tuple(_told(each) for each in _objects(report.get("incidents")))
    reach = report.get("reach")
    rows = _objects(reach.get("rows")) if isinstance(reach, Mapping) else ()
    served = {str(row["path"]): (_count(row["served"]), _count(row["requests"])) for row in rows}
    return Account(incidents, served)


def compare(before: Account, after: Account) -> Comparison:
    """Say of each incident what became of it: the same cause at the same host and path is the same incident."""
    return Comparison(tuple(sorted(_rows(before, after), key=lambda row: list(Change).index(row.change))))


def _rows(before: Account, after: Account) -> Iterator[Row]:
    had = {each.fingerprint for each in before.incidents}
    has = {each.fingerprint: each for each in after.incidents}
    for each in after.incidents:
        change = Change.STILL if each.fingerprint in had else Change.NEW
        yield Row(change, each, _served(before, each), _served(after, each))
    for each in before.incidents:
        if each.fingerprint not in has:
            now = _served(after, each)
            unproven = each.path is not None and now is None
            yield Row(Change.UNPROVEN if unproven else Change.GONE, each, _served(before, each), now)


def _served(account: Account, incident: Told) -> tuple[int, int] | None:
    return account.served.get(incident.path) if incident.path is not None else None


def _told(incident: Mapping[str, object]) -> Told:
    target = incident.get("target")
    path = target.get("path") if isinstance(target, Mapping) else None
    return Told(
        fingerprint=str(incident["fingerprint"]),
        cause=str(incident["cause"]),
        title=_sentence(incident["title"]),
        confidence=str(incident["confidence"]),
        path=None if path is None else str(path),
        requests=_count(incident["requests"]),
    )


def _sentence(value: object) -> str:
    """A sentence of this run can still be said in another language; one that was read from a file cannot."""
    return value if isinstance(value, str) else str(value)


def _objects(value: object) -> Sequence[Mapping[str, object]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
