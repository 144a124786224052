"""HAProxy in front of a real backend: what its log says of requests that pass, that end, and that find nobody."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from analyzer.bundle import open_bundle
from analyzer.events import Events, read_events
from analyzer.schema import FORMAT, KIND, RAW, STATUS, TARGET, TIME, Kind
from analyzer.sources import recognise
from tests.lab.balancer import Balancer, Written, serve
from tests.lab.processes import LOOPBACK, running
from tests.lab.services.ws_morgan import SERVICE

pytestmark = pytest.mark.lab

FRONT, SYSLOG = 18080, 18514
CONFIGURATION = f"""global
    log {{log}} local0

defaults
    log     global
    mode    http
    option  httplog
    option  dontlognull
    option  forwardfor
    timeout connect 2s
    timeout client  10s
    timeout server  10s
    timeout tunnel  1s

frontend public
    bind {LOOPBACK}:{FRONT}
    default_backend api

backend api
    option httpchk GET /api/health
    server api1 {LOOPBACK}:{SERVICE.port} check inter 500 fall 1 rise 1
"""


@contextmanager
def balanced(folder: Path, log: str, written: Written = Written.TRADITIONAL) -> Iterator[Balancer]:
    with (
        running(SERVICE.program(folder / "api.log")),
        serve(CONFIGURATION.format(log=log), folder / "lb", written) as balancer,
    ):
        yield balancer


def opened(path: str) -> int:
    """Open a WebSocket and wait in silence until somebody cuts it; the status where it is refused."""
    try:
        with connect(f"ws://{LOOPBACK}:{FRONT}{path}", compression=None) as socket:
            socket.recv()
    except InvalidStatus as refused:
        return refused.response.status_code
    except ConnectionClosed:
        return 101
    return 200


def events(log: Path) -> Events:
    with open_bundle([str(log)]) as bundle:
        return read_events(recognise(bundle))


@pytest.mark.parametrize("written", list(Written))
def test_a_request_a_refusal_and_an_idle_cut_are_in_the_log_and_are_read(tmp_path: Path, written: Written) -> None:
    with balanced(tmp_path, f"{LOOPBACK}:{SYSLOG}", written) as balancer:
        assert (opened("/ws/nope"), opened("/ws/chat")) == (404, 101)
        time.sleep(0.3)
    told = events(balancer.log)
    (row,) = told.ledger
    assert (row.format, row.unparsed) == ("haproxy", 0)
    requests = told.kept.filter(KIND.col == Kind.REQUEST).sort(TIME.name)
    assert requests.select(TARGET.name, STATUS.name).rows() == [("/ws/nope", 404), ("/ws/chat", 101)]
    assert " sD-- " in requests[RAW.name][1] or " cD-- " in requests[RAW.name][1]


def test_a_container_prints_the_lines_without_syslogs_prefix(tmp_path: Path) -> None:
    with balanced(tmp_path, "stdout format raw") as balancer:
        assert opened("/ws/nope") == 404
        time.sleep(0.3)
    told = events(balancer.log).kept.filter(FORMAT.col == "haproxy")
    (line,) = told.filter(STATUS.col == 404)[RAW.name]
    assert line.startswith(f"{LOOPBACK}:")


def test_a_backend_that_is_down_is_told_and_answered_503(tmp_path: Path) -> None:
    configuration = CONFIGURATION.format(log=f"{LOOPBACK}:{SYSLOG}")
    with serve(configuration, tmp_path) as balancer:
        time.sleep(1)
        assert opened("/ws/chat") == 503
        time.sleep(0.3)
    text = balancer.log.read_text(encoding="utf-8")
    assert "Server api/api1 is DOWN" in text
    assert "api/<NOSRV> " in text
