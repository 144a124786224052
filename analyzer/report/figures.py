"""The figures of a report: how far the requests of each path came, and how they were answered by time.

Frozen values, filled by the rooms to the left; what no log tells is None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.frozen import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.schema import Hop


@dataclass(frozen=True, slots=True)
class ReachRow:
    """A path family: its requests, how many came to each hop (None: no log tells), how many were served, and missed."""

    path: str
    requests: int
    reached: tuple[int | None, ...]
    served: int
    missed: int  # somebody wanted them, and they failed


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the requests of each path came: the hops that any log tells of, the worst paths first."""

    hops: tuple[Hop, ...]
    rows: tuple[ReachRow, ...]
    more: int = 0  # how many path families there are beside those


@dataclass(frozen=True, slots=True)
class Bar:
    """How the requests of one stretch of time were answered."""

    start: datetime
    served: int  # below 400, or a handshake that opened
    refused: int  # 4xx
    failed: int  # 5xx, or a handshake that did not come about
    left: int  # the client was gone first


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment at which a program started, stopped, or read its config anew."""

    time: datetime
    says: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The requests by time, as the hop that tells of most counts them, and what happened to the programs meanwhile."""

    start: datetime
    end: datetime
    hop: Hop
    step_s: int  # how many seconds a bar stands for
    bars: tuple[Bar, ...]  # those in which anything was answered
    marks: tuple[Mark, ...]
