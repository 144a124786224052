"""Draws the README's picture of the report: the first incident's page, as Chromium shows it.

python -m tests.lab.picture
"""

import subprocess
import tempfile
from pathlib import Path

from tests.lab.analysis import analyze
from tests.lab.browser import FLAGS
from tests.lab.samples import FOLDER

PICTURE = Path(__file__).parents[2] / "docs" / "report.png"
_WINDOW = "1180,1010"


def draw() -> None:
    """Analyse the first incident and take a picture of its first screen."""
    with tempfile.TemporaryDirectory() as scratch:
        page = analyze(FOLDER / "incident-1a", Path(scratch)).page
        command = ["chromium", *FLAGS, f"--user-data-dir={scratch}/profile", "--hide-scrollbars"]
        command += [f"--window-size={_WINDOW}", f"--screenshot={PICTURE}", page.as_uri()]
        PICTURE.parent.mkdir(exist_ok=True)
        subprocess.run(command, check=True, capture_output=True, timeout=60)


if __name__ == "__main__":
    draw()
