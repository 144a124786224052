"""Apply the patch of a report to the real nginx that the incident came from, and send the failing request again.

In: the folder of a recorded incident with its report. Out: None where the request then succeeds, and so do those beside
it; otherwise what happened. An incident without a patch is no matter of this room.
"""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.lab import side
from tests.lab.order import Order
from tests.lab.processes import LabError
from tests.lab.traffic import succeeded, unexpected

_DUMPED = re.compile(r"^# configuration file /etc/nginx/(.+):\n", re.MULTILINE)


def offered(incident: Path) -> str | None:
    """Return the patch that the report's first incident offers."""
    report: dict[str, Any] = json.loads((incident / "bundle-report.json").read_text(encoding="utf-8"))
    incidents = report.get("incidents", [])
    patch: str | None = incidents[0]["fix"]["patch"] if incidents else None
    return patch


def healed(incident: Path, patch: str) -> str | None:
    """Stage the incident again with the patched configuration; return what went wrong, or None."""
    truth = json.loads((incident / "truth.json").read_text(encoding="utf-8"))
    order = Order(**truth["order"])
    scene = order.scene()
    order.fault.put(scene)
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        bundle = Path(folder) / "bundle"
        shutil.copytree(incident / "bundle", bundle)
        configuration = _apart(bundle)
        applied = subprocess.run(("patch", "-p1"), cwd=bundle, input=patch, text=True, capture_output=True, check=False)
        if applied.returncode:
            return f"the patch does not apply: {applied.stdout.strip()}"
        try:
            (told,) = side.recorded(order, (side.FAULTY,), configuration)
        except LabError as wrong:
            return str(wrong)
    if not succeeded(scene.wanted, told.outcome):
        return f"after the patch the request still ends in {told.outcome}"
    return "; ".join(unexpected(told.outcomes)) or None


def _apart(bundle: Path) -> Path:
    """Return the bundle's configuration; a dump of `nginx -T` is taken apart to the files that its patches name."""
    dump = bundle / "nginx" / "nginx-T.txt"
    if not dump.exists():
        return bundle / "nginx"
    folder = bundle / "etc" / "nginx"
    parts = _DUMPED.split(dump.read_text(encoding="utf-8"))
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
