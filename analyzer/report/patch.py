"""The patches of a report as one file that `patch -p1` and `git apply` accept; empty where there are none."""

from analyzer.report.model import Report


def render_patch(report: Report) -> str:
    """Join the incidents' patches, the most important first; one that stands twice is written once."""
    patches = dict.fromkeys(incident.fix.patch for incident in report.incidents if incident.fix.patch)
    return "".join(patches)
