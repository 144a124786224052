"""Of which hours logs are collected: `--since` and `--until`.

In: words as people type them, and the time it is. Out: two moments in UTC. The hard thing: a time without a zone is
meant as the server's own clock shows it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analyzer.errors import UsageError

__all__ = ["Window", "read_window"]

_BACK = re.compile(r"([0-9]{1,5}) ?([smhdw])(?: ago)?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_HINT = "Write 2h, 30m or 3d (back from now), or a time such as 2026-11-28T19:30 or 2026-11-28T19:30+01:00."


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, in UTC."""

    since: datetime
    until: datetime


def read_window(since: str, until: str | None, now: datetime) -> Window:
    """Read the two options; without an end the window reaches to `now`. Raises UsageError.

    >>> now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    >>> window = read_window("24h", "2026-11-29T08:00Z", now)
    >>> window.since.isoformat(), window.until.isoformat()
    ('2026-11-28T12:00:00+00:00', '2026-11-29T08:00:00+00:00')
    """
    window = Window(_moment(since, "--since", now), now if until is None else _moment(until, "--until", now))
    if window.since >= window.until:
        raise UsageError("--since is not before --until", _HINT)
    return window


def _moment(words: str, option: str, now: datetime) -> datetime:
    if back := _BACK.fullmatch(words.strip()):
        return now - timedelta(**{_UNITS[back[2]]: int(back[1])})
    try:
        return datetime.fromisoformat(words.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"{option}: {words} is no time", _HINT) from None
