"""Builds the site as `mkdocs build --strict` does: a link that leads nowhere is an error."""

import os
import subprocess
import sys
from pathlib import Path

_CHECKOUT = Path(__file__).parents[2]
_WITHIN_S = 120


def build(folder: Path) -> Path:
    """Build it into a folder."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    env = {**os.environ, "PYTHONPATH": str(_CHECKOUT), "NO_MKDOCS_2_WARNING": "1"}
    run = subprocess.run(
        command, cwd=_CHECKOUT, env=env, capture_output=True, text=True, check=False, timeout=_WITHIN_S
    )
    assert run.returncode == 0, run.stderr
    return folder
