"""Two processes share the port, and nothing keeps a socket.io session with the one that began it."""

import http.client
import re
from urllib.parse import urlsplit

from tests.lab.drawn_site import CATCH_ALL
from tests.lab.fault import ACCESS, BACKEND, Fault, Sample, dial
from tests.lab.scene import Request, Scene
from tests.lab.site import Location
from tests.lab.stories import Line
from tests.lab.taking import for_sockets
from tests.lab.world import CHROME, World

_SESSION = re.compile(r'"sid":"([^"]+)"')
_UNKNOWN = 400  # engine.io's answer to a session that it does not know


def _with_socket_io(scene: Scene) -> None:
    if scene.layout != CATCH_ALL:
        lines = list(for_sockets(scene).lines)
        scene.site.main.locations.append(Location(f"{scene.prefix}/socket.io/", lines, "socket.io"))
    for number in range(6):
        scene.at(0.1 + 0.25 * number, _poll)


def _two_processes(scene: Scene) -> None:
    scene.env["WORKERS"] = "2"


def _poll(world: World) -> list[int]:
    """Begin a session over long polling, as socket.io's client does, and go on with it; give each answer's status."""
    begun = _asked(world, "GET", "t=a1")
    sid = _SESSION.search(begun[1])
    if sid is None:
        return [begun[0]]
    answers = [begun[0]]
    for turn in range(2, 5):
        answers.append(_asked(world, "POST", f"t=a{turn}&sid={sid[1]}")[0])
        if answers[-1] != _UNKNOWN:
            break
    return answers


def _asked(world: World, method: str, query: str) -> tuple[int, str]:
    scene = world.scene
    url = urlsplit(scene.url(Request(f"{scene.prefix}/socket.io/")))
    trusting = world.authority.trusting()
    secure = url.scheme == "https"
    kind = (
        http.client.HTTPSConnection(url.netloc, context=trusting) if secure else http.client.HTTPConnection(url.netloc)
    )
    kind.timeout = 5.0
    try:
        kind.request(
            method,
            f"{url.path}?EIO=4&transport=polling&{query}",
            "40" if method == "POST" else None,
            {"User-Agent": CHROME, "Origin": scene.page_origin, "Content-Type": "text/plain;charset=UTF-8"},
        )
        answer = kind.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        kind.close()


def _check(world: World) -> str:
    answers = [status for _ in range(3) for status in _poll(world)]
    return "400" if _UNKNOWN in answers else dial(world)


FAULTS = (
    Fault(
        cause="no-sticky-session",
        hop="load-balancer",
        prepare=_with_socket_io,
        put=_two_processes,
        check=_check,
        fails_with=frozenset({"400"}),
        evidence=lambda _: (Line("nginx/access.log", "sid="), Line("backend/*.log", "Session ID unknown")),
        decided_by=(frozenset({BACKEND, ACCESS}), frozenset({ACCESS})),
        can_use=lambda service: service.name == "socket_io",
        path=lambda scene: f"{scene.prefix}/socket.io/",
        can_withhold=False,
        differs="WORKERS of the backend: one process in the near miss, two that share the port where it fires.",
        sample=Sample(seed=3, backend="socket_io"),
    ),
)
