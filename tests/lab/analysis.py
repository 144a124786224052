"""Run the command on a bundle, as a user would.

In: a bundle. Out: the report as JSON, and the page. The command is started as a program: what a user cannot see,
the lab's tests cannot use.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.processes import LabError

_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What `lasthop analyze` wrote."""

    page: Path
    report: dict[str, Any]

    @property
    def incident(self) -> dict[str, Any]:
        """Return the most important incident."""
        incidents: list[dict[str, Any]] = self.report["incidents"]
        if not incidents:
            raise LabError("the analysis found no incident")
        return incidents[0]


def analyze(bundle: Path, folder: Path) -> Analysis:
    """Analyse the bundle; write report.json and report.html to the folder."""
    written, page = folder / "report.json", folder / "report.html"
    command = (sys.executable, "-m", "analyzer.cli", "analyze", str(bundle), "--json", str(written), "-o", str(page))
    run = subprocess.run(command, cwd=_CHECKOUT, capture_output=True, text=True, check=False, timeout=120)
    if run.returncode:
        raise LabError(f"lasthop analyze {bundle.name} ended with {run.returncode}:\n{run.stderr[-2000:]}")
    return Analysis(page, json.loads(written.read_text(encoding="utf-8")))
