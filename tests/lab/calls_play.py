"""The people around the telephony backend, the same in every story of it: agents, the carrier, monitors, visitors.

In: a stage on which nginx and the backend run. Out: traffic of about a minute. What fails in it is the
configuration's doing.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.lab import nginx
from tests.lab.backends import telephony
from tests.lab.browser import USER_AGENT
from tests.lab.clients import Client
from tests.lab.stage import Act, Stage, play, saved

HOST = "api-calls.harx.ai"
PAGE_HOST = "desk.example.com"
_HTTPS = f"https://{HOST}"
_FRAME = 0.2  # seconds between media messages; the carrier sends more of them, and logs grow by them


def record_calls(stage: Stage, configuration: Path, page: str, more: Sequence[Act] = ()) -> dict[str, Path | str]:
    """Play the minute on this configuration with the desk's page open twice; return the bundle's files."""
    backend = stage.workspace / "backend.log"
    with telephony(backend), nginx.serve(configuration, stage.workspace / "nginx", stage.authority) as server:
        name, console = _with_desks(stage, page, more)
    return {
        "nginx/access.log": server.access_log,
        "nginx/error.log": server.error_log,
        "backend/telephony.log": backend,
        name: console,
    }


def _with_desks(stage: Stage, page: str, more: Sequence[Act]) -> tuple[str, str]:
    with stage.browsing(HOST, ("127.0.0.23", "127.0.0.24")) as (first, second), ExitStack() as tabs:
        desk, colleague = tabs.enter_context(first.page()), tabs.enter_context(second.page())
        url = f"https://{PAGE_HOST}{page}"
        opened = ((2.0, lambda: desk.navigate(url)), (14.0, lambda: colleague.navigate(url)))
        play((*People(stage).acts(), *opened, *more))
        return saved(desk, PAGE_HOST)


@dataclass(frozen=True, slots=True)
class People:
    """Who dials in, each from an address of their own."""

    stage: Stage

    def acts(self) -> Sequence[Act]:
        """Return the minute's traffic."""
        return (*self._calls(), *self._desk(), *self._web())

    def _calls(self) -> Sequence[Act]:
        carrier = self.stage.client("127.0.0.41", "Telnyx-Media/1.0")
        second = self.stage.client("127.0.0.42", "Telnyx-Media/1.0")
        return (
            (4.0, lambda: stream_call(carrier, "v3:Kq8sJ2", seconds=14)),
            (24.0, lambda: stream_call(second, "v3:Wm4tR7", seconds=18)),
            (47.0, lambda: stream_call(carrier, "v3:Zb1xN5", seconds=6)),
        )

    def _desk(self) -> Sequence[Act]:
        wallboard = self.stage.client("127.0.0.31", "Wallboard/2.4", origin=f"https://{PAGE_HOST}")
        agent = self.stage.client("127.0.0.32", USER_AGENT, origin=f"https://{PAGE_HOST}")
        return (
            (1.0, lambda: stay(wallboard, f"wss://{HOST}/call-events", seconds=50)),
            (9.0, lambda: stay(agent, f"wss://{HOST}/call-events", seconds=20)),
            (33.0, lambda: stay(agent, f"wss://{HOST}/call-events", seconds=18)),
            (30.0, lambda: agent.fetch(f"{_HTTPS}/api/calls")),
            (52.0, lambda: agent.fetch(f"{_HTTPS}/api/calls/wrap-up", "POST", json.dumps({"result": "sold"}))),
        )

    def _web(self) -> Sequence[Act]:
        monitor = self.stage.client("127.0.0.51", "Uptime-Kuma/1.23.16")
        visitor = self.stage.client("127.0.0.61", USER_AGENT)
        plain_visitor = self.stage.client("127.0.0.61", USER_AGENT, plain=True)
        health = [(float(s), lambda: monitor.fetch(f"{_HTTPS}/api/health")) for s in range(0, 55, 10)]
        return (
            *health,
            (12.0, lambda: plain_visitor.fetch(f"http://{HOST}/")),
            (12.4, lambda: visitor.fetch(f"{_HTTPS}/")),
            (12.7, lambda: visitor.fetch(f"{_HTTPS}/favicon.ico")),
        )


def stay(client: Client, url: str, *, seconds: float) -> None:
    """Open a WebSocket, listen, and close it."""
    with client.dial(url) as socket:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            _heard(socket.recv, left)


def _heard(receive: Callable[[float], object], seconds: float) -> None:
    try:
        receive(seconds)
    except TimeoutError:
        return


def stream_call(client: Client, call: str, *, seconds: float) -> None:
    """Be the carrier: dial in, announce a call, send its audio, hang up."""
    stream = call.removeprefix("v3:").lower()
    with client.dial(f"wss://{HOST}/audio-stream") as socket:
        start = {"call_control_id": call, "from": "+12025550143"}
        socket.send(json.dumps({"event": "start", "stream_id": stream, "start": start}))
        for number in range(int(seconds / _FRAME)):
            media = {"track": "inbound", "chunk": number, "payload": "/v7+fv8="}
            socket.send(json.dumps({"event": "media", "stream_id": stream, "media": media}))
            time.sleep(_FRAME)
        socket.send(json.dumps({"event": "stop", "stream_id": stream}))
