"""The sections with which a postmortem begins and ends: summary, impact, timeline, action items.

In comes a Report, out go blocks of Markdown; `markdown.py` puts the evidence between them. Whoever has to write the
postmortem on Monday starts from here.
"""

from collections.abc import Iterator

from analyzer.report import words
from analyzer.report.chronicle import chronicle
from analyzer.report.markdown_text import bullets, code, prose
from analyzer.report.model import Incident, Report
from analyzer.report.outlook import arrive, arriving, in_full

__all__ = ["action_items", "beginning"]


def beginning(report: Report) -> Iterator[str]:
    """Summary, impact and timeline."""
    if report.incidents:
        yield "## Summary"
        yield bullets(map(_summary, in_full(report)), "1.")
        yield "## Impact"
        yield bullets(map(_impact, in_full(report)), "1.")
    told = chronicle(report)
    if told:
        yield "## Timeline"
        rows = (
            f"| {words.when(each.time)} | {prose(each.says)}{f' ({code(each.place)})' if each.place else ''} |"
            for each in told
        )
        yield "\n".join(["| UTC | What happened |", "| --- | --- |", *rows])


def _summary(incident: Incident) -> str:
    return f"**{prose(words.clause(incident.title))}** {prose(incident.explanation)} ({incident.confidence.value})"


def _impact(incident: Incident) -> str:
    extent = words.clause(words.span(incident.first_seen, incident.last_seen))
    told = f"**{words.counts(incident)}** for {code(words.address(incident.target))}, {prose(extent)}"
    if incident.arrivals is None:
        return told
    shares = (f"{label}: {arrive(incident.arrivals, count)}" for label, count in arriving(incident.arrivals))
    return f"{told} {'. '.join(shares)}."


def action_items(report: Report) -> Iterator[str]:
    """What is left to do, to be ticked off."""
    items = [item for incident in in_full(report) for item in _items(incident)]
    if items:
        yield "## Action items"
        yield bullets(items, "- [ ]")


def _items(incident: Incident) -> Iterator[str]:
    yield prose(words.clause(incident.fix.summary))
    if incident.next:
        yield prose(words.asked(incident.next))
    if incident.watch:
        yield prose(words.clause(incident.watch.alert))
