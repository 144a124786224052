"""Hold a report against the truth of what was staged.

In: `truth.json` and the report as JSON, or None where the analysis itself failed. Out: a Judgement: what was right, in
the words of the table. A healthy twin's truth is None: every incident in it is a false alarm.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SILENT, FAILED = "(nothing)", "(the analysis failed)"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one report is worth; `modest` is asked where the deciding log was withheld."""

    cause: str
    decidable: bool
    named: str  # the first incident's cause
    first_right: bool
    certain: bool
    certain_and_wrong: bool
    path_right: bool
    hop_right: bool
    modest: bool

    @property
    def right(self) -> bool:
        """Tell whether this is what a true and honest analysis says."""
        if self.decidable:
            return self.first_right and self.path_right and self.hop_right and not self.certain_and_wrong
        return self.modest and not self.certain_and_wrong


def judged(truth: Mapping[str, Any], report: Mapping[str, Any] | None) -> Judgement:
    """Judge a report of an incident."""
    incidents: Sequence[Mapping[str, Any]] = report["incidents"] if report else []
    first = incidents[0] if incidents else {}
    may = {truth["cause"], *truth["accepts"]}
    certain = [incident["cause"] for incident in incidents if incident["confidence"] == "certain"]
    paths = {first.get("target", {}).get("path"), *first.get("also_failing", ())}
    return Judgement(
        cause=truth["cause"],
        decidable=truth["decidable"],
        named=first.get("cause", SILENT if report else FAILED),
        first_right=first.get("cause") in may,
        certain=first.get("confidence") == "certain",
        certain_and_wrong=bool(set(certain) - may),
        path_right=truth["path"] is None or any(_covers(path, truth["path"]) for path in paths if path),
        hop_right=first.get("hop") == truth["hop"] or first.get("cause") in truth["accepts"],
        modest=_modest(may | set(truth.get("looks_like", ())), first, report),
    )


def false_alarms(report: Mapping[str, Any] | None) -> Sequence[str]:
    """Return what the report of a healthy twin calls an incident."""
    if report is None:
        return [FAILED]
    return [f"{incident['cause']} ({incident['confidence']})" for incident in report["incidents"]]


def _covers(family: str, path: str) -> bool:
    """Tell whether the path is of this family: `{id}` stands for any one segment."""
    pattern = re.escape(family).replace(re.escape("{id}"), "[^/]+")
    return re.fullmatch(pattern, path) is not None


def _modest(may: set[str], first: Mapping[str, Any], report: Mapping[str, Any] | None) -> bool:
    """Tell whether it asks, or names the cause without being certain, or sees no failure in what is left."""
    if report is None:
        return False
    return not first or (first["cause"] in may and first["confidence"] != "certain")
