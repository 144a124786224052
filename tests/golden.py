"""Golden files: what an output looked like when somebody last read it. LASTHOP_GOLDEN=write renews them."""

import os
from pathlib import Path

REPORTS = Path(__file__).parent / "report" / "golden"
SAMPLES = Path(__file__).parent / "goldens"


def assert_golden(name: str, text: str, folder: Path = REPORTS) -> None:
    """Compare with the golden file, or renew it."""
    path = folder / name
    if os.environ.get("LASTHOP_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
