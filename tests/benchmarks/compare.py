"""lasthop beside GoAccess, lnav and bare Polars, on the same file in the same run.

`python -m tests.benchmarks.compare --lines 5_000_000 --pairs 5`: whole processes, from text to what each writes, in
turns, so that a busy machine is as busy for each; medians and ratios, of wall clock and of processor time. The table
that it prints as Markdown is the one in docs/benchmarks.md.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.traffic import write_traffic

_PYTHON = (sys.executable, "-m")
LASTHOP = str(Path(sys.executable).with_name("lasthop"))
"""The program as it is installed: a checkout has no compiled grammars."""
Command = Callable[[Path, Path], Sequence[str]]

PROGRAMS: Mapping[str, Command] = {
    "lasthop analyze": lambda log, out: [LASTHOP, "analyze", str(log), "-q", "-o", f"{out}/r.html"],
    "GoAccess, to HTML": lambda log, out: [
        "goaccess", str(log), "--log-format=COMBINED", "--no-global-config", "-o", f"{out}/g.html",
    ],
    "lnav -n, load": lambda log, _: ["lnav", "-n", "-c", ";SELECT count(*) FROM access_log", str(log)],
    "bare Polars, split": lambda log, _: [*_PYTHON, "tests.benchmarks.bare", "split", str(log)],
    "bare Polars, regex": lambda log, _: [*_PYTHON, "tests.benchmarks.bare", "match", str(log)],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Took:
    """What one process took: seconds by the clock and of the processors, and the peak of its memory in MiB."""

    wall: float
    cpu: float
    peak: float


def took(command: Sequence[str], where: Path) -> Took:
    """Run a process to its end. Raises CalledProcessError where it fails."""
    begin = time.perf_counter()
    environment = {**os.environ, "HOME": str(where)}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    wall = time.perf_counter() - begin
    if status:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def compared(log: Path, programs: Mapping[str, Command], turns: int) -> dict[str, list[Took]]:
    """Run each program so often, in turns."""
    with TemporaryDirectory() as folder:
        took(["cat", str(log)], Path(folder))  # it is in the page cache for all of them
        told: dict[str, list[Took]] = {name: [] for name in programs}
        for _ in range(turns):
            for name, command in programs.items():
                told[name].append(took(command(log, Path(folder)), Path(folder)))
        return told


def table(told: Mapping[str, Sequence[Took]], lines: int) -> str:
    """Write medians, and how many times as long as the first each takes, turn by turn."""
    rows = ["| program | wall s | CPU s | lines/s | peak MiB | wall / lasthop | CPU / lasthop |", "|---|--:|--:|--:|--:|--:|--:|"]  # fmt: skip  # noqa: E501
    ours = next(iter(told.values()))
    for name, turns in told.items():
        wall, cpu, peak = (median(getattr(each, what) for each in turns) for what in ("wall", "cpu", "peak"))
        by_wall = median(other.wall / own.wall for other, own in zip(turns, ours, strict=True))
        by_cpu = median(other.cpu / own.cpu for other, own in zip(turns, ours, strict=True))
        rows.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {lines / wall:,.0f} | {peak:,.0f} | {by_wall:.2f} | {by_cpu:.2f} |")  # fmt: skip  # noqa: E501
    return "\n".join(rows)


def main() -> None:
    """Compare, and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=5_000_000)
    options.add_argument("--pairs", type=int, default=5)
    options.add_argument("--log", type=Path, help="a log in nginx's combined format; else one is made")
    options.add_argument("--without", nargs="*", default=[], help="leave out what is called like this: GoAccess")
    told = options.parse_args()
    programs = {
        name: of
        for name, of in PROGRAMS.items()
        if shutil.which(of(Path(), Path())[0]) and not any(word in name for word in told.without)
    }
    with TemporaryDirectory() as folder:
        log = told.log or Path(folder, "access.log")
        if not told.log:
            write_traffic(log, told.lines)
        sys.stdout.write(table(compared(log, programs, told.pairs), told.lines) + "\n")


if __name__ == "__main__":
    main()
