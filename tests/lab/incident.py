"""Make one incident: `python -m tests.lab.incident CAUSE --seed N --out DIR`.

In: a cause and a seed. Out: `DIR/bundle`, its healthy twin `DIR/twin`, and `DIR/truth.json` with what must be found.
The request is tried from outside the bundle on both sides: it fails with the fault and succeeds without it, or there
is no incident.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.lab import handing_in, services, side, stories, styles
from tests.lab.fault import Fault, discovered
from tests.lab.order import Order
from tests.lab.processes import LabError
from tests.lab.scene import Scene
from tests.lab.side import Side
from tests.lab.stories import Line
from tests.lab.traffic import succeeded, unexpected


@dataclass(frozen=True, slots=True)
class Recorded:
    """Both sides of an incident, held to the truth, before anybody chose what to hand in."""

    order: Order
    scene: Scene
    fault: Fault
    failing: Side
    healthy: Side


def record(order: Order) -> Recorded:
    """Record both sides, and hold them to the truth."""
    fault, scene = order.fault, order.scene()
    fault.put(scene)
    failing, healthy = side.recorded(order, (side.FAULTY, side.RIGHT))
    if failing.outcome not in fault.fails_with:
        expected = " or ".join(sorted(fault.fails_with))
        raise LabError(
            f"{fault.name} on {scene.service.name}: with the fault {expected} was due, not {failing.outcome}"
        )
    if not succeeded(order.scene().wanted, healthy.outcome):
        raise LabError(f"{fault.name} on {scene.service.name}: without the fault came {healthy.outcome}")
    if wrong := unexpected(healthy.outcomes):
        raise LabError(f"{fault.name} on {scene.service.name}: the twin is not healthy: {'; '.join(wrong)}")
    return Recorded(order, scene, fault, failing, healthy)


def require_failure(order: Order, failing: Side) -> None:
    """Raise when the request did not fail as the fault says."""
    fault = order.fault
    if failing.outcome not in fault.fails_with:
        expected = " or ".join(sorted(fault.fails_with))
        raise LabError(f"{fault.name}: with the fault {expected} was due, not {failing.outcome}")


def write(recorded: Recorded, out: Path) -> Mapping[str, object]:
    """Write the bundle, the twin and the truth; return the truth."""
    order, fault, files = recorded.order, recorded.fault, recorded.failing.files
    dice = recorded.scene.random("handing-in")
    present = {handing_in.source_of(name) for name in files}
    kept = handing_in.chosen(fault, recorded.scene, present, dice, withhold=order.withhold)
    shutil.rmtree(out, ignore_errors=True)
    write_files(out / "bundle", handing_in.bundle(files, kept))
    write_files(out / "twin", handing_in.bundle(recorded.healthy.files, kept))
    due = [line for line in fault.evidence(recorded.scene) if handing_in.source_of(line.source) in kept]
    evidence = stories.found(out / "bundle", due)
    told = [text for name, text in files.items() if handing_in.source_of(name) in kept and not name.endswith(".conf")]
    truth = _truth(recorded, sorted(kept), sorted(present - kept), evidence)
    if not any(str(truth["path"]) in text for text in told):
        truth["path"] = None  # no log that was handed in names it, so nobody can
    (out / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return truth


def _truth(
    recorded: Recorded, kept: Sequence[str], withheld: Sequence[str], evidence: Sequence[Line]
) -> dict[str, object]:
    scene, fault, order = recorded.scene, recorded.fault, recorded.order
    return {
        "cause": fault.cause,
        "kind": fault.kind,
        "hop": fault.hop,
        "path": fault.path(scene),
        "host": scene.host,
        "decidable": not order.withhold,
        "handed_in": kept,
        "withheld": withheld,
        "missing": list(handing_in.missing(fault, kept)) if order.withhold else [],
        "accepts": sorted(fault.accepts),
        "looks_like": sorted(fault.looks_like),
        "evidence": [{"source": line.source, "contains": line.contains} for line in evidence],
        "outcomes": {"fault": recorded.failing.outcome, "right": recorded.healthy.outcome},
        "order": asdict(order),
        "backend": scene.service.name,
        "style": scene.style,
        "layout": scene.layout,
        "log_format": scene.log_format,
        "zone": scene.nginx_zone,
        "skew_s": dict(scene.skew_s),
        "browser": scene.browser,
        "front": scene.front,
        "rotated": scene.rotates,
        **scene.traits,
    }


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by their names below the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def main(argv: list[str]) -> int:
    """Make the incident that the command line asks for."""
    options = argparse.ArgumentParser(prog="python -m tests.lab.incident", description="Make one incident.")
    options.add_argument("cause", choices=sorted(discovered()))
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--kind", help="which of the cause's faults")
    options.add_argument("--backend", choices=sorted(services.SERVICES))
    options.add_argument("--style", choices=(*styles.STYLES, *styles.HELD_BACK))
    options.add_argument("--browser", action=argparse.BooleanOptionalAction, help="with or without real Chromium")
    options.add_argument("--withhold", action="store_true", help="withhold the logs that would decide it")
    told = options.parse_args(argv)
    order = Order(told.cause, told.seed, told.kind, told.backend, told.style, told.browser, told.withhold)
    try:
        truth = write(record(order), told.out)
    except LabError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    sys.stdout.write(f"{json.dumps(truth, ensure_ascii=False)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
