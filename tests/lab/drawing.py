"""Draw a scene from a seed: a site that is right in every part, with the names, ports and habits of some team.

In: a seed, a backend, what a fault can be put into. Out: a Scene without a fault. Each matter has dice of its own, so
a new choice in one does not redraw the others.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

from tests.lab import styles
from tests.lab.drawn_site import CATCH_ALL, EACH, LAYOUTS, Plan, drawn_site
from tests.lab.front import DIRECT, HAPROXY
from tests.lab.scene import CONSOLE, HAR, Request, Scene
from tests.lab.services.service import Service

_HOSTS = (
    "api.example.com",
    "rt.shopfloor.example",
    "calls.harbor.example",
    "ws.fleet.example",
    "backend.tutor.example",
)
_PAGES = ("app.example.com", "www.shopfloor.example", "desk.harbor.example", "fleet.example", "learn.tutor.example")
_PREFIXES = ("", "", "", "/v1", "/app", "/live", "/svc/chat")
_ZONES = ("UTC", "UTC", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
FRONTS_DRAWN = (*[DIRECT] * 6, HAPROXY)
_WITH_BROWSER = 0.3
_CHAT = 0.7
_ROTATED = 0.12
_CONTAINER = "172.18.0.3"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Among what a scene may be drawn."""

    layouts: Collection[str] = LAYOUTS
    styles: Collection[str] = styles.STYLES
    fronts: Sequence[str] = FRONTS_DRAWN


def scene(seed: int, service: Service, allowed: Allowed) -> Scene:
    """Draw the scene of this seed."""
    dice = _dice(seed, "names")
    number = dice.randrange(len(_HOSTS))
    host, page_host, prefix = _HOSTS[number], _PAGES[number], dice.choice(_PREFIXES)
    habits = _dice(seed, "habits")
    layout = habits.choice(sorted(allowed.layouts))
    style = habits.choice(sorted(allowed.styles))
    front = _dice(seed, "front").choice(tuple(allowed.fronts))
    tls = habits.random() < 0.85 and front == DIRECT
    backend_at, hosts = _where(_dice(seed, "backend"), service.port)
    same_host = layout != CATCH_ALL and habits.random() < 0.4
    logs = _dice(seed, "logs")
    return Scene(
        seed=seed,
        service=service,
        host=host,
        page_host=host if same_host else page_host,
        prefix=prefix,
        layout=layout,
        style=style,
        tls=tls,
        log_format=logs.choice(("combined", "combined", "main", "upstream", "json")),
        error_level=logs.choice(("error", "warn", "notice", "info")),
        nginx_zone=logs.choice(_ZONES),
        skew_s={"backend": logs.choice((0, 0, 0, 7, -41, 190))},
        browser=logs.random() < _WITH_BROWSER,
        saves=logs.choice(((CONSOLE,), (CONSOLE,), (HAR,), (CONSOLE, HAR))),
        same_host=same_host,
        timestamps=logs.random() < 0.5,
        backend_at=backend_at,
        site=drawn_site(_dice(seed, "site"), Plan(host, prefix, layout, backend_at, tls)),
        wanted=Request(f"{prefix}{_wanted(_dice(seed, 'wanted'), layout)}", websocket=True),
        working=[
            Request(f"{prefix}/ws/events", websocket=True),
            Request(f"{prefix}/api/health"),
            Request(f"{prefix}/api/items"),
            Request(f"{prefix}/api/items", method="POST", body='{"name": "pen"}'),
        ],
        front=front,
        env={"ROUTE_PREFIX": prefix, "HOST": "0.0.0.0" if hosts else "127.0.0.1"},  # noqa: S104  (its own network)
        hosts=hosts,
        rotates=_dice(seed, "rotation").random() < _ROTATED,
        attempts=_dice(seed, "people").randint(2, 5),
    )


def _wanted(dice: Random, layout: str) -> str:
    """Draw the path that the story is about: where each has a location of its own, faults know it as the chat's."""
    if layout == EACH or dice.random() < _CHAT:
        return "/ws/chat"
    return f"/ws/rooms/{dice.choice(('42', 'b7e2c0d4', '5f0c7e9a-3d1b-4c55-9f0e-6a2b1c8d7e90'))}"


def _dice(seed: int, of: str) -> Random:
    return Random(f"{seed}/{of}")  # noqa: S311  (no secret depends on it)


def _where(dice: Random, port: int) -> tuple[str, dict[str, str]]:
    kind = dice.choice(("127.0.0.1", "127.0.0.1", "localhost", "container", "address"))
    if kind == "container":
        name = dice.choice(("app", "backend", "web"))
        return f"{name}:{port}", {name: _CONTAINER}
    return (f"{_CONTAINER}:{port}", {_CONTAINER: _CONTAINER}) if kind == "address" else (f"{kind}:{port}", {})
