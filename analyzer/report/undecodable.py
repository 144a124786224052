"""Patches of files that are not UTF-8: they would not apply, so none is offered, and that is told.

In comes a Report, out goes one without them. The hard thing: such a file was read with a mark in the place of each byte
that is no text, and a patch needs the bytes themselves; it fails even where the byte stands in a comment.
"""

from dataclasses import replace

from analyzer.report.diff import LineKind, read_diff
from analyzer.report.model import Fix, Incident, Report
from analyzer.said import said

__all__ = ["without_undecodable_patches"]

_MARK = "\ufffd"


def without_undecodable_patches(report: Report) -> Report:
    """Take out the patches with a line that is not as it stands in its file; name these files."""
    files = dict.fromkeys(name for incident in report.incidents for name in _undecodable(incident.fix))
    if not files:
        return report
    told = (said("{name} is not UTF-8: no patch is offered, for it would not apply", name=name) for name in files)
    return replace(
        report, incidents=tuple(_without_patch(each) for each in report.incidents), notes=(*report.notes, *told)
    )


def _without_patch(incident: Incident) -> Incident:
    if not _undecodable(incident.fix):
        return incident
    fix = replace(incident.fix, patch=None, verified_by_model=False, reaches_after=None, apply=None)
    return replace(incident, fix=fix)


def _undecodable(fix: Fix) -> tuple[str, ...]:
    """Return the files of a patch with a mark in a line that is there before it."""
    found: dict[str, None] = {}
    name = ""
    for line in read_diff(fix.patch or ""):
        if line.kind is LineKind.FILE and line.text.startswith("--- a/"):
            name = line.text.removeprefix("--- a/")
        elif line.kind in {LineKind.CONTEXT, LineKind.REMOVED} and _MARK in line.text:
            found[name] = None
    return tuple(found)
