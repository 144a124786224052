"""Founding incident 1b: the path has a location that proxies, and that location forwards no upgrade headers."""

from dataclasses import dataclass
from functools import partial

from tests.lab import samples
from tests.lab.backends import telephony
from tests.lab.browser import USER_AGENT
from tests.lab.calls_play import HOST, PAGE_HOST, record_calls
from tests.lab.faults import without_upgrade_headers
from tests.lab.stage import Stage
from tests.lab.stories import Line, Story
from tests.lab.truth import Claim, hold

PATH = "/api/frontend-audio"
_STORY = Story(
    title="The desk's audio moved under /api and stayed silent",
    story=(
        "The agents' desk now dials /api/frontend-audio, because /api/ already goes to the backend. Every "
        "attempt ends in a 404 from the backend, which logs a plain GET and no upgrade request. Call events "
        "and the carrier's stream go through locations of their own and work."
    ),
    cause="missing-upgrade-headers",
    path=PATH,
    host=HOST,
    hop="nginx",
    evidence=(
        Line("backend/telephony.log", f'"GET {PATH} HTTP/1.0" 404'),
        Line("nginx/access.log", f'{HOST} "GET {PATH} HTTP/1.1" 404'),
        Line("browser/*.log", f"'wss://{HOST}{PATH}' failed: Error during WebSocket handshake: Unexpected response"),
    ),
    contrast_path="/call-events",
    must_not=("missing-location", "backend-route-missing", "path-stripped", "origin-rejected", "auth-rejected"),
    fix_restores=True,
)


@dataclass(frozen=True, slots=True)
class Incident1b:
    """The same minute as 1a, with the page that dials below /api/."""

    name: str = "incident-1b"

    def record(self, stage: Stage) -> None:
        """Record the minute with the headers missing, then see that it is the headers."""
        right = stage.configuration("calls-api", HOST)
        broken = stage.configuration("calls-api", HOST, partial(without_upgrade_headers, name="/api/"))
        samples.write(self.name, _STORY, record_calls(stage, broken, "/next.html"), broken)
        desk = stage.client("127.0.0.33", USER_AGENT, origin=f"https://{PAGE_HOST}")
        claim = Claim(desk, f"wss://{HOST}{PATH}", refused=404)
        hold(stage, claim, (broken, right), telephony(stage.workspace / "truth.log"))


SCENARIOS = (Incident1b(),)
