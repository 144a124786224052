"""What every output says of what comes after: how many arrive then, and what would have told somebody in time.

In: an incident. Out: plain text, the same for the page, the terminal and Markdown.
"""

from collections.abc import Iterator

from analyzer.report.model import Arrivals, Incident
from analyzer.report.phrases import plural
from analyzer.report.times import lasting, utc
from analyzer.said import said

__all__ = ["arrive", "arriving", "would_have_rung"]


def arriving(arrivals: Arrivals) -> Iterator[tuple[str, int]]:
    """How many arrive in the logs, and with the patch where one was tried."""
    yield said("In these logs"), arrivals.arrived
    if arrivals.after is not None:
        yield said("With the patch"), arrivals.after


def arrive(arrivals: Arrivals, count: int) -> str:
    """Write a count of those that arrive as a share; no failure is rounded away.

    >>> arrive(Arrivals(1000, 999, None), 999), arrive(Arrivals(12, 0, 12), 12)
    ('999 of 1,000 requests come through (99 %)', '12 of 12 requests come through (100 %)')
    """
    share = count * 100 // arrivals.asked
    requests = plural(arrivals.asked, "request")
    return said("{count:,} of {requests} come through ({share} %)", count=count, requests=requests, share=share)


def would_have_rung(incident: Incident) -> str:
    """Say when the alert would have rung here, and how long before the last failure; empty where it would not have."""
    rings = incident.watch.rings_at if incident.watch else None
    if rings is None or incident.last_seen is None:
        return ""
    when, ahead = f"{utc(rings):%Y-%m-%d %H:%M:%S}", incident.last_seen - rings
    if ahead.total_seconds() < 1:
        return said("An alert on five failures within five minutes would have rung at {when} UTC.", when=when)
    time = lasting(ahead)
    return said(
        "An alert on five failures within five minutes would have rung at {when} UTC, {time} before the last failure.",
        when=when,
        time=time,
    )
