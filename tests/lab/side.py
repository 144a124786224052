"""One side of an incident, run in a place of its own: `python -m tests.lab.side ORDER WHICH WORKSPACE`.

In: the order, and which side: with the fault, right, or the near miss of the rule's twins. Out: everything that was
recorded, in `WORKSPACE/recorded`, and `WORKSPACE/told.json` with what the check outside the bundle got. `recorded`
starts it; nobody else does.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab import clocks, handing_in, place
from tests.lab.fault import nothing
from tests.lab.order import Order
from tests.lab.processes import LabError
from tests.lab.traffic import play
from tests.lab.visits import page_of, visiting
from tests.lab.world import staged

_MODULE = "tests.lab.side"
FAULTY, RIGHT, NEAR_MISS = "fault", "right", "near-miss"
_ORDERED = 3  # arguments without a configuration
_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Side:
    """What one side told: its files, the outcome of the check, the outcomes of what everybody asked for."""

    files: dict[str, str]
    outcome: str
    outcomes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Started:
    """A side that is being recorded."""

    process: subprocess.Popen[str]
    workspace: Path

    def told(self) -> Side:
        """Wait for the side, and return what it told."""
        _, said = self.process.communicate(timeout=_PATIENCE_S)
        if self.process.returncode:
            raise LabError(said.strip()[-2000:] or "the recording ended without a word")
        folder = self.workspace / "recorded"
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        files = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
        told = json.loads((self.workspace / "told.json").read_text(encoding="utf-8"))
        return Side(files, told["outcome"], told["outcomes"])


def recorded(order: Order, which: Sequence[str], configuration: Path | None = None) -> list[Side]:
    """Record these sides at once, each in a place of its own; `configuration` takes the place of the scene's own."""
    scene = order.scene()
    if any(scene.skew_s.values()):
        clocks.ready()
    scene.service.program(Path("unused"), scene.env)  # what its packages need is installed while there is a network
    with tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # nginx's workers run as another user
        started = [_start(order, name, Path(folder) / name, configuration) for name in which]
        return [one.told() for one in started]


def _start(order: Order, which: str, workspace: Path, configuration: Path | None) -> Started:
    workspace.mkdir(mode=0o755)
    instead = [str(configuration)] if configuration else []
    argv = place.command(_MODULE, (order.written(), which, str(workspace), *instead))
    return Started(subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True), workspace)


def main(argv: list[str]) -> int:
    """Record one side; this runs inside."""
    order, workspace = Order.read(argv[0]), Path(argv[2])
    scene, fault = order.scene(), order.fault
    {FAULTY: fault.put, NEAR_MISS: fault.near_miss, RIGHT: nothing}[argv[1]](scene)
    scene.configuration = Path(argv[3]) if len(argv) > _ORDERED else None
    if scene.same_host:
        scene.html |= page_of(scene)
    with staged(scene, workspace) as world:
        for act in scene.firsts:
            act(world)
        with visiting(world) if scene.browser else nullcontext():
            outcomes = play(world)
        files = handing_in.recorded(world)
        told: dict[str, Any] = {"outcome": fault.check(world), "outcomes": outcomes | world.page}
    for name, text in files.items():
        path = workspace / "recorded" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (workspace / "told.json").write_text(json.dumps(told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    if not place.inside():
        sys.exit("tests.lab.side is started by tests.lab.incident")
    try:
        sys.exit(main(sys.argv[1:]))
    except LabError as wrong:
        sys.exit(str(wrong))
