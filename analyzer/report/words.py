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
from analyzer.said import Template, counted, joined, said
from analyzer.schema import Hop, Seen

__all__ = [
    "BREAK_WORD",
    "CONFIDENCE_MEANS",
    "CONFIDENCE_WORD",
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
    "looked",
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
    "unchecked",
    "understood",
    "when",
]


CONFIDENCE_MEANS = {
    Confidence.CERTAIN: said("a decisive line says so, or the config and the logs agree"),
    Confidence.PROBABLE: said("two hops corroborate it, one alternative is open"),
    Confidence.POSSIBLE: said("it is consistent with what was handed in, no more"),
}

SEEN_WORD = {Seen.SEEN: said("seen"), Seen.ABSENT: said("absent"), Seen.UNKNOWN: said("unknown")}
BREAK_WORD = said("stopped here")

_BROKE = {
    Hop.CLIENT: said("in the client"),
    Hop.NETWORK: said("between the client and nginx"),
    Hop.LOAD_BALANCER: said("at the load balancer"),
    Hop.NGINX: said("in nginx"),
    Hop.UPSTREAM: said("between nginx and the backend"),
    Hop.BACKEND: said("in the backend"),
    Hop.SESSION: said("after the connection had opened"),
}
_REACHED = {
    Hop.CLIENT: said("the client"),
    Hop.NETWORK: said("the network before nginx"),
    Hop.LOAD_BALANCER: said("the load balancer"),
    Hop.NGINX: "nginx",
    Hop.UPSTREAM: said("the way from nginx to the backend"),
    Hop.BACKEND: said("the backend"),
    Hop.SESSION: said("the open session"),
}


CONFIDENCE_WORD = {
    Confidence.CERTAIN: said("certain"),
    Confidence.PROBABLE: said("probable"),
    Confidence.POSSIBLE: said("possible"),
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


def asked_in_words(about: AskedAbout | None) -> tuple[str, ...]:
    """Say which period was asked about, and what of the bundle was therefore not judged."""
    if about is None:
        return ()
    since, until = (
        moment(about.start) if about.start else said("the first line"),
        moment(about.end) if about.end else said("the last"),
    )
    words = " ".join(
        f"{option} {told}" for option, told in (("--since", about.since), ("--until", about.until)) if told is not None
    )
    told = said(
        "Asked about {since} to {until} (`{words}`): {records} and {requests} lie outside; they were read, and not"
        " judged.",
        since=since,
        until=until,
        words=words,
        records=plural(about.records_outside, "record"),
        requests=plural(about.requests_outside, "request"),
    )
    untimed = plural(about.untimed, "record")
    stays = said("{records} without a time may lie outside as well, and stayed.", records=untimed)
    return (told, stays) if about.untimed else (told,)


def counts(incident: Incident) -> str:
    """Say how many requests failed, and from how many clients."""
    requests = plural(incident.requests, "request")
    if incident.clients is None:
        return said("{requests} from an unknown number of clients", requests=requests)
    return said("{requests} from {clients}", requests=requests, clients=plural(incident.clients, "client"))


def address(target: Target) -> str:
    """Write what was asked for, as far as it is known.

    >>> address(Target("wss", "api.example.com", "/ws")), address(Target(None, None, "/ws"))
    ('wss://api.example.com/ws', '/ws')
    """
    if target.path is None:
        return said("a path that the log does not name")
    if target.host is None:
        return target.path
    return f"{target.scheme}://{target.host}{target.path}" if target.scheme else f"{target.host}{target.path}"


def when(moment: datetime | None) -> str:
    """Write the moment of a line, to the second; a line without one has none."""
    return said("no time") if moment is None else f"{utc(moment):%Y-%m-%d %H:%M:%S}"


def hop_name(hop: Hop) -> str:
    """Name a hop in a sentence."""
    return _REACHED[hop]


def broke(incident: Incident) -> str:
    """Say where it broke."""
    return said("broke {broke}", broke=_BROKE[incident.hop])


def last_seen_at(incident: Incident) -> str:
    """Say how far the request was seen."""
    return said("last hop reached: {reached}", reached=_REACHED[incident.reached])


def hop_word(view: HopView) -> str:
    """Say what one hop saw of the request."""
    return (
        said("{seen}, {stopped}", seen=SEEN_WORD[view.seen], stopped=BREAK_WORD)
        if view.is_break
        else SEEN_WORD[view.seen]
    )


def asked(step: NextStep) -> str:
    """Say what to do next, and why, in one sentence."""
    return said("{ask}: {why}", ask=step.ask.rstrip("."), why=clause(step.why))


def contrast_line(contrast: Contrast) -> str:
    """Lay the failing path beside the working one in a sentence."""
    return said("{path} works: {difference}", path=contrast.path, difference=contrast.difference)


def model_verdict(fix: Fix) -> str:
    """Say whether the patch has been tried, and with what result."""
    if fix.patch is None:
        return said("No patch is offered: this is done by hand.")
    if not fix.verified_by_model:
        return said("This patch has not been tried: read it before you apply it.")
    if fix.reaches_after is None:
        return said("This patch has been tried on a model of the config.")
    return said(
        "This patch has been tried on a model of the config: {reaches_after} requests would now arrive.",
        reaches_after=fix.reaches_after,
    )


def incidents_told(report: Report) -> int:
    """Count the incidents, also those that are not told one by one."""
    return len(report.incidents) + sum(each.incidents for each in report.beyond)


def headline(report: Report) -> str:
    """Say in one sentence what was found."""
    if report.incidents:
        more = incidents_told(report) - 1
        first = report.incidents[0].title
        return said("{first} (and {more})", first=first, more=plural(more, "further incident")) if more else first
    if report.inconclusive and {each.path for each in report.inconclusive} <= _source_names(report):
        return said("No request could be read from what was handed in.")
    if report.inconclusive:
        return said("Something failed, and what was handed in does not say why.")
    return said("Nothing was found that stopped a request.")


def _source_names(report: Report) -> set[str]:
    """The sources' names: what a question is about where no request is known."""
    return {source_name(row.path) for row in report.sources}


def summary(report: Report) -> str:
    """Count what was found: incidents and open questions."""
    parts = [plural(incidents_told(report), "incident")]
    if report.inconclusive:
        parts.append(plural(len(report.inconclusive), "open question"))
    return joined(parts)


def looked_at(report: Report) -> str:
    """Say what was looked at: how many requests, in how many sources, of which time."""
    read = sum(1 for row in report.sources if row.parsed)
    lines = sum(row.lines for row in report.sources)
    requests = plural(report.requests_seen, "request")
    within = said("{lines} of {sources}", lines=plural(lines, "line"), sources=plural(len(report.sources), "source"))
    if unread := len(report.sources) - read:
        within = said("{within}, {unread} of which could not be understood", within=within, unread=unread)
    return said("{requests} in {within}; {window}", requests=requests, within=within, window=window(report))


def looked(report: Report) -> str:
    """Say the same as a sentence."""
    return said("Looked at {what}.", what=looked_at(report))


def unchecked(report: Report) -> str:
    """Say how many causes could not be checked."""
    return counted(
        len(report.not_checked),
        "{count:,} cause could not be checked with these logs; it is listed below with what would be needed.",
        "{count:,} causes could not be checked with these logs; they are listed below with what would be needed.",
    )


def left_open(report: Report) -> str:
    """Count what was not looked at, so that silence is never taken for health; empty if there is nothing."""
    told = (
        counted(len(report.not_checked), "{count:,} cause not checked", "{count:,} causes not checked"),
        counted(_unparsed(report), "{count:,} line not understood", "{count:,} lines not understood"),
        counted(_lost(report), "{count:,} file not read", "{count:,} files not read"),
    )
    open_ends = [each for each in told if each.quantity]
    return clause(joined(open_ends)) if open_ends else ""


def _unparsed(report: Report) -> int:
    return sum(row.unparsed for row in report.sources)


def _lost(report: Report) -> int:
    return sum(problem.lost for problem in report.problems)


def window(report: Report) -> str:
    """Say which time the bundle covers."""
    start, end = report.window_start, report.window_end
    if start is None and end is None:
        return said("the logs carry no full time")
    return stretch(start, end)


def stretch(start: datetime | None, end: datetime | None) -> str:
    """Write a stretch of time, the day only once.

    >>> stretch(datetime(2026, 1, 12, 9, tzinfo=UTC), datetime(2026, 1, 12, 10, tzinfo=UTC))
    '2026-01-12 09:00:00 to 10:00:00 UTC'
    """
    if start is None or end is None or utc(start).date() != utc(end).date():
        return said("{start} to {end}", start=moment(start), end=moment(end))
    return said("{start} to {end} UTC", start=f"{utc(start):%Y-%m-%d %H:%M:%S}", end=f"{utc(end):%H:%M:%S}")


def shapes_of(row: LedgerRow) -> str:
    """Say how many lines were not understood, and how few shapes they have; empty where there is nothing to say.

    >>> row = LedgerRow("a.log", None, "uvicorn", "", 240, 26, 214, None, None, None, more_shapes=3)
    >>> shapes_of(row)
    '214 lines were not understood, 3 shapes'
    """
    count = len(row.shapes) + row.more_shapes
    lines = counted(row.unparsed, "{count:,} line was not understood", "{count:,} lines were not understood")
    return said("{lines}, {shapes}", lines=lines, shapes=plural(count, "shape")) if count else ""


def understood(row: LedgerRow) -> str:
    """Say how much of a source was understood.

    >>> understood(LedgerRow("a.log", None, None, "no grammar reads it", 40, 0, 40, None, None, None))
    'not recognised: 40 lines not understood'
    """
    if row.format is None:
        return said("not recognised: {lines} not understood", lines=plural(row.unparsed, "line"))
    told = said("{parsed:,} of {lines} understood", parsed=row.parsed, lines=plural(row.lines, "line"))
    if row.by_features:
        told = said("{told}, {guessed:,} of them by general features alone", told=told, guessed=row.by_features)
    return said("{told}, {rest:,} not understood", told=told, rest=row.unparsed) if row.unparsed else told


def covers(row: LedgerRow) -> str:
    """Say which time a source covers."""
    if row.first is None and row.last is None:
        return said("no times")
    return stretch(row.first, row.last)


def clock(row: LedgerRow) -> str:
    """Say how a source's clock stands against UTC, and how that is known.

    >>> row = LedgerRow("error.log", None, "nginx_error", "", 9, 9, 0, None, None, 19800.0, (), 0.4, 12)
    >>> clock(row)
    '+19800 s, by 12 requests (spread 0.4 s)'
    """
    if row.clock_offset_s is None:
        return said("not known")
    stands = said("{offset:+.10g} s", offset=row.clock_offset_s) if row.clock_offset_s else said("in step")
    if row.clock_matches is None:
        return stands
    told = said("{stands}, by {requests}", stands=stands, requests=plural(row.clock_matches, "request"))
    return said("{told} (spread {spread:g} s)", told=told, spread=row.clock_spread_s) if row.clock_spread_s else told
