"""Founding incident 3: one location, two ways to lose a handshake in it; only one of them changes the path."""

from dataclasses import dataclass
from functools import partial

from tests.lab import samples
from tests.lab.backends import uvicorn
from tests.lab.faults import with_root_uri_part, without_upgrade_headers
from tests.lab.stage import Fault, Stage
from tests.lab.stories import Line, Story
from tests.lab.truth import Claim, hold
from tests.lab.voice_chat_play import HOST, PATH, URL, person, record_voice_chat

_LOCATION = "/api/v1/ws/"
_REFUSED = f"'{URL}' failed: Error during WebSocket handshake: Unexpected response code: "
_STRIPPED = Story(
    title="The path arrives without its prefix",
    story=(
        "The chat dials /api/v1/ws/simple-voice-chat and gets 403. The backend serves exactly that path, but "
        "nginx's proxy_pass ends in a slash, so the backend is asked for /simple-voice-chat. The old app's "
        "path goes through another location and works, and so does plain HTTP."
    ),
    cause="path-stripped",
    path=PATH,
    host=HOST,
    hop="nginx",
    evidence=(
        Line("backend/uvicorn.log", '"WebSocket /simple-voice-chat?language=ar&voice_type=female" 403'),
        Line("nginx/access.log", f'"GET {PATH}?language=ar&voice_type=female HTTP/1.1" 403'),
        Line("browser/*.log", f"{_REFUSED}403"),
    ),
    contrast_path="/ws/voice-conversation",
    must_not=(
        "missing-upgrade-headers",
        "backend-route-missing",
        "origin-rejected",
        "auth-rejected",
        "missing-location",
    ),
    fix_restores=True,
)
_PLAIN = Story(
    title="The path arrives whole, as a plain GET",
    story=(
        "The chat dials /api/v1/ws/simple-voice-chat and gets 404. nginx passes the path on unchanged (its "
        "proxy_pass has no URI part), but forwards no upgrade headers, so the backend sees an ordinary GET "
        "for a path that it serves only as a WebSocket. The old app's path has the headers and works."
    ),
    cause="missing-upgrade-headers",
    path=PATH,
    host=HOST,
    hop="nginx",
    evidence=(
        Line("backend/uvicorn.log", f'"GET {PATH}?language=ar&voice_type=female HTTP/1.0" 404'),
        Line("nginx/access.log", f'"GET {PATH}?language=ar&voice_type=female HTTP/1.1" 404'),
        Line("browser/*.log", f"{_REFUSED}404"),
    ),
    contrast_path="/ws/voice-conversation",
    must_not=("path-stripped", "backend-route-missing", "upgrade-unsupported", "missing-location", "method-mismatch"),
    fix_restores=True,
)


@dataclass(frozen=True, slots=True)
class Incident3:
    """Two browsers on the chat, the old app, a monitor; one fault in one location."""

    name: str
    story: Story
    fault: Fault
    refused: int

    def record(self, stage: Stage) -> None:
        """Record with the fault, then see that it is the fault."""
        right = stage.configuration("voice-chat", HOST)
        broken = stage.configuration("voice-chat", HOST, self.fault)
        samples.write(self.name, self.story, record_voice_chat(stage, broken), broken)
        claim = Claim(person(stage), URL, self.refused)
        hold(stage, claim, (broken, right), uvicorn("voice_chat", stage.workspace / "truth.log"))


SCENARIOS = (
    Incident3("incident-3a", _STRIPPED, partial(with_root_uri_part, name=_LOCATION), refused=403),
    Incident3("incident-3b", _PLAIN, partial(without_upgrade_headers, name=_LOCATION), refused=404),
)
