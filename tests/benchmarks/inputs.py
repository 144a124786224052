"""What a bundle of several logs, and a compressed one, cost: `python -m tests.benchmarks.inputs --pairs 5`.

Beside a compressed log stands what its decompressor alone takes, beside the plain ones the bare Polars program that
reads the access log among them. The table that it prints is the second one in docs/benchmarks.md.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.compare import LASTHOP, Command, compared, table
from tests.benchmarks.logs import write_log
from tests.benchmarks.traffic import write_traffic

_PYTHON = (sys.executable, "-m")


def _analyze(*paths: Path) -> Command:
    return lambda _, out: [LASTHOP, "analyze", *map(str, paths), "-q", "-o", f"{out}/r.html"]


def _command(*words: str) -> Command:
    return lambda _log, _out: words


def main() -> None:
    """Write the logs, compare, and print a table for each number of lines."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=2_000_000)
    options.add_argument("--pairs", type=int, default=5)
    told = options.parse_args()
    with TemporaryDirectory() as folder:
        log = Path(folder, "access.log")
        write_traffic(log, told.lines)
        beside = dict.fromkeys(("error", "uvicorn"), told.lines // 10)
        for kind, lines in beside.items():
            write_log(Path(folder, f"{kind}.log"), kind, lines)
        for program in ("gzip", "zstd"):
            subprocess.run([program, "-kq", str(log)], check=True)
        packed, crushed = Path(f"{log}.gz"), Path(f"{log}.zst")
        alone = {
            "access.log": _analyze(log),
            "access.log.gz": _analyze(packed),
            "gzip -dc, alone": _command("gzip", "-dc", str(packed)),
            "access.log.zst": _analyze(crushed),
            "zstd -dc, alone": _command("zstd", "-dcq", str(crushed)),
            "bare Polars, split": _command(*_PYTHON, "tests.benchmarks.bare", "split", str(log)),
        }
        sys.stdout.write(table(compared(log, alone, told.pairs), told.lines) + "\n\n")
        bundle = [log, *(Path(folder, f"{kind}.log") for kind in beside)]
        several = {
            "access, error and backend log": _analyze(*bundle),
            "bare Polars, split, access log alone": alone["bare Polars, split"],
        }
        sys.stdout.write(table(compared(log, several, told.pairs), told.lines + sum(beside.values())) + "\n")


if __name__ == "__main__":
    main()
