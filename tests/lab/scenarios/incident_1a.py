"""Founding incident 1a: a WebSocket path that has no location, beside two that have one."""

from dataclasses import dataclass
from functools import partial

from tests.lab import samples
from tests.lab.backends import telephony
from tests.lab.browser import USER_AGENT
from tests.lab.calls_play import HOST, PAGE_HOST, record_calls
from tests.lab.faults import without_location
from tests.lab.stage import Stage
from tests.lab.stories import Line, Story
from tests.lab.truth import Claim, hold

PATH = "/frontend-audio"
_STORY = Story(
    title="The desk never hears the call",
    story=(
        "The agents' desk dials /frontend-audio to listen to the running call and is refused every time. The "
        "carrier's own stream and the call events go through the same nginx and work in the same minute. The "
        "backend's log knows nothing of the attempts, and notes that it broadcasts to 0 clients."
    ),
    cause="missing-location",
    path=PATH,
    host=HOST,
    hop="nginx",
    evidence=(
        Line("nginx/error.log", f'open() "/usr/share/nginx/html{PATH}" failed (2: No such file or directory)'),
        Line("nginx/access.log", f'"GET {PATH} HTTP/1.1" 404'),
        Line("browser/*.log", f"'wss://{HOST}{PATH}' failed: Error during WebSocket handshake: Unexpected response"),
    ),
    contrast_path="/call-events",
    must_not=("backend-route-missing", "missing-upgrade-headers", "path-stripped", "origin-rejected", "auth-rejected"),
    fix_restores=True,
)


@dataclass(frozen=True, slots=True)
class Incident1a:
    """Two people with the desk open, the console of one saved, a minute of the telephony backend's life."""

    name: str = "incident-1a"

    def record(self, stage: Stage) -> None:
        """Record the minute with the location missing, then see that it is the location."""
        right = stage.configuration("calls", HOST)
        broken = stage.configuration("calls", HOST, partial(without_location, name=PATH))
        samples.write(self.name, _STORY, record_calls(stage, broken, "/index.html"), broken)
        desk = stage.client("127.0.0.33", USER_AGENT, origin=f"https://{PAGE_HOST}")
        claim = Claim(desk, f"wss://{HOST}{PATH}", refused=404)
        hold(stage, claim, (broken, right), telephony(stage.workspace / "truth.log"))


SCENARIOS = (Incident1a(),)
