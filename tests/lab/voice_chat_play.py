"""The people around the voice chat API, the same in both of its stories: the page, the old app, a monitor.

In: a stage on which nginx and the backend run. Out: traffic of about three quarters of a minute.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.lab import nginx
from tests.lab.backends import uvicorn
from tests.lab.browser import USER_AGENT
from tests.lab.clients import Client
from tests.lab.stage import Act, Stage, play, saved

HOST = "api.gmai.sa"
PAGE_HOST = "chat.example.com"
PATH = "/api/v1/ws/simple-voice-chat"
URL = f"wss://{HOST}{PATH}?language=ar&voice_type=female"
_LEGACY = f"wss://{HOST}/ws/voice-conversation?preset=ar-male"
_HTTPS = f"https://{HOST}"


def record_voice_chat(stage: Stage, configuration: Path) -> dict[str, Path | str]:
    """Play on this configuration with the chat open twice; return the bundle's files."""
    backend = stage.workspace / "backend.log"
    with (
        uvicorn("voice_chat", backend),
        nginx.serve(configuration, stage.workspace / "nginx", stage.authority) as server,
    ):
        name, console = _with_chats(stage)
    return {
        "nginx/access.log": server.access_log,
        "nginx/error.log": server.error_log,
        "backend/uvicorn.log": backend,
        name: console,
    }


def person(stage: Stage) -> Client:
    """Return somebody with the chat page open, for the checks that are in no bundle."""
    return stage.client("127.0.0.33", USER_AGENT, origin=f"https://{PAGE_HOST}")


def _with_chats(stage: Stage) -> tuple[str, str]:
    with stage.browsing(HOST, ("127.0.0.71", "127.0.0.72")) as (first, second), ExitStack() as tabs:
        chat, other = tabs.enter_context(first.page()), tabs.enter_context(second.page())
        url = f"https://{PAGE_HOST}/"
        opened = ((2.0, lambda: chat.navigate(url)), (11.0, lambda: other.navigate(url)))
        play((*_others(stage), *opened, (42.0, lambda: None)))
        return saved(chat, PAGE_HOST)


def _others(stage: Stage) -> Sequence[Act]:
    old_app = stage.client("127.0.0.81", "okhttp/4.12.0")
    second = stage.client("127.0.0.82", "okhttp/4.12.0")
    monitor = stage.client("127.0.0.51", "kube-probe/1.31")
    visitor = stage.client("127.0.0.61", USER_AGENT)
    plain_visitor = stage.client("127.0.0.61", USER_AGENT, plain=True)
    health = [(float(s), lambda: monitor.fetch(f"{_HTTPS}/api/v1/health/voice")) for s in range(0, 41, 2)]
    return (
        *health,
        (1.0, lambda: converse(old_app, seconds=12)),
        (17.0, lambda: converse(second, seconds=9)),
        (29.0, lambda: converse(old_app, seconds=8)),
        (8.0, lambda: plain_visitor.fetch(f"http://{HOST}/")),
        (8.5, lambda: visitor.fetch(f"{_HTTPS}/")),
        (23.0, lambda: visitor.fetch(f"{_HTTPS}/api/v1/voice/endpoints")),
    )


def converse(client: Client, *, seconds: int) -> None:
    """Be the old app: dial the legacy path, say something each second, hang up."""
    with client.dial(_LEGACY) as socket:
        for number in range(seconds):
            socket.send(f"chunk {number}")
            socket.recv(5)
            time.sleep(1)
