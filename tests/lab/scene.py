"""What one incident is made of, before anything runs: drawn at random, then changed by its fault.

In: nothing; `drawing` fills it. Out: a scene that a fault's `prepare` and `put` may change in any part, and that the
world then runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.lab.certificates import GOOD
from tests.lab.middle import Middle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.lab.services.service import Service
    from tests.lab.site import Site
    from tests.lab.world import World
CONSOLE, HAR = "console", "har"


@dataclass(frozen=True)
class Request:
    """One request that somebody sends; `host` and `port` only where they are not the site's."""

    path: str
    websocket: bool = False
    query: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    scheme: str | None = None
    host: str | None = None
    port: int | None = None
    origin: str | None = None
    holds_s: float = 0.3
    patience_s: float = 7.0

    def but(self, **changes: object) -> Request:
        """Return the same request with some of it changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def target(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass
class Scene:
    """The incident as it will be staged."""

    seed: int
    service: Service
    host: str
    page_host: str
    prefix: str
    layout: str
    style: str
    tls: bool
    log_format: str
    error_level: str
    nginx_zone: str
    skew_s: Mapping[str, int]
    browser: bool
    saves: tuple[str, ...]  # what of the browser is saved: its console, its HAR
    same_host: bool  # whether the page lies on the host that it dials
    timestamps: bool
    backend_at: str  # "127.0.0.1:3000", as the config spells the backend
    site: Site
    wanted: Request
    working: list[Request]
    env: dict[str, str] = field(default_factory=dict)
    nginx_env: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    firsts: list[Callable[[World], object]] = field(default_factory=list)  # before anybody comes
    acts: list[tuple[float, Callable[[World], object]]] = field(default_factory=list)
    certificate: str = GOOD
    browser_switches: tuple[str, ...] = ()  # what makes Chromium an older one
    front: str = "direct"  # of front.FRONTS
    middle: Middle = field(default_factory=Middle)
    balancer: dict[str, str] = field(default_factory=dict)  # what HAProxy is set to otherwise than usual
    page_dials: Request | None = None  # what the page wants, where that is not what everybody wants
    configuration: Path | None = None  # what runs instead of the site: it was patched
    rotates: bool = False  # whether nginx's logs are rotated in the middle
    attempts: int = 3
    seconds: float = 1.8
    traits: dict[str, object] = field(default_factory=dict)

    def random(self, of: str) -> Random:
        """Return the scene's own dice for one matter, so that no matter's draws disturb another's."""
        return Random(f"{self.seed}/{of}")  # noqa: S311  (no secret depends on it)

    @property
    def secure(self) -> bool:
        """Tell whether clients speak TLS, to nginx or to what stands before it."""
        return self.tls or self.front != "direct"

    @property
    def page_origin(self) -> str:
        return f"http{'s' if self.secure or not self.same_host else ''}://{self.page_host}"

    def url(self, request: Request) -> str:
        """Return the URL that the client dials."""
        secure = "s" if self.secure else ""
        scheme = request.scheme or (f"ws{secure}" if request.websocket else f"http{secure}")
        port = f":{request.port}" if request.port else ""
        return f"{scheme}://{request.host or self.host}{port}{request.target}"

    def first(self, act: Callable[[World], object]) -> None:
        """Let something happen before anybody comes."""
        self.firsts.append(act)

    def at(self, second: float, act: Callable[[World], object]) -> None:
        """Let something happen at this second of the play."""
        self.acts.append((second, act))
