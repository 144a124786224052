"""Clients that never finish their request hold every connection that nginx's workers may have."""

import contextlib
import socket

from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.people import OPENED
from tests.lab.scene import Scene
from tests.lab.taking import said
from tests.lab.world import NGINX_ADDRESS, World

_CROWD = 90
_HELD: list[socket.socket] = []


def _crowded(scene: Scene) -> None:
    scene.at(0.8, _hold)
    scene.seconds = 3.0


def _narrow(scene: Scene) -> None:
    scene.at(0.0, _few_connections)


def _few_connections(world: World) -> None:
    config = world.workspace / "root/etc/nginx/nginx.conf"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("worker_connections 768;", "worker_connections 24;"), encoding="utf-8")
    world.reload_nginx()


def _hold(world: World) -> None:
    port, begun = (443, b"\x16") if world.scene.tls else (80, b"G")
    for number in range(_CROWD):
        with contextlib.suppress(OSError):  # the worker that takes it may have none left
            guest = socket.create_connection((NGINX_ADDRESS, port), 2, (f"203.0.113.{number + 130}", 0))
            guest.sendall(begun)
            _HELD.append(guest)


def _any(world: World) -> str:
    """Dial several times: one worker may have a connection left while the other has none."""
    outcomes = [world.check(world.scene.wanted) for _ in range(6)]
    return next((outcome for outcome in outcomes if outcome != OPENED), OPENED)


FAULTS = (
    Fault(
        cause="out-of-connections",
        hop="nginx",
        prepare=_crowded,
        put=_narrow,
        fails_with=frozenset({"500", "reset", "timeout", "tls", "502", "cut"}),
        check=_any,
        evidence=lambda _: said("worker_connections are not enough"),
        decided_by=(frozenset({ERROR}),),
        path=lambda _: None,
        sample=Sample(seed=2, backend="ws_console"),
        differs="worker_connections: 768 in the near miss, 24 where the rule fires; 90 clients hold one on both sides.",
    ),
)
