"""Redraw the recordings: `python -m tests.lab.record [NAME...]`, all of them without a name.

In: names of scenarios. Out: `samples/<name>/` and `samples/<name>.toml`, or the twins of a rule. Each scenario
checks while it records that what it stages fails with the fault and succeeds without it.
"""

import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tests.lab import scenarios
from tests.lab.fault import discovered as discovered_faults
from tests.lab.fault_twins import FaultTwins
from tests.lab.stage import Stage


class Scenario(Protocol):
    """A story that can be recorded."""

    @property
    def name(self) -> str: ...

    def record(self, stage: Stage) -> None: ...


def discovered() -> dict[str, Scenario]:
    """Return every scenario of the folder by its name."""
    return {scenario.name: scenario for scenario in _scenarios()}


def _scenarios() -> Iterator[Scenario]:
    for module in pkgutil.iter_modules(scenarios.__path__):
        yield from importlib.import_module(f"{scenarios.__name__}.{module.name}").SCENARIOS


def _from_faults() -> dict[str, Scenario]:
    twins = (FaultTwins(faults[0]) for faults in discovered_faults().values())
    return {each.name: each for each in twins}


def main(names: list[str]) -> int:
    """Record the named scenarios, or all."""
    known = {**_from_faults(), **discovered()}
    if unknown := sorted(set(names) - set(known)):
        sys.stderr.write(f"no such recording: {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    for name in names or list(known):
        _tell(name, "recording")
        with tempfile.TemporaryDirectory(prefix="lab-") as workspace:
            Path(workspace).chmod(0o755)  # nginx's workers run as another user
            known[name].record(Stage(Path(workspace)))
        _tell(name, "recorded")
    return 0


def _tell(name: str, said: str) -> None:
    sys.stderr.write(f"{name:<28} {said}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
