"""What happened in the order of time: first and last failures, alerts that would have rung, starts and reloads.

In: a report. Out: moments with their sentence, the same for the page and Markdown.
"""

from collections.abc import Iterator
from datetime import datetime

from analyzer.frozen import dataclass
from analyzer.report import times, words
from analyzer.report.model import Incident, Report
from analyzer.report.phrases import place
from analyzer.said import said

__all__ = ["Happening", "chronicle"]

_MOST = 40


@dataclass(frozen=True, slots=True)
class Happening:
    """One moment: what happened, and the line that says so where there is one."""

    time: datetime
    says: str
    place: str = ""


def chronicle(report: Report) -> tuple[Happening, ...]:
    """Tell what happened when, the first things first; of very many incidents and starts the first."""
    marks = report.timeline.marks if report.timeline else ()
    told = [Happening(mark.time, mark.says, place(mark.source, mark.line)) for mark in marks]
    for number, incident in enumerate(report.incidents, 1):
        told += _of(incident, number if len(report.incidents) > 1 else None)
    return tuple(sorted(told, key=lambda happening: times.utc(happening.time))[:_MOST])


def _of(incident: Incident, number: int | None) -> Iterator[Happening]:
    path = incident.target.path or incident.cause
    what = path if number is None else said("Incident {number}, {path}", number=number, path=path)
    first, last = incident.first_seen, incident.last_seen
    if first is not None:
        yield Happening(first, _told(what, said("the only failure") if first == last else said("the first failure")))
    if incident.watch and incident.watch.rings_at:
        yield Happening(incident.watch.rings_at, _told(what, said("an alert would have rung")))
    if last is not None and last != first:
        failures = words.plural(incident.requests, "failure")
        yield Happening(last, _told(what, said("the last of {failures}", failures=failures)))


def _told(what: str, happened: str) -> str:
    return said("{what}: {happened}", what=what, happened=happened)
