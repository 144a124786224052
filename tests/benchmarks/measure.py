"""Says how long lasthop needs for a log and how much memory: `python -m tests.benchmarks.measure access 1000000`.

One process per figure: the peak of a process never falls.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from analyzer.pipeline import analyze
from tests.benchmarks.logs import write_log


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: seconds of the processor, without start-up, and the peak of its memory in KiB."""

    seconds: float
    peak: int


def cost_of(kind: str, lines: int) -> Cost:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.measure", kind, str(lines)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Cost(**json.loads(said))


def _measure(kind: str, lines: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, f"{kind}.log")
        write_log(log, kind, lines)
        begin = time.process_time()
        analyze([str(log)])
        return Cost(time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(_measure(sys.argv[1], int(sys.argv[2])))) + "\n")
