"""Of which hours logs are collected: `--since` and `--until`.

In: words as people type them, and the time it is. Out: two moments in UTC. The hard thing: a time without a zone is
meant as the server's own clock shows it, and words count back from now.
"""

from datetime import datetime

from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.periods import read_period

__all__ = ["Window", "read_window"]


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, in UTC."""

    since: datetime
    until: datetime


def read_window(since: str, until: str | None, now: datetime) -> Window:
    """Read the two options; without an end the window reaches to `now`. Raises UsageError.

    >>> window = read_window("24h", "2026-11-29T08:00Z", datetime.fromisoformat("2026-11-29T12:00Z"))
    >>> window.since.isoformat(), window.until.isoformat()
    ('2026-11-28T12:00:00+00:00', '2026-11-29T08:00:00+00:00')
    """
    asked = read_period(since, until, zone=None)
    period = asked.before(now) if asked else None
    if period is None or period.start is None or period.start >= (end := period.end or now):
        raise UsageError(f"--since {since}: nothing was written since then", "Name a moment that has been.")
    return Window(period.start, end)
