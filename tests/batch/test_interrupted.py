"""A run that is killed at any moment, and one that has many hands: the history is the same to the byte.

`LASTHOP_KILLS=50` kills as often as that; the suite does it a few times.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.batch.year import Planted, write_logs

CHECKOUT = Path(__file__).parents[2]
KILLS = int(os.environ.get("LASTHOP_KILLS", "3"))
PIECE_BYTES = 16_000
OUTAGES = (
    Planted("upstream-refused", "/api/", datetime(2026, 3, 2, 10, 15, tzinfo=UTC), timedelta(minutes=40)),
    Planted("upstream-refused", "/api/", datetime(2026, 3, 2, 23, 30, tzinfo=UTC), timedelta(minutes=90)),
)


def command(logs: Path, store: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "tests.batch.small_pieces", str(PIECE_BYTES), "batch", str(logs), "--store", str(store), *options]  # fmt: skip  # noqa: E501


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "LASTHOP_STORE_KEY": "00" * 32}


def told(logs: Path, store: Path, *options: str) -> str:
    """Run to the end, and give the JSON."""
    run = subprocess.run(
        command(logs, store, "--json", "-", *options), cwd=CHECKOUT, env=environment(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    write_logs(folder, date(2026, 3, 1), 3, OUTAGES, per_hour=4)
    return folder


@pytest.fixture(scope="module")
def undisturbed(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, float]:
    start = time.monotonic()
    return told(logs, tmp_path_factory.mktemp("undisturbed") / "store", "--jobs", "1"), time.monotonic() - start


@pytest.mark.parametrize("jobs", ["2", "8"])
def test_how_many_work_at_it_changes_nothing(
    logs: Path, undisturbed: tuple[str, float], tmp_path: Path, jobs: str
) -> None:
    assert told(logs, tmp_path / "store", "--jobs", jobs) == undisturbed[0]


def test_a_run_that_is_killed_again_and_again_comes_to_the_same(
    logs: Path, undisturbed: tuple[str, float], tmp_path: Path
) -> None:
    whole, lasts = undisturbed
    chance = random.Random(KILLS)  # noqa: S311
    for number in range(KILLS):
        store = tmp_path / str(number) / "store"
        kill(command(logs, store, "--jobs", "2"), chance.uniform(0.1, 1.0) * lasts)
        assert told(logs, store, "--jobs", "2") == whole


def kill(started: Sequence[str], after_s: float) -> None:
    """Start a run, and kill it and its processes (SIGKILL) in the midst of it."""
    running = subprocess.Popen(
        started, cwd=CHECKOUT, env=environment(), start_new_session=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        running.wait(after_s)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def test_a_worker_that_dies_is_replaced(logs: Path, undisturbed: tuple[str, float], tmp_path: Path) -> None:
    run = subprocess.Popen(
        command(logs, tmp_path / "store", "--jobs", "2", "--json", "-"), cwd=CHECKOUT, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    killed = kill_workers(run.pid, 3)
    out, error = run.communicate()
    assert killed
    assert (run.returncode, out) == (0, undisturbed[0]), error


def kill_workers(parent: int, seconds: float) -> int:
    """Kill one of the processes that do the work, for some seconds one every second."""
    killed = 0
    end = time.monotonic() + 60
    while killed < 2 and time.monotonic() < end:
        time.sleep(seconds / 2)
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text().replace("\0", " "):
                os.kill(int(child), signal.SIGKILL)
                killed += 1
                break
        else:
            if not Path(f"/proc/{parent}").exists():
                break
    return killed
