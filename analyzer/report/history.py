"""What a history holds: months of incidents as frozen values, the same for the terminal, the page and the JSON.

Nothing here is computed; `batch.history` fills it. What cannot be known is None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.frozen import dataclass

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from analyzer.report.grounds import LedgerRow, Problem
    from analyzer.report.model import Confidence, Target
    from analyzer.schema import Hop

__all__ = ["Coverage", "DayTold", "Episode", "History", "OpenQuestion", "Recurring"]


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that an incident came: from its first failure to its last.

    `recovered`: the minute in which the path was first served again; None: no log tells that it was.
    `reports`: the pages of the days that it lasted, relative to the store.
    """

    first: datetime
    last: datetime
    requests: int
    recovered: datetime | None
    reports: tuple[str, ...]

    @property
    def lasted(self) -> timedelta:
        """How long requests failed."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Recurring:
    """One cause at one host and path, each time that it came."""

    fingerprint: str
    cause: str
    title: str
    hop: Hop
    confidence: Confidence
    target: Target
    requests: int
    episodes: tuple[Episode, ...]
    explanation: str
    fix: str
    undated: bool = False  # no log tells when

    @property
    def first_seen(self) -> datetime | None:
        """When it came first."""
        return self.episodes[0].first if self.episodes else None

    @property
    def last_seen(self) -> datetime | None:
        """The last of its failures."""
        return self.episodes[-1].last if self.episodes else None


@dataclass(frozen=True, slots=True)
class DayTold:
    """A day of the history: how many requests were answered how, and how many incidents there were."""

    day: date
    served: int
    refused: int
    failed: int
    left: int
    incidents: int
    report: str | None

    @property
    def requests(self) -> int:
        """How many requests an answer is known of."""
        return self.served + self.refused + self.failed + self.left


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Requests for a path that failed without a known cause, on so many days."""

    path: str
    question: str
    days: int
    report: str | None  # of the last of them


@dataclass(frozen=True, slots=True)
class Coverage:
    """Days in the midst of the history of which no log tells anything."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class History:
    """Everything that a store tells."""

    store: str
    tool_version: str
    window_start: datetime | None
    window_end: datetime | None
    incidents: tuple[Recurring, ...]
    questions: tuple[OpenQuestion, ...]
    days: tuple[DayTold, ...]
    gaps: tuple[Coverage, ...]
    sources: tuple[LedgerRow, ...]
    requests_seen: int
    lines: int
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
