"""What was read, and what was not: the sentences on sources, periods and gaps that every output shares.

In come the ledger's rows and a report, out goes plain text. The hard thing is that silence is never taken for health:
what was not looked at is counted and said.
"""

from analyzer.report import times
from analyzer.report.grounds import LedgerRow
from analyzer.report.model import AskedAbout, Report
from analyzer.report.phrases import clause, plural
from analyzer.said import counted, joined, said

__all__ = [
    "asked_in_words",
    "clock",
    "covers",
    "gaps",
    "left_open",
    "looked",
    "looked_at",
    "shapes_of",
    "unchecked",
    "understood",
    "window",
]


def asked_in_words(about: AskedAbout | None) -> tuple[str, ...]:
    """Say which period was asked about, and what of the bundle was therefore not judged."""
    if about is None:
        return ()
    since, until = (
        times.moment(about.start) if about.start else said("the first line"),
        times.moment(about.end) if about.end else said("the last"),
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


def gaps(report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Tell the causes that were not checked, together those that would need the same."""
    lacking: dict[str, list[str]] = {}
    for each in report.not_checked:
        lacking.setdefault(joined(each.missing, "{before}; {last}"), []).append(each.cause)
    return tuple((logs, tuple(causes)) for logs, causes in lacking.items())


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
    return times.stretch(start, end)


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
    return times.stretch(row.first, row.last)


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
