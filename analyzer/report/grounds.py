"""What a report rests on: the sources that were read, and what was not read, not checked, or not shown.

Frozen values, filled by the rooms to the left. Who only tells of a Problem must not load the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.frozen import dataclass

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class UnparsedSample:
    """A line that no grammar reads, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shape:
    """Lines that no grammar reads and that are alike: what varies among them is `<*>` in the template."""

    template: str
    count: int
    line: int  # the first of them
    example: str


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One source of the bundle: what it was taken for and why, and what of it was understood."""

    path: str
    service: str | None
    format: str | None  # None: not recognised
    why: str  # why this format
    lines: int
    parsed: int
    unparsed: int
    first: datetime | None
    last: datetime | None
    clock_offset_s: float | None
    samples: tuple[UnparsedSample, ...] = ()
    clock_spread_s: float | None = None
    clock_matches: int | None = None  # None beside an offset: told by the user, or what the others were compared with
    by_features: int = 0  # lines among the parsed ones that no named format knows
    shapes: tuple[Shape, ...] = ()  # what was not understood, grouped; most frequent first
    more_shapes: int = 0  # how many shapes there are beside those


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of the bundle that could not be read: where, what, and what to do."""

    path: str
    what: str
    hint: str
    lost: bool = True  # whether something that was handed in is missing from the verdict


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A cause that could not be checked, and what it would have needed."""

    cause: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingLog:
    """A log that would let more causes be checked, and the command that fetches it."""

    log: str
    command: str | None


@dataclass(frozen=True, slots=True, order=True)
class Redacted:
    """A secret that is not shown: the line that it stands in, what it is, and its number: equal ones have the same."""

    source: str
    line: int
    kind: str
    number: int
