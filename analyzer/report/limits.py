"""How much of a report a page tells: all of what is gravest, a line of what is less so, a count of the rest.

In: a report. Out: the parts of it that are told, and sentences on what is not; the JSON has what is left out here.
"""

from analyzer.report.model import Incident, Inconclusive, Report
from analyzer.report.phrases import plural
from analyzer.said import joined, said

__all__ = ["beyond", "in_full", "in_short", "questions", "questions_beyond"]

_IN_FULL, _QUESTIONS = 20, 50


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


def questions(report: Report) -> tuple[Inconclusive, ...]:
    """The open questions that are told."""
    return report.inconclusive[:_QUESTIONS]


def questions_beyond(report: Report) -> str:
    """Say how many questions are left out; empty where all are told."""
    left = len(report.inconclusive) - _QUESTIONS
    return plural(left, "more question") if left > 0 else ""
