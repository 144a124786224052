"""The patch of a report, applied to real nginx: the client that was refused gets in, and what worked still works."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lab import nginx
from tests.lab.analysis import analyze
from tests.lab.backends import telephony, uvicorn
from tests.lab.browser import USER_AGENT
from tests.lab.clients import Client
from tests.lab.samples import FOLDER
from tests.lab.stage import Stage

pytestmark = pytest.mark.lab


def voice_chat(log: Path) -> AbstractContextManager[None]:
    return uvicorn("voice_chat", log)


@dataclass(frozen=True, slots=True)
class Refused:
    """Who is refused in a sample, and what works there beside it."""

    sample: str
    backend: Callable[[Path], AbstractContextManager[None]]
    origin: str
    dialled: str
    status: int
    opens: tuple[str, ...]
    answers: tuple[tuple[str, int], ...]


_CALLS = "api-calls.harx.ai"
_CALLS_OPEN = (f"wss://{_CALLS}/call-events", f"wss://{_CALLS}/audio-stream")
_CALLS_ANSWER = (
    (f"https://{_CALLS}/api/health", 200),
    (f"https://{_CALLS}/api/calls", 200),
    (f"https://{_CALLS}/", 200),
    (f"https://{_CALLS}/no-such-page", 404),
)
_VOICE = "api.gmai.sa"
_CHAT = f"wss://{_VOICE}/api/v1/ws/simple-voice-chat?language=ar&voice_type=female"
_VOICE_OPEN = (f"wss://{_VOICE}/ws/voice-conversation?preset=ar-male",)
_VOICE_ANSWER = (
    (f"https://{_VOICE}/api/v1/health/voice", 200),
    (f"https://{_VOICE}/api/v1/voice/endpoints", 200),
    (f"https://{_VOICE}/", 200),
)
_DESK, _CHAT_PAGE = "https://desk.example.com", "https://chat.example.com"
REFUSED = (
    Refused("incident-1a", telephony, _DESK, f"wss://{_CALLS}/frontend-audio", 404, _CALLS_OPEN, _CALLS_ANSWER),
    Refused("incident-1b", telephony, _DESK, f"wss://{_CALLS}/api/frontend-audio", 404, _CALLS_OPEN, _CALLS_ANSWER),
    Refused("incident-3a", voice_chat, _CHAT_PAGE, _CHAT, 403, _VOICE_OPEN, _VOICE_ANSWER),
    Refused("incident-3b", voice_chat, _CHAT_PAGE, _CHAT, 404, _VOICE_OPEN, _VOICE_ANSWER),
)
each_refused = pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.sample)


@each_refused
def test_without_the_patch_the_client_is_refused_and_the_others_get_in(refused: Refused, tmp_path: Path) -> None:
    with _client_of(refused, FOLDER / refused.sample, Stage(tmp_path)) as client:
        assert client.handshake(refused.dialled) == refused.status
        _others_are_served(refused, client)


@each_refused
def test_with_the_patch_of_the_report_the_client_gets_in(refused: Refused, tmp_path: Path) -> None:
    bundle = _patched(refused.sample, tmp_path)
    with _client_of(refused, bundle, Stage(tmp_path)) as client:
        assert client.handshake(refused.dialled) == 101
        _others_are_served(refused, client)


def _patched(sample: str, folder: Path) -> Path:
    """Copy the sample and apply the first incident's patch to it, as the report tells its reader to."""
    incident = analyze(FOLDER / sample, folder).incident
    bundle = folder / "bundle"
    shutil.copytree(FOLDER / sample, bundle)
    assert incident["fix"]["patch"], f"no patch for {incident['cause']}"
    subprocess.run(("patch", "-p1"), cwd=bundle, input=incident["fix"]["patch"].encode(), check=True)
    return bundle


@contextmanager
def _client_of(refused: Refused, bundle: Path, stage: Stage) -> Iterator[Client]:
    serving = nginx.serve(bundle / "nginx", stage.workspace / "prefix", stage.authority)
    with refused.backend(stage.workspace / "backend.log"), serving:
        yield stage.client("127.0.0.33", USER_AGENT, origin=refused.origin)


def _others_are_served(refused: Refused, client: Client) -> None:
    assert {url: client.handshake(url) for url in refused.opens} == dict.fromkeys(refused.opens, 101)
    assert {url: client.fetch(url) for url, _ in refused.answers} == dict(refused.answers)
