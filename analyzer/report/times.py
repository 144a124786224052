"""Moments and lengths of time as a report writes them: in UTC, and said in words where they are not known.

In come moments, out go texts without markup. The hard thing is never to speak of the analyst's own zone.
"""

from datetime import UTC, datetime, timedelta

from analyzer.said import Template, said

__all__ = ["iso", "lasting", "moment", "span", "stretch", "utc", "when"]


def utc(when: datetime) -> datetime:
    """Return the moment in UTC. A moment without a zone is UTC already: never the analyst's zone."""
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def iso(when: datetime | None) -> str | None:
    """Write a moment as ISO 8601 in UTC with Z (RFC 3339), or None where it is not known.

    >>> iso(datetime(2026, 1, 12, 9, 14, 3, tzinfo=UTC))
    '2026-01-12T09:14:03Z'
    """
    return None if when is None else utc(when).isoformat().replace("+00:00", "Z")


def moment(when: datetime | None) -> str:
    """Write a moment for a reader, or say that the logs do not tell it."""
    return said("unknown") if when is None else f"{utc(when):%Y-%m-%d %H:%M:%S} UTC"


def span(first: datetime | None, last: datetime | None) -> str:
    """Say since when and until when.

    >>> span(datetime(2026, 1, 12, 9, 14, 3, tzinfo=UTC), datetime(2026, 1, 12, 9, 31, 40, tzinfo=UTC))
    'first seen 2026-01-12 09:14:03, last seen 09:31:40 UTC (over 17 min)'
    """
    if first is None and last is None:
        return said("the logs do not tell when")
    if first is None or last is None:
        known = (
            said("last seen {moment}", moment=moment(last))
            if first is None
            else said("first seen {moment}", moment=moment(first))
        )
        never = said("first seen unknown") if first is None else said("last seen unknown")
        return said("{known}, {unknown}", known=known, unknown=never)
    if first == last:
        return said("seen once, at {moment}", moment=moment(first))
    same_day = utc(first).date() == utc(last).date()
    until = f"{utc(last):%H:%M:%S} UTC" if same_day else moment(last)
    return said(
        "first seen {first}, last seen {last} (over {time})",
        first=f"{utc(first):%Y-%m-%d %H:%M:%S}",
        last=until,
        time=lasting(last - first),
    )


_LASTING: dict[int, Template] = {86_400: "{time} d", 3_600: "{time} h", 60: "{time} min"}


def lasting(lasted: timedelta) -> str:
    """Write a length of time in its largest unit that leaves two or more."""
    seconds = int(lasted.total_seconds())
    for size, sentence in _LASTING.items():
        if seconds >= 2 * size:
            return said(sentence, time=seconds // size)
    return said("{time} s", time=seconds) if seconds else said("less than a second")


def stretch(start: datetime | None, end: datetime | None) -> str:
    """Write a stretch of time, the day only once.

    >>> stretch(datetime(2026, 1, 12, 9, tzinfo=UTC), datetime(2026, 1, 12, 10, tzinfo=UTC))
    '2026-01-12 09:00:00 to 10:00:00 UTC'
    """
    if start is None or end is None or utc(start).date() != utc(end).date():
        return said("{start} to {end}", start=moment(start), end=moment(end))
    return said("{start} to {end} UTC", start=f"{utc(start):%Y-%m-%d %H:%M:%S}", end=f"{utc(end):%H:%M:%S}")


def when(moment: datetime | None) -> str:
    """Write the moment of a line, to the second; a line without one has none."""
    return said("no time") if moment is None else f"{utc(moment):%Y-%m-%d %H:%M:%S}"
