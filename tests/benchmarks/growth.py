"""What a history costs by its length: `python -m tests.benchmarks.growth --lines 100_000 1_000_000 10_000_000`.

A whole `lasthop batch` each, from an access log to a history: microseconds by the clock and of the processors for each
line, and the peak of the memory of all its processes. Prints a table, and draws docs/growth.svg with `--picture`.
"""

import argparse
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.compare import LASTHOP
from tests.benchmarks.traffic import write_traffic

_EVERY_S = 0.2
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of so many lines and bytes: seconds by the clock and of the processors, and the peak in MiB."""

    lines: int
    size: int
    wall: float
    cpu: float
    peak: float


def cost_of(log: Path, lines: int, store: Path) -> Cost:
    """Keep a history of one log."""
    before, begin = _cpu(), time.perf_counter()
    command = [LASTHOP, "batch", str(log), "--store", str(store), "-q"]
    running = subprocess.Popen(command, env={**os.environ, "LASTHOP_STORE_KEY": "00" * 32})
    peaks = [0]
    watching = threading.Thread(target=_watch, args=(running, peaks))
    watching.start()
    if running.wait():
        raise subprocess.CalledProcessError(running.returncode, command)
    watching.join()
    wall = time.perf_counter() - begin
    return Cost(lines, log.stat().st_size, wall, _cpu() - before, max(peaks) / 2**20)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(running: subprocess.Popen[bytes], peaks: list[int]) -> None:
    while running.poll() is None:
        peaks.append(sum(_resident(process) for process in _tree(running.pid)))
        time.sleep(_EVERY_S)


def _tree(process: int) -> Iterator[int]:
    yield process
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def table(costs: Sequence[Cost]) -> str:
    """Write the table."""
    rows = ["| lines | GB | wall s | CPU s | wall µs a line | CPU µs a line | peak of all processes, MiB |", "|--:|--:|--:|--:|--:|--:|--:|"]  # fmt: skip  # noqa: E501
    return "\n".join([*rows, *map(_row, costs)])


def _row(cost: Cost) -> str:
    wall, cpu = (seconds / cost.lines * 1e6 for seconds in (cost.wall, cost.cpu))
    told = (f"{cost.size / 1e9:.2f}", f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{wall:.2f}", f"{cpu:.2f}")
    return f"| {cost.lines:,} | {' | '.join(told)} | {cost.peak:,.0f} |"


def picture(costs: Sequence[Cost]) -> str:
    """Draw the cost of a line against how many there are; both axes are logarithmic."""
    wide, high, left, top = 640, 280, 60, 20
    low, most = log10(min(each.lines for each in costs)), log10(max(each.lines for each in costs))

    def place(lines: int, microseconds: float) -> tuple[float, float]:
        across = left + (log10(lines) - low) / max(most - low, 1) * (wide - left - 40)
        return across, top + (2 - log10(microseconds)) / 3 * (high - top - 40)

    def line(name: str, colour: str, of: Sequence[float]) -> str:
        points = [place(each.lines, value / each.lines * 1e6) for each, value in zip(costs, of, strict=True)]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)
        x, y = points[-1]
        label = f'<text x="{x + 7:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>'
        return f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}{label}'

    ticks = [
        f'<text x="8" y="{place(costs[0].lines, value)[1] + 4:.1f}">{value:g} µs</text>'
        f'<line x1="{left}" x2="{wide - 10}" y1="{place(costs[0].lines, value)[1]:.1f}"'
        f' y2="{place(costs[0].lines, value)[1]:.1f}" stroke="#ccc"/>'
        for value in (0.1, 1, 10, 100)
    ]
    names = [f'<text x="{place(each.lines, 1)[0] - 20:.1f}" y="{high - 12}">10^{log10(each.lines):.2g}</text>' for each in costs]  # fmt: skip  # noqa: E501
    body = "".join([*ticks, *names, line("CPU", "#555", [c.cpu for c in costs]), line("wall", "#a11520", [c.wall for c in costs])])  # fmt: skip  # noqa: E501
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">'
        f'<rect width="{wide}" height="{high}" fill="#fff"/>{body}</svg>\n'
    )


def main() -> None:
    """Measure each length, print the table, draw the picture."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    options.add_argument("--picture", type=Path)
    options.add_argument("--folder", type=Path, help="where the logs and stores are written, and stay")
    told = options.parse_args()
    costs = []
    with TemporaryDirectory() as scratch:
        folder = told.folder or Path(scratch)
        for lines in told.lines:
            log = folder / f"{lines}.log"
            if not log.exists():
                write_traffic(log, lines)
            costs.append(cost_of(log, lines, folder / f"store-{lines}"))
            sys.stdout.write(table(costs[-1:]) + "\n")
            sys.stdout.flush()
    sys.stdout.write(table(costs) + "\n")
    if told.picture:
        told.picture.write_text(picture(costs), encoding="utf-8")


if __name__ == "__main__":
    main()
