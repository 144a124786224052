"""Keep a recorded incident as a test: `python -m tests.lab.keep DIR/0003-missing-location-tornado...`.

In: folders that `trial` or `incident` wrote. Out: the same in `tests/trials/`; `tests/test_trials.py` finds them.
"""

import shutil
import sys
from pathlib import Path

from tests.lab.processes import LabError

TRIALS = Path(__file__).parents[1] / "trials"
_SMALL = 60_000
_PARTS = ("bundle", "twin")


def keep(incident: Path) -> Path:
    """Copy bundle, twin and truth; raise when they are too big to be kept in the repository."""
    size = sum(path.stat().st_size for part in _PARTS for path in (incident / part).rglob("*") if path.is_file())
    if size > _SMALL:
        raise LabError(f"{incident.name} has {size:,} bytes; no more than {_SMALL:,} are kept")
    kept = TRIALS / incident.name.lstrip("0123456789-")
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for part in _PARTS:
        shutil.copytree(incident / part, kept / part)
    shutil.copy(incident / "truth.json", kept / "truth.json")
    return kept


def main(folders: list[str]) -> int:
    """Keep these incidents."""
    for folder in folders:
        try:
            sys.stdout.write(f"{keep(Path(folder))}\n")
        except LabError as wrong:
            sys.stderr.write(f"{wrong}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
