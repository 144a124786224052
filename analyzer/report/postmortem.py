"""The sections with which a postmortem begins and ends: summary, impact, timeline, action items.

In comes a Report, out go blocks of Markdown; `markdown.py` puts the evidence between them. Whoever has to write the
postmortem on Monday starts from here.
"""

from collections.abc import Iterator

from analyzer.languages import Language
from analyzer.report import times, words
from analyzer.report.chronicle import Happening, chronicle
from analyzer.report.limits import in_full
from analyzer.report.markdown_text import bullets, code, prose
from analyzer.report.model import Incident, Report
from analyzer.report.outlook import arrive, arriving
from analyzer.said import said

__all__ = ["action_items", "beginning"]


def beginning(report: Report, say: Language) -> Iterator[str]:
    """Summary, impact and timeline."""
    if report.incidents:
        yield f"## {say(said('Summary'))}"
        yield bullets((_summary(say, each) for each in in_full(report)), "1.")
        yield f"## {say(said('Impact'))}"
        yield bullets((_impact(say, each) for each in in_full(report)), "1.")
    told = chronicle(report)
    if told:
        yield f"## {say(said('Timeline'))}"
        rows = (f"| {say(times.when(each.time))} | {prose(say(each.says))}{_at(each)} |" for each in told)
        yield "\n".join([f"| UTC | {say(said('What happened'))} |", "| --- | --- |", *rows])


def _at(happening: Happening) -> str:
    return f" ({code(happening.place)})" if happening.place else ""


def _summary(say: Language, incident: Incident) -> str:
    certainty = say(words.CONFIDENCE_WORD[incident.confidence])
    return f"**{prose(say(words.clause(incident.title)))}** {prose(say(incident.explanation))} ({certainty})"


def _impact(say: Language, incident: Incident) -> str:
    extent = say(words.clause(times.span(incident.first_seen, incident.last_seen)))
    counted, path = say(words.counts(incident)), code(say(words.address(incident.target)))
    told = say(said("**{requests}** for {path}, {extent}", requests=counted, path=path, extent=prose(extent)))
    if incident.arrivals is None:
        return told
    shares = (
        say(said("{what}: {happened}", what=label, happened=arrive(incident.arrivals, count)))
        for label, count in arriving(incident.arrivals)
    )
    return f"{told} {'. '.join(shares)}."


def action_items(report: Report, say: Language) -> Iterator[str]:
    """What is left to do, to be ticked off."""
    items = [item for incident in in_full(report) for item in _items(say, incident)]
    if items:
        yield f"## {say(said('Action items'))}"
        yield bullets(items, "- [ ]")


def _items(say: Language, incident: Incident) -> Iterator[str]:
    yield prose(say(words.clause(incident.fix.summary)))
    if incident.next:
        yield prose(say(words.asked(incident.next)))
    if incident.watch:
        yield prose(say(words.clause(incident.watch.alert)))
