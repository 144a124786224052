"""The long run, as a command. It exits with 1 where nginx and the model disagree."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.nginx.differential.run import explore
from tests.nginx.differential.tally import Tally


def main() -> int:
    """Run, and print what came of it."""
    asked = argparse.ArgumentParser(prog="python -m tests.nginx.differential", description=__doc__)
    asked.add_argument("--pairs", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    wanted = asked.parse_args()
    sys.stdout.write(f"seed {wanted.seed}\n")
    sys.stdout.flush()
    start, tally = time.monotonic(), Tally()
    with tempfile.TemporaryDirectory(prefix="differential-") as folder:
        explore(Path(folder), tally, wanted.pairs, wanted.seed)
    sys.stdout.write(f"{tally.report()}\n\nseed {wanted.seed}, {time.monotonic() - start:.0f} s\n")
    return 1 if tally.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
