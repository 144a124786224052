"""A failing request and the working one beside it: how each is called, and which lines are theirs.

In: an incident. Out: names and answers, the same for the page and Markdown.
"""

from collections.abc import Iterable

from analyzer.report.model import Evidence, HopRecord, Incident
from analyzer.said import said

__all__ = ["UNKNOWN", "is_record", "ways"]

UNKNOWN = "\u2014"
"""What a contrast shows where a value is not known."""


def is_record(evidence: Evidence, records: Iterable[HopRecord]) -> bool:
    """Whether a piece of evidence is one of the lines that hops wrote, and so is shown among them."""
    return any((record.source, record.line) == (evidence.source, evidence.line) for record in records)


def ways(incident: Incident) -> tuple[str, str]:
    """Name the failing request and the working one beside it; where their path is the same, by what else differs."""
    failing, contrast = incident.target.path or said("this one"), incident.contrast
    if contrast is None or contrast.path != incident.target.path:
        return failing, contrast.path if contrast else ""
    differing = next((row for row in contrast.rows if UNKNOWN not in row), None)
    if differing is None:
        return failing, contrast.path
    what, own, other = differing
    return _way(failing, what, own), _way(contrast.path, what, other)


def _way(path: str, what: str, value: str) -> str:
    return said("{path}, {what} {value}", path=path, what=what, value=value)
