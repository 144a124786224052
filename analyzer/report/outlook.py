"""What every output says of what comes after: how many arrive then, and what would have told somebody in time.

In: an incident. Out: plain text, the same for the page, the terminal and Markdown.
"""

from collections.abc import Iterable, Iterator

from analyzer.report.model import Arrivals, Evidence, HopRecord, Incident, Report
from analyzer.report.phrases import plural
from analyzer.report.times import lasting, utc
from analyzer.said import joined, said

__all__ = ["arrive", "arriving", "beyond", "in_full", "in_short", "is_record", "ways", "would_have_rung"]

_IN_FULL = 20
_UNKNOWN = "\u2014"  # what a contrast shows where a value is not known


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


def in_full(report: Report) -> tuple[Incident, ...]:
    """The incidents that a page tells with everything that hangs on them; of the others it tells the title."""
    return report.incidents[:_IN_FULL]


def in_short(report: Report) -> tuple[Incident, ...]:
    """The incidents of which a page tells no more than what a line holds."""
    return report.incidents[_IN_FULL:]


def beyond(report: Report) -> str:
    """Say which incidents are only counted; empty where all are told."""
    counted = (
        said(
            "{incidents} of {cause} ({requests})",
            incidents=plural(each.incidents, "more incident"),
            cause=each.cause,
            requests=plural(each.requests, "request"),
        )
        for each in report.beyond
    )
    return said("Not told one by one: {incidents}.", incidents=joined(counted)) if report.beyond else ""


def is_record(evidence: Evidence, records: Iterable[HopRecord]) -> bool:
    """Whether a piece of evidence is one of the lines that hops wrote, and so is shown among them."""
    return any((record.source, record.line) == (evidence.source, evidence.line) for record in records)


def ways(incident: Incident) -> tuple[str, str]:
    """Name the failing request and the working one beside it; where their path is the same, by what else differs."""
    failing, contrast = incident.target.path or said("this one"), incident.contrast
    if contrast is None or contrast.path != incident.target.path:
        return failing, contrast.path if contrast else ""
    differing = next((row for row in contrast.rows if _UNKNOWN not in row), None)
    if differing is None:
        return failing, contrast.path
    what, own, other = differing
    return _way(failing, what, own), _way(contrast.path, what, other)


def _way(path: str, what: str, value: str) -> str:
    return said("{path}, {what} {value}", path=path, what=what, value=value)
