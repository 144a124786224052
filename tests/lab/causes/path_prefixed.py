"""nginx puts something before the path, or loses a slash of it."""

from tests.lab.drawn_site import EACH, PREFIXES
from tests.lab.fault import BACKEND, BROWSER, CONFIG, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import asked, for_sockets

_ENOUGH = (frozenset({CONFIG, HANDSHAKES}), frozenset({CONFIG, BACKEND, BROWSER}))
_REFUSED = frozenset({"400", "403", "404", "500", "502", "reset"})


def _twice(scene: Scene) -> None:
    first = scene.wanted.path.split("/")[1]
    for_sockets(scene).lines.insert(0, f"rewrite ^/(.*)$ /{first}/$1 break;")


def _passing(scene: Scene, uri: str) -> None:
    sockets = for_sockets(scene)
    passed = next(line for line in sockets.lines if line.startswith("proxy_pass "))
    sockets.replace("proxy_pass ", f"{passed.removesuffix(';')}{uri};")


def _one_slash_lost(scene: Scene) -> None:
    _passing(scene, f"{scene.prefix}/ws")


def _one_slash_more(scene: Scene) -> None:
    _passing(scene, f"{scene.prefix}/ws/")
    for_sockets(scene).match = f"{scene.prefix}/ws"


FAULTS = tuple(
    Fault(
        cause="path-prefixed",
        kind=kind,
        hop="nginx",
        put=put,
        fails_with=_REFUSED,
        evidence=asked,
        decided_by=_ENOUGH,
        layouts=layouts,
        accepts=frozenset({"path-stripped"}) if kind == "doubled-slash" else frozenset(),
        differs="The location passes the path on as it is in the near miss.",
        sample=Sample(seed=4, backend="ws_console"),
    )
    for kind, put, layouts in (
        ("twice", _twice, (EACH, PREFIXES)),
        ("lost-slash", _one_slash_lost, (PREFIXES,)),
        ("doubled-slash", _one_slash_more, (PREFIXES,)),
    )
)
