"""Try the whole program: `python -m tests.lab.trial --seed S --incidents 300 --twins 100 --held-back 60 --out DIR`.

In: a seed. Out: `DIR/<incident>/` for every incident with its report, and `DIR/table.md`; what is held back lies in
`DIR/held-back`, with a table of its own. `--again DIR` analyses what was recorded anew, without recording. A fault that
fails its own check is told as such, and never counted.
"""

import argparse
import json
import sys
import traceback
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from analyzer.errors import NothingReadError
from analyzer.pipeline import analyze
from analyzer.report.json import to_json
from tests.lab.fault import discovered
from tests.lab.healing import healed, offered
from tests.lab.incident import record, write
from tests.lab.judging import false_alarms, judged
from tests.lab.order import Order
from tests.lab.processes import LabError
from tests.lab.rotation import Rotation
from tests.lab.services import SERVICES
from tests.lab.tables import table

_UNHELD, _HELD_BACK = "not-held.json", "held-back"


def record_all(orders: Mapping[str, Order], out: Path, jobs: int) -> None:
    """Record what is ordered; what fails its own check is kept by name with the reason."""
    out.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        said = dict(zip(orders, pool.map(partial(_record, out), orders, orders.values()), strict=True))
    unheld = {name: why for name, why in said.items() if why}
    (out / _UNHELD).write_text(json.dumps(unheld, indent=1), encoding="utf-8")


def _record(out: Path, name: str, order: Order) -> str | None:
    try:
        write(record(order), out / name)
    except LabError as wrong:
        sys.stderr.write(f"{name}: {wrong}\n")
        return str(wrong)
    return None


def analyse_all(out: Path, twins: int, jobs: int) -> str:
    """Analyse every recorded incident and the first twins; write the reports and the table, and return the table."""
    folders = {path.parent.name: path.parent for path in sorted(out.glob("*/truth.json"))}
    with ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn")) as pool:  # what the analyzer is now
        reports = dict(zip(folders, pool.map(_report, (path / "bundle" for path in folders.values())), strict=True))
        healthy = list(folders)[:twins]
        calm = dict(zip(healthy, pool.map(_report, (folders[name] / "twin" for name in healthy)), strict=True))
    truths = {name: json.loads((path / "truth.json").read_text(encoding="utf-8")) for name, path in folders.items()}
    judgements = {name: judged(truths[name], reports[name]) for name in folders}
    alarms = {name: false_alarms(report) for name, report in calm.items()}
    unheld = json.loads((out / _UNHELD).read_text(encoding="utf-8")) if (out / _UNHELD).exists() else {}
    of = "Held back: " if out.name == _HELD_BACK else ""
    page = table(judgements, alarms, unheld, f"{of}{len(folders)} incidents, {len(calm)} twins")
    (out / "table.md").write_text(page, encoding="utf-8")
    return page


def heal_all(out: Path, jobs: int) -> str:
    """Apply every patch that was offered to the real nginx; write what became of it, and return that."""
    folders = [path.parent for path in sorted(out.glob("*/truth.json"))]
    patches = {folder: patch for folder in folders if (patch := offered(folder))}
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        said = dict(zip(patches, pool.map(healed, patches, patches.values()), strict=True))
    wrong = [f"- {folder.name}: {why}" for folder, why in said.items() if why]
    page = "\n".join(
        [f"# {len(said) - len(wrong)} of {len(said)} patches heal the nginx they came from", "", *wrong, ""]
    )
    (out / "patches.md").write_text(page, encoding="utf-8")
    return page


def _report(bundle: Path) -> dict[str, Any] | None:
    """Analyse a bundle; the report lies beside it. None where the analysis failed, and then the reason lies there.

    A log that is empty is told as such and is no incident: with the fault there would be lines in it.
    """
    beside = bundle.with_name(f"{bundle.name}-report.json")
    try:
        written = to_json(analyze([str(bundle)]))
    except NothingReadError as nothing:
        written = json.dumps({"incidents": [], "inconclusive": [], "nothing_read": str(nothing)})
    except Exception:  # noqa: BLE001  (whatever it is, it is a miss of this one bundle)
        beside.write_text(json.dumps({"failed": traceback.format_exc()}, indent=1), encoding="utf-8")
        return None
    beside.write_text(written, encoding="utf-8")
    told: dict[str, Any] = json.loads(written)
    return told


def main(argv: list[str]) -> int:
    """Record and analyse, or only analyse."""
    options = argparse.ArgumentParser(
        prog="python -m tests.lab.trial", description="Record incidents and analyse them."
    )
    options.add_argument("--seed", default="1", help="any word; a commit's hash, say")
    options.add_argument("--incidents", type=int, default=300)
    options.add_argument("--twins", type=int, default=100)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--cause", action="append", default=[], choices=sorted(discovered()))
    options.add_argument("--backend", action="append", default=[], choices=sorted(SERVICES))
    options.add_argument("--held-back", type=int, default=0, metavar="N", help="N more, from what is held back, apart")
    options.add_argument("--out", type=Path, default=Path("trial"))
    options.add_argument("--again", type=Path, help="analyse what was recorded there")
    options.add_argument("--patches", action="store_true", help="apply every patch to the nginx that it came from")
    told = options.parse_args(argv)
    out: Path = told.again or told.out
    apart = out / _HELD_BACK
    if told.again is None:
        record_all(Rotation(told.seed, told.incidents, told.cause, told.backend).orders(), out, told.jobs)
        if told.held_back:
            record_all(Rotation(told.seed, told.held_back, told.cause, held_back=True).orders(), apart, told.jobs)
    for folder in (out, apart):
        if folder.exists():
            sys.stdout.write(analyse_all(folder, told.twins, told.jobs))
            if told.patches:
                sys.stdout.write(heal_all(folder, told.jobs))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
