"""The Node backends keep the contract, refuse in their own words, and leave logs that are read to the last line.

fastify's log is read in the trials that are kept (`tests/trials`).
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from analyzer.bundle import open_bundle
from analyzer.events import Events, read_events
from analyzer.schema import HOP, KIND, MESSAGE, STATUS, TARGET, Hop, Kind
from analyzer.sources import recognise
from tests.lab.processes import LOOPBACK, await_words, running
from tests.lab.services import fastify, socket_io, ws_console, ws_morgan, ws_pino
from tests.lab.services.service import Service
from tests.lab.tokens import signed

pytestmark = pytest.mark.lab

SERVICES = [module.SERVICE for module in (ws_console, ws_pino, ws_morgan, socket_io)]
NAMES = [service.name for service in SERVICES]
UNKNOWN_PATH = {"ws_pino": 400, "socket_io": None}  # None: hung up on; the others have a 404
WORKERS = 2
FORGED = "JsonWebTokenError: invalid signature"
EXPIRED = "TokenExpiredError: jwt expired"
GUARDED = {"ALLOWED_ORIGINS": "https://app.example.com", "AUTH_SECRET": "correct horse"}


@contextmanager
def served(service: Service, folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Path]:
    log = folder / f"{service.name}.log"
    with running(service.program(log, env)):
        yield log


def fetch(service: Service, path: str, method: str = "GET", body: str | None = None) -> tuple[int, str]:
    with closing(http.client.HTTPConnection(LOOPBACK, service.port, timeout=10)) as connection:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def handshake(service: Service, path: str, origin: str | None = None) -> int | None:
    allowed = Origin(origin) if origin else None
    try:
        with connect(f"ws://{LOOPBACK}:{service.port}{path}", origin=allowed, compression=None) as socket:
            if path.startswith("/ws/chat"):
                socket.send("hello")
                assert socket.recv(timeout=5) == "hello"
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code
    except InvalidMessage:
        return None


def read(log: Path) -> Events:
    with open_bundle([str(log)]) as bundle:
        events = read_events(recognise(bundle))
    (row,) = events.ledger
    assert row.unparsed == 0, row.samples
    assert set(events.kept[HOP.name]) == {Hop.BACKEND}
    return events


def keep_the_contract(service: Service) -> None:
    asked = [fetch(service, path)[0] for path in ("/api/health", "/api/items", "/api/slow?s=0.1", "/api/broken")]
    assert asked == [200, 200, 200, 500]
    assert fetch(service, "/api/items", "POST", '{"name": "Chair"}')[0] == 201
    assert (fetch(service, "/nope")[0], fetch(service, "/ws/chat")[0]) == (404, 404)
    assert [handshake(service, path) for path in ("/ws/chat", "/ws/events", "/ws/rooms/42")] == [101, 101, 101]
    assert handshake(service, "/ws/nope") == UNKNOWN_PATH.get(service.name, 404)


def let_in_whom_it_knows(service: Service) -> None:
    good, forged, late = signed("correct horse"), signed("battery staple"), signed("correct horse", holds_s=-60)
    origin = "https://app.example.com"
    assert handshake(service, f"/ws/chat?token={good}", origin) == 101
    assert handshake(service, f"/ws/chat?token={good}", "https://www.example.com") == 403
    assert [handshake(service, f"/ws/chat?token={each}", origin) for each in (forged, late)] == [401, 401]
    assert fetch(service, f"/api/items?token={late}")[0] == 401


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_backend_keeps_the_contract_and_its_log_is_read_to_the_last_line(service: Service, tmp_path: Path) -> None:
    with served(service, tmp_path) as log:
        keep_the_contract(service)
    kept = read(log).kept
    assert kept.filter(MESSAGE.col.str.contains("TypeError: Cannot read properties of undefined")).height == 1
    assert kept.filter(KIND.col == Kind.LISTENING).height == 1


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_guarded_backend_says_whom_it_refuses_and_why(service: Service, tmp_path: Path) -> None:
    with served(service, tmp_path, GUARDED) as log:
        let_in_whom_it_knows(service)
        await_words(log, EXPIRED)
    kept = read(log).kept
    assert kept.filter(KIND.col == Kind.ORIGIN_REJECTED).height == 1
    for words in (FORGED, EXPIRED):
        assert kept.filter(KIND.col == Kind.HANDSHAKE_REJECTED, MESSAGE.col.str.contains(words)).height == 1


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_backend_that_dies_of_an_error_says_so_in_one_record(service: Service, tmp_path: Path) -> None:
    with served(service, tmp_path) as log, pytest.raises(http.client.RemoteDisconnected):
        fetch(service, "/api/crash")
    assert read(log).kept.filter(MESSAGE.col.str.contains("payment gateway returned no receipt")).height == 1


def test_fastify_keeps_the_contract_and_dies_of_an_error_that_nobody_caught(tmp_path: Path) -> None:
    with served(fastify.SERVICE, tmp_path) as log:
        keep_the_contract(fastify.SERVICE)
        await_words(log, "TypeError: Cannot read properties of undefined")
        with pytest.raises(http.client.RemoteDisconnected):
            fetch(fastify.SERVICE, "/api/crash")
    said = log.read_text(encoding="utf-8")
    assert "TypeError: Cannot read properties of undefined" in said
    assert "Error: payment gateway returned no receipt" in said


def test_fastify_says_whom_it_refuses_and_why(tmp_path: Path) -> None:
    with served(fastify.SERVICE, tmp_path, GUARDED) as log:
        let_in_whom_it_knows(fastify.SERVICE)
        await_words(log, EXPIRED, 2)
    said = log.read_text(encoding="utf-8")
    for words in ("https://www.example.com", FORGED, EXPIRED):
        assert words in said


def test_workers_without_sticky_sessions_do_not_know_each_others_sessions(tmp_path: Path) -> None:
    polling = "/socket.io/?EIO=4&transport=polling"
    with served(socket_io.SERVICE, tmp_path, {"WORKERS": str(WORKERS), "DEBUG": "engine,socket.io*"}) as log:
        await_words(log, "Server listening", WORKERS)
        for _ in range(3):
            opened = json.loads(fetch(socket_io.SERVICE, polling)[1][1:])
            fetch(socket_io.SERVICE, f"{polling}&sid={opened['sid']}", "POST", "40")
    refused = read(log).kept.filter(KIND.col == Kind.REQUEST, STATUS.col == 400)
    assert refused.height > 0
    assert refused[MESSAGE.name].str.contains("Session ID unknown").all()
    assert refused[TARGET.name].str.starts_with("/socket.io/?EIO=4&transport=polling&sid=").all()
