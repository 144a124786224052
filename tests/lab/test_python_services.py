"""The Python backends keep the contract, refuse as their frameworks do, and leave logs that are read to the last line.

They need the lab's own environment (`environment.py`), which a recording makes; without it there is nothing to hold.
sanic's log is read in the trials that are kept (`tests/trials`).
"""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import polars as pl
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from analyzer.bundle import open_bundle
from analyzer.events import read_events
from analyzer.schema import HOP, KIND, LEVEL, MESSAGE, METHOD, STATUS, TARGET, Hop, Kind
from analyzer.sources import recognise
from tests.lab import environment
from tests.lab.processes import LOOPBACK, await_words, running
from tests.lab.services import aiohttp, daphne, gunicorn, hypercorn, sanic, tornado, uvicorn
from tests.lab.services.service import Service
from tests.lab.tokens import signed

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(not environment.is_made(), reason="no recording has made the lab's own environment"),
]

SERVICES = [module.SERVICE for module in (uvicorn, gunicorn, hypercorn, aiohttp, tornado, daphne)]
NAMES = [service.name for service in SERVICES]
UNKNOWN_PATH = {"aiohttp": 404, "tornado": 404, "sanic": 404, "daphne": 500}  # the others close, which is a 403
WITHOUT_UPGRADE = {"aiohttp": 400, "tornado": 400, "sanic": 426}  # the others have no plain route there
FORGED_TOKEN = {"aiohttp": 401, "tornado": 401, "sanic": 401}  # the others close before they accept, which is a 403
PORT = 22190
SECRET = "one secret that is long enough for HS256"  # noqa: S105  it guards nothing
GUARDED = {"ALLOWED_ORIGINS": "https://app.example.com", "AUTH_SECRET": SECRET}


@contextmanager
def served(service: Service, folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Path]:
    log = folder / f"{service.name}.log"
    with running(service.program(log, {"PORT": str(PORT), **(env or {})})):
        yield log


def fetch(path: str, method: str = "GET", body: str | None = None) -> int:
    with closing(http.client.HTTPConnection(LOOPBACK, PORT, timeout=10)) as connection:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status


def handshake(path: str, origin: str | None = None) -> int:
    try:
        with connect(f"ws://{LOOPBACK}:{PORT}{path}", origin=Origin(origin) if origin else None) as socket:
            if path.startswith("/ws/chat"):
                socket.send("hello")
                assert socket.recv(timeout=5) == "hello"
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def read(log: Path) -> pl.DataFrame:
    with open_bundle([str(log)]) as bundle:
        events = read_events(recognise(bundle))
    (row,) = events.ledger
    assert row.unparsed == 0, row.samples
    assert set(events.kept[HOP.name]) == {Hop.BACKEND}
    return events.kept


def keep_the_contract(service: Service) -> None:
    asked = [fetch(path) for path in ("/api/health", "/api/items", "/api/slow?s=0.1", "/api/broken", "/nope")]
    assert asked == [200, 200, 200, 500, 404]
    assert fetch("/api/items", "POST", '{"name": "chair"}') == 201
    assert fetch("/ws/chat") == WITHOUT_UPGRADE.get(service.name, 404)
    assert [handshake(path) for path in ("/ws/chat", "/ws/events", "/ws/rooms/42")] == [101, 101, 101]
    assert handshake("/ws/nope") == UNKNOWN_PATH.get(service.name, 403)


def let_in_whom_it_knows(service: Service) -> None:
    good, forged = signed(SECRET), signed("another secret that is long enough, too")
    origin = "https://app.example.com"
    assert handshake(f"/ws/chat?token={good}", origin) == 101
    assert handshake(f"/ws/chat?token={good}", "https://www.example.com") == 403
    assert handshake(f"/ws/chat?token={forged}", origin) == FORGED_TOKEN.get(service.name, 403)
    assert (fetch(f"/api/items?token={good}"), fetch(f"/api/items?token={forged}")) == (200, 401)


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_backend_keeps_the_contract_and_its_log_is_read_to_the_last_line(service: Service, tmp_path: Path) -> None:
    with served(service, tmp_path) as log:
        keep_the_contract(service)
    kept = read(log)
    broken = kept.filter(LEVEL.col == "error", MESSAGE.col.str.ends_with("KeyError: 'price'"))
    assert broken.height == 1
    on_chat = kept.filter(TARGET.col == "/ws/chat", METHOD.col == "GET")
    assert on_chat.filter(KIND.col == Kind.HANDSHAKE_ACCEPTED).height == 1
    assert on_chat.filter(KIND.col == Kind.REQUEST)[STATUS.name].to_list() == [WITHOUT_UPGRADE.get(service.name, 404)]
    assert kept.filter(KIND.col == Kind.LISTENING).height == 1


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_guarded_backend_refuses_in_its_frameworks_way(service: Service, tmp_path: Path) -> None:
    with served(service, tmp_path, GUARDED) as log:
        let_in_whom_it_knows(service)
        await_words(log, "ignature verification failed", 2)
    kept = read(log)
    assert kept.filter(MESSAGE.col.str.contains("(?i)signature")).height == 2


def test_sanic_keeps_the_contract_and_is_killed_without_a_word(tmp_path: Path) -> None:
    with served(sanic.SERVICE, tmp_path) as log:
        keep_the_contract(sanic.SERVICE)
        with pytest.raises(http.client.RemoteDisconnected):
            fetch("/api/crash")
    assert "KeyError: 'price'" in log.read_text(encoding="utf-8")


def test_sanic_refuses_a_handshake_before_it_opens(tmp_path: Path) -> None:
    with served(sanic.SERVICE, tmp_path, GUARDED) as log:
        let_in_whom_it_knows(sanic.SERVICE)
        await_words(log, "Signature verification failed", 2)
    said = log.read_text(encoding="utf-8")
    assert said.count("https://www.example.com") == 1
    assert said.count("Signature verification failed") == 2


def test_gunicorn_tells_of_a_worker_that_hangs(tmp_path: Path) -> None:
    env = {"WORKERS": "1", "TIMEOUT": "1", "BLOCKING": "1"}
    with served(gunicorn.SERVICE, tmp_path, env) as log, pytest.raises(http.client.RemoteDisconnected):
        fetch("/api/slow?s=20")
    assert read(log).filter(LEVEL.col == "critical", MESSAGE.col.str.contains("WORKER TIMEOUT")).height == 1


def test_gunicorn_tells_of_a_worker_that_the_kernel_killed(tmp_path: Path) -> None:
    with served(gunicorn.SERVICE, tmp_path, {"WORKERS": "1"}) as log, pytest.raises(http.client.RemoteDisconnected):
        fetch("/api/crash")
    assert read(log).filter(MESSAGE.col.str.contains(r"was sent SIGKILL! Perhaps out of memory\?")).height == 1
