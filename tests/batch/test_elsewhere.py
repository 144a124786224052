"""Logs and stores in an object storage, and work done by a cluster: the history is the same to the byte.

The storage is a local server that speaks S3, the cluster a Ray of this machine; both on loopback.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import obstore
import pytest
from moto.server import ThreadedMotoServer

from analyzer.batch.place import place_of
from analyzer.errors import UsageError
from tests.batch.keeping import keep_in
from tests.batch.test_interrupted import CHECKOUT, OUTAGES, command, environment, told
from tests.batch.year import write_logs

pytestmark = pytest.mark.xdist_group("elsewhere")
BUCKET = "s3://lasthop"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere") / "logs"
    write_logs(folder, date(2026, 3, 1), 3, OUTAGES, per_hour=4)
    return folder


@pytest.fixture(scope="module")
def here(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return told(logs, tmp_path_factory.mktemp("here") / "store", "--jobs", "1")


@pytest.fixture(scope="module")
def storage() -> Iterator[None]:
    """An object storage with one bucket."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    patch = pytest.MonkeyPatch()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ALLOW_HTTP": "true", "AWS_ACCESS_KEY_ID": "lasthop",
        "AWS_SECRET_ACCESS_KEY": "lasthop", "AWS_REGION": "us-east-1", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
    }.items():  # fmt: skip
        patch.setenv(name, value)
    subprocess.run(["curl", "-sf", "-X", "PUT", f"http://{host}:{port}/lasthop"], check=True)
    yield
    patch.undo()
    server.stop()


@pytest.mark.usefixtures("storage")
def test_logs_and_store_in_an_object_storage_tell_the_same(logs: Path, here: str) -> None:
    place = place_of(f"{BUCKET}/logs")
    for file in sorted(logs.iterdir()):
        obstore.put(place.objects, file.name, file)
    stored = command(Path("x"), Path("y"), "--json", "-", "--jobs", "2")
    stored[stored.index("x")], stored[stored.index("y")] = f"{BUCKET}/logs", f"{BUCKET}/kept/store"
    for _ in range(2):
        run = subprocess.run(stored, cwd=CHECKOUT, env=environment(), capture_output=True, text=True, check=False)
        assert (run.returncode, run.stdout) == (0, here), run.stderr


@pytest.mark.usefixtures("storage")
def test_a_store_in_an_object_storage_is_locked_too(logs: Path) -> None:
    place = place_of(f"{BUCKET}/locked/store")
    place.put_once("lasthop-store.json", b'{"layout": 1, "id": "x"}')
    place.put_once("lock", f'{{"who": "somebody", "renewed": {time.time()}}}'.encode())
    with pytest.raises(UsageError, match="another run writes to this store"):
        keep_in(f"{BUCKET}/locked/store", logs)
    assert place.put_once("lock", b"") is False


@pytest.mark.usefixtures("storage")
def test_a_lock_that_a_killed_run_left_is_taken_over(logs: Path) -> None:
    place = place_of(f"{BUCKET}/left/store")
    place.put_once("lasthop-store.json", b'{"layout": 1, "id": "x"}')
    place.put_once("lock", f'{{"who": "somebody", "renewed": {time.time() - 121}}}'.encode())
    assert keep_in(f"{BUCKET}/left/store", logs).done.read
    assert place.read("lock") is None


@contextmanager
def cluster() -> Iterator[str]:
    """A cluster of this machine."""
    ray = [sys.executable, "-m", "ray.scripts.scripts"]
    port = 26379
    subprocess.run(
        [*ray, "start", "--head", f"--port={port}", "--node-ip-address=127.0.0.1", "--num-cpus=2",
         "--include-dashboard=false", "--disable-usage-stats", "--object-store-memory=80000000"],
        cwd=CHECKOUT, env=environment(), check=True, capture_output=True,
    )  # fmt: skip
    try:
        yield f"127.0.0.1:{port}"
    finally:
        subprocess.run([*ray, "stop", "--force"], check=False, capture_output=True)


def test_a_cluster_tells_the_same_also_where_it_loses_a_worker(logs: Path, here: str, tmp_path: Path) -> None:
    with cluster() as address:
        assert told(logs, tmp_path / "one" / "store", "--cluster", address) == here
        killing = threading.Thread(target=_kill_a_worker)
        killing.start()
        assert told(logs, tmp_path / "two" / "store", "--cluster", address) == here
        killing.join()


def _kill_a_worker() -> None:
    """Kill a process that does a task, as soon as there is one."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(0.1)
        for process in Path("/proc").glob("[0-9]*"):
            try:
                name = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if name.startswith((b"ray::read_pieces", b"ray::survey", b"ray::judge_stretch")):
                os.kill(int(process.name), signal.SIGKILL)
                return


def test_where_there_is_no_cluster_the_user_is_told(logs: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        command(logs, tmp_path / "store", "--cluster", "127.0.0.1:1"), cwd=CHECKOUT, env=environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert "there is no cluster" in run.stderr
    assert "Traceback" not in run.stderr
