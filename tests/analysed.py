"""What is said of a bundle of the repository, worked out once however many tests look at it.

The files that look at the same bundles are in one group, so that one process has them all.
"""

from functools import cache
from pathlib import Path

from analyzer.pipeline import analyze
from analyzer.report.model import Report


@cache
def analysed(bundle: Path) -> Report:
    """Analyse a bundle that no test changes."""
    return analyze([str(bundle)])
