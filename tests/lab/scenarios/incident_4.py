"""Founding incident 4: the page moved to a new domain, and the backend's list of origins did not."""

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from tests.lab import nginx, samples
from tests.lab.backends import node
from tests.lab.browser import USER_AGENT
from tests.lab.stage import CONFIGS, Act, Stage, play, saved
from tests.lab.stories import Line, Story
from tests.lab.truth import require

HOST = "callwaitingai-backend-sjbi.onrender.com"
_PAGE_HOST = "voxanne.ai"
_OLD_PAGE_HOST = "app.callwaiting.example"
_PATH = "/ws/live-calls"
_BACKEND = "voice_agent/server.js"
_CORS = {"CORS_ORIGINS": f"https://{_PAGE_HOST},https://{_OLD_PAGE_HOST}", "NODE_ENV": "production"}
_OLD_LIST = {"FRONTEND_URL": f"https://{_OLD_PAGE_HOST}", "EXTRA_ORIGINS": "https://www.callwaiting.example", **_CORS}
_NEW_LIST = {**_OLD_LIST, "FRONTEND_URL": f"https://{_PAGE_HOST}"}
_REFUSED = "failed: Error during WebSocket handshake: Unexpected response code: 403"
_STORY = Story(
    title="The new domain may not dial",
    story=(
        "The dashboard moved to https://voxanne.ai. Its plain requests are answered, its WebSockets to "
        "/ws/live-calls and to /api/web-voice/ with an id per call are all refused. The old address of the "
        "same dashboard still opens both, in the same minute, at the same backend."
    ),
    cause="origin-rejected",
    path=_PATH,
    host=HOST,
    hop="backend",
    evidence=(
        Line("backend/*.log", "[WebSocket] Origin not allowed {"),
        Line("browser/*.log", f"'wss://{HOST}{_PATH}' {_REFUSED}"),
    ),
    contrast_path=_PATH,  # the same path, dialled from the old origin
    must_not=("cors-blocked", "auth-rejected", "missing-location", "host-rejected", "backend-route-missing"),
    fix_restores=False,
)


@dataclass(frozen=True, slots=True)
class Incident4:
    """Two dashboards, one on the new domain and one on the old; the platform's edge is in no log."""

    name: str = "incident-4"

    def record(self, stage: Stage) -> None:
        """Record with the old list, then see that the new list lets the same handshake in."""
        backend = stage.workspace / "backend.log"
        with node(_BACKEND, backend, _OLD_LIST), _edge(stage, "edge"):
            name, console = _dashboards(stage)
        samples.write(self.name, _STORY, {"backend/callwaitingai-backend.log": backend, name: console}, None)
        _hold(stage)


def _dashboards(stage: Stage) -> tuple[str, str]:
    with stage.browsing(HOST, ("127.0.0.91", "127.0.0.92")) as (first, second), ExitStack() as tabs:
        new, old = tabs.enter_context(first.page(timestamps=True)), tabs.enter_context(second.page())
        monitor = stage.client("127.0.0.51", "Render/1.0")
        health = [(float(s), lambda: monitor.fetch(f"https://{HOST}/health")) for s in range(0, 36, 5)]
        opened: tuple[Act, ...] = (
            (2.0, lambda: old.navigate(f"https://{_OLD_PAGE_HOST}/")),
            (5.0, lambda: new.navigate(f"https://{_PAGE_HOST}/")),
        )
        play((*health, *opened, (40.0, lambda: None)))
        return saved(new, _PAGE_HOST)


def _hold(stage: Stage) -> None:
    dashboard = stage.client("127.0.0.93", USER_AGENT, origin=f"https://{_PAGE_HOST}")
    for number, (origins, status) in enumerate(((_OLD_LIST, 403), (_NEW_LIST, 101))):
        with node(_BACKEND, stage.workspace / "truth.log", origins), _edge(stage, f"truth-{number}"):
            require(status, dashboard.handshake(f"wss://{HOST}{_PATH}"), origins["FRONTEND_URL"])


def _edge(stage: Stage, prefix: str) -> AbstractContextManager[nginx.Nginx]:
    return nginx.serve(CONFIGS / "edge", stage.workspace / prefix, stage.authority)


SCENARIOS = (Incident4(),)
