"""Record a rule's twins: a small bundle on which it must fire, and one that differs by one fact, on which it must not.

In: the fact, as a fault in a configuration or in the backend's environment. Out: `tests/rules/<cause>/fires`,
`near_miss` and `case.toml`. What each side answers is checked with a client that is in no bundle.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.lab import bundles, nginx, stories
from tests.lab.browser import USER_AGENT
from tests.lab.stage import Fault, Stage, play, saved
from tests.lab.stories import Line
from tests.lab.truth import require

HOST = "api.example.com"
PAGE_HOST = "app.example.com"
RULES = Path(__file__).parents[1] / "rules"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its backend, its fault, and what a client that should get in is answered."""

    backend: Callable[[Path], AbstractContextManager[None]]
    fault: Fault | None
    answers: int


@dataclass(frozen=True, slots=True)
class Twins:
    """What is dialled, what differs, which lines are the evidence where the rule fires, what the near miss yields."""

    name: str
    differs: str
    dialled: Sequence[str]
    allowed: str  # what a client dials that must get in where nothing is wrong
    fires: Side
    near_miss: Side
    evidence: Sequence[Line]
    near_miss_yields: Sequence[str]

    @property
    def cause(self) -> str:
        return self.name.removeprefix("rule-")

    @property
    def folder(self) -> Path:
        return RULES / self.cause.replace("-", "_")

    def record(self, stage: Stage) -> None:
        """Record both sides, then see that each answers as it must."""
        for name, side in (("near_miss", self.near_miss), ("fires", self.fires)):
            inner = Stage(stage.workspace / name, stage.authority)
            self._record_side(inner, side, self.folder / name)
            self._hold(inner, side)
        lines = stories.found(self.folder / "fires", self.evidence)
        (self.folder / "case.toml").write_text(self._case(lines), encoding="utf-8")

    def _record_side(self, stage: Stage, side: Side, bundle: Path) -> None:
        configuration = stage.configuration(f"twins/{self.cause}", HOST, side.fault)
        log = stage.workspace / "backend.log"
        with side.backend(log), nginx.serve(configuration, stage.workspace / "nginx", stage.authority) as server:
            name, console = self._browsed(stage)
        logs = {"nginx/access.log": server.access_log, "nginx/error.log": server.error_log}
        bundles.write(bundle, {**logs, "backend/app.log": log, name: console}, configuration)

    def _browsed(self, stage: Stage) -> tuple[str, str]:
        with stage.browsing(HOST, ("127.0.0.23",)) as (browser,), browser.page() as page:
            url = f"https://{PAGE_HOST}/?{urlencode([('dial', path) for path in self.dialled])}"
            visitor = stage.client("127.0.0.61", USER_AGENT)
            favicon = f"https://{HOST}/favicon.ico"
            play(((0.0, lambda: page.navigate(url)), (1.5, lambda: visitor.fetch(favicon)), (4.0, lambda: None)))
            return saved(page, PAGE_HOST)

    def _hold(self, stage: Stage, side: Side) -> None:
        configuration = stage.workspace / ("configuration-fault" if side.fault else "configuration-right")
        client = stage.client("127.0.0.33", USER_AGENT, origin=f"https://{PAGE_HOST}")
        log = stage.workspace / "truth.log"
        with side.backend(log), nginx.serve(configuration, stage.workspace / "truth", stage.authority):
            require(side.answers, client.handshake(f"wss://{HOST}{self.allowed}"), self.name)

    def _case(self, lines: Sequence[Line]) -> str:
        facts = (
            ("differs", self.differs),
            ("cause", self.cause),
            ("near_miss_yields", list(self.near_miss_yields)),
        )
        head = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in facts)
        return head + "".join(map(stories.table, lines))
