"""The sentences that every output shares, so that the page, the terminal and the table of facts say the same.

In come values of the report, out goes plain text without markup. The hard thing is what is not known: every function
says so in words instead of leaving a hole or guessing.
"""

from datetime import UTC, datetime, timedelta

from analyzer.report.model import (
    AskedAbout,
    Confidence,
    Contrast,
    Fix,
    HopView,
    Incident,
    LedgerRow,
    NextStep,
    Report,
    Target,
)
from analyzer.report.phrases import clause, place, plain, plural, source_name
from analyzer.schema import Hop, Seen

__all__ = [
    "BREAK_WORD",
    "CONFIDENCE_MEANS",
    "SEEN_WORD",
    "address",
    "asked",
    "asked_in_words",
    "broke",
    "clause",
    "clock",
    "contrast_line",
    "counts",
    "covers",
    "headline",
    "hop_name",
    "hop_word",
    "incidents_told",
    "iso",
    "last_seen_at",
    "lasting",
    "left_open",
    "looked_at",
    "model_verdict",
    "place",
    "plain",
    "plural",
    "shapes_of",
    "source_name",
    "span",
    "stretch",
    "summary",
    "understood",
    "when",
]


CONFIDENCE_MEANS = {
    Confidence.CERTAIN: "a decisive line says so, or the config and the logs agree",
    Confidence.PROBABLE: "two hops corroborate it, one alternative is open",
    Confidence.POSSIBLE: "it is consistent with what was handed in, no more",
}

SEEN_WORD = {Seen.SEEN: "seen", Seen.ABSENT: "absent", Seen.UNKNOWN: "unknown"}
BREAK_WORD = "stopped here"

_BROKE = {
    Hop.CLIENT: "in the client",
    Hop.NETWORK: "between the client and nginx",
    Hop.LOAD_BALANCER: "at the load balancer",
    Hop.NGINX: "in nginx",
    Hop.UPSTREAM: "between nginx and the backend",
    Hop.BACKEND: "in the backend",
    Hop.SESSION: "after the connection had opened",
}
_REACHED = {
    Hop.CLIENT: "the client",
    Hop.NETWORK: "the network before nginx",
    Hop.LOAD_BALANCER: "the load balancer",
    Hop.NGINX: "nginx",
    Hop.UPSTREAM: "the way from nginx to the backend",
    Hop.BACKEND: "the backend",
    Hop.SESSION: "the open session",
}


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
    return "unknown" if when is None else f"{utc(when):%Y-%m-%d %H:%M:%S} UTC"


def span(first: datetime | None, last: datetime | None) -> str:
    """Say since when and until when.

    >>> span(datetime(2026, 1, 12, 9, 14, 3, tzinfo=UTC), datetime(2026, 1, 12, 9, 31, 40, tzinfo=UTC))
    'first seen 2026-01-12 09:14:03, last seen 09:31:40 UTC (over 17 min)'
    """
    if first is None and last is None:
        return "the logs do not tell when"
    if first is None or last is None:
        known = f"last seen {moment(last)}" if first is None else f"first seen {moment(first)}"
        return f"{known}, {'first' if first is None else 'last'} seen unknown"
    if first == last:
        return f"seen once, at {moment(first)}"
    same_day = utc(first).date() == utc(last).date()
    until = f"{utc(last):%H:%M:%S} UTC" if same_day else moment(last)
    return f"first seen {utc(first):%Y-%m-%d %H:%M:%S}, last seen {until} (over {lasting(last - first)})"


def lasting(lasted: timedelta) -> str:
    """Write a length of time in its largest unit that leaves two or more."""
    seconds = int(lasted.total_seconds())
    for size, word in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {word}"
    return f"{seconds} s" if seconds else "less than a second"


def asked_in_words(about: AskedAbout | None) -> tuple[str, ...]:
    """Say which period was asked about, and what of the bundle was therefore not judged."""
    if about is None:
        return ()
    since, until = (
        moment(about.start) if about.start else "the first line",
        moment(about.end) if about.end else "the last",
    )
    words = " ".join(
        f"{option} {told}" for option, told in (("--since", about.since), ("--until", about.until)) if told is not None
    )
    outside = f"{plural(about.records_outside, 'record')} and {plural(about.requests_outside, 'request')}"
    told = f"Asked about {since} to {until} (`{words}`): {outside} lie outside; they were read, and not judged."
    stays = f"{plural(about.untimed, 'record')} without a time may lie outside as well, and stayed."
    return (told, stays) if about.untimed else (told,)


def counts(incident: Incident) -> str:
    """Say how many requests failed, and from how many clients."""
    requests = plural(incident.requests, "request")
    if incident.clients is None:
        return f"{requests} from an unknown number of clients"
    return f"{requests} from {plural(incident.clients, 'client')}"


def address(target: Target) -> str:
    """Write what was asked for, as far as it is known.

    >>> address(Target("wss", "api.example.com", "/ws")), address(Target(None, None, "/ws"))
    ('wss://api.example.com/ws', '/ws')
    """
    if target.path is None:
        return "a path that the log does not name"
    if target.host is None:
        return target.path
    return f"{target.scheme}://{target.host}{target.path}" if target.scheme else f"{target.host}{target.path}"


def when(moment: datetime | None) -> str:
    """Write the moment of a line, to the second; a line without one has none."""
    return "no time" if moment is None else f"{utc(moment):%Y-%m-%d %H:%M:%S}"


def hop_name(hop: Hop) -> str:
    """Name a hop in a sentence."""
    return _REACHED[hop]


def broke(incident: Incident) -> str:
    """Say where it broke."""
    return f"broke {_BROKE[incident.hop]}"


def last_seen_at(incident: Incident) -> str:
    """Say how far the request was seen."""
    return f"last hop reached: {_REACHED[incident.reached]}"


def hop_word(view: HopView) -> str:
    """Say what one hop saw of the request."""
    return f"{SEEN_WORD[view.seen]}, {BREAK_WORD}" if view.is_break else SEEN_WORD[view.seen]


def asked(step: NextStep) -> str:
    """Say what to do next, and why, in one sentence."""
    return clause(f"{step.ask.rstrip('.')}: {step.why}")


def contrast_line(contrast: Contrast) -> str:
    """Lay the failing path beside the working one in a sentence."""
    return f"{contrast.path} works: {contrast.difference}"


def model_verdict(fix: Fix) -> str:
    """Say whether the patch has been tried, and with what result."""
    if fix.patch is None:
        return "No patch is offered: this is done by hand."
    if not fix.verified_by_model:
        return "This patch has not been tried: read it before you apply it."
    if fix.reaches_after is None:
        return "This patch has been tried on a model of the config."
    return f"This patch has been tried on a model of the config: {fix.reaches_after} requests would now arrive."


def incidents_told(report: Report) -> int:
    """Count the incidents, also those that are not told one by one."""
    return len(report.incidents) + sum(each.incidents for each in report.beyond)


def headline(report: Report) -> str:
    """Say in one sentence what was found."""
    if report.incidents:
        more = incidents_told(report) - 1
        tail = f" (and {plural(more, 'further incident')})" if more else ""
        return report.incidents[0].title + tail
    if report.inconclusive and {each.path for each in report.inconclusive} <= _source_names(report):
        return "No request could be read from what was handed in."
    if report.inconclusive:
        return "Something failed, and what was handed in does not say why."
    return "Nothing was found that stopped a request."


def _source_names(report: Report) -> set[str]:
    """The sources' names: what a question is about where no request is known."""
    return {source_name(row.path) for row in report.sources}


def summary(report: Report) -> str:
    """Count what was found: incidents and open questions."""
    parts = [plural(incidents_told(report), "incident")]
    if report.inconclusive:
        parts.append(plural(len(report.inconclusive), "open question"))
    return ", ".join(parts)


def looked_at(report: Report) -> str:
    """Say what was looked at: how many requests, in how many sources, of which time."""
    read = sum(1 for row in report.sources if row.parsed)
    lines = sum(row.lines for row in report.sources)
    requests = plural(report.requests_seen, "request")
    within = f"{plural(lines, 'line')} of {plural(len(report.sources), 'source')}"
    unread = len(report.sources) - read
    but = f", {unread} of which could not be understood" if unread else ""
    return f"{requests} in {within}{but}; {window(report)}"


def left_open(report: Report) -> str:
    """Count what was not looked at, so that silence is never taken for health; empty if there is nothing."""
    counted = (
        (len(report.not_checked), "cause", "not checked"),
        (sum(row.unparsed for row in report.sources), "line", "not understood"),
        (sum(problem.lost for problem in report.problems), "file", "not read"),
    )
    open_ends = [f"{plural(count, noun)} {verb}" for count, noun, verb in counted if count]
    return clause(", ".join(open_ends)) if open_ends else ""


def window(report: Report) -> str:
    """Say which time the bundle covers."""
    start, end = report.window_start, report.window_end
    if start is None and end is None:
        return "the logs carry no full time"
    return stretch(start, end)


def stretch(start: datetime | None, end: datetime | None) -> str:
    """Write a stretch of time, the day only once.

    >>> stretch(datetime(2026, 1, 12, 9, tzinfo=UTC), datetime(2026, 1, 12, 10, tzinfo=UTC))
    '2026-01-12 09:00:00 to 10:00:00 UTC'
    """
    if start is None or end is None or utc(start).date() != utc(end).date():
        return f"{moment(start)} to {moment(end)}"
    return f"{utc(start):%Y-%m-%d %H:%M:%S} to {utc(end):%H:%M:%S} UTC"


def shapes_of(row: LedgerRow) -> str:
    """Say how many lines were not understood, and how few shapes they have; empty where there is nothing to say.

    >>> row = LedgerRow("a.log", None, "uvicorn", "", 240, 26, 214, None, None, None, more_shapes=3)
    >>> shapes_of(row)
    '214 lines were not understood, 3 shapes'
    """
    count = len(row.shapes) + row.more_shapes
    return (
        f"{plural(row.unparsed, 'line')} {_were(row.unparsed)} not understood, {plural(count, 'shape')}"
        if count
        else ""
    )


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def understood(row: LedgerRow) -> str:
    """Say how much of a source was understood.

    >>> understood(LedgerRow("a.log", None, None, "no grammar reads it", 40, 0, 40, None, None, None))
    'not recognised: 40 lines not understood'
    """
    if row.format is None:
        return f"not recognised: {plural(row.unparsed, 'line')} not understood"
    rest = f", {row.unparsed:,} not understood" if row.unparsed else ""
    guessed = f", {row.by_features:,} of them by general features alone" if row.by_features else ""
    return f"{row.parsed:,} of {plural(row.lines, 'line')} understood{guessed}{rest}"


def covers(row: LedgerRow) -> str:
    """Say which time a source covers."""
    if row.first is None and row.last is None:
        return "no times"
    return stretch(row.first, row.last)


def clock(row: LedgerRow) -> str:
    """Say how a source's clock stands against UTC, and how that is known.

    >>> row = LedgerRow("error.log", None, "nginx_error", "", 9, 9, 0, None, None, 19800.0, (), 0.4, 12)
    >>> clock(row)
    '+19800 s, by 12 requests (spread 0.4 s)'
    """
    if row.clock_offset_s is None:
        return "not known"
    stands = f"{row.clock_offset_s:+.10g} s" if row.clock_offset_s else "in step"
    if row.clock_matches is None:
        return stands
    spread = f" (spread {row.clock_spread_s:g} s)" if row.clock_spread_s else ""
    return f"{stands}, by {plural(row.clock_matches, 'request')}{spread}"
