"""What processes cost side by side, from a cold start: whatever else the machine does meets all alike."""

import os
import resource
import subprocess
from collections.abc import Sequence
from pathlib import Path


def once(command: Sequence[str], where: str | Path) -> float:
    """Run a process in a folder, and give the seconds of the processor that it takes.

    Raises CalledProcessError where it fails.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"}
    subprocess.run(command, cwd=where, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_turns(commands: Sequence[Sequence[str]], where: str | Path, turns: int = 3) -> list[float]:
    """Run each in turn, several times, and give the best of each."""
    times = [[once(command, where) for command in commands] for _ in range(turns)]
    return [min(of) for of in zip(*times, strict=True)]
