"""Nobody listens where nginx passes it on: the backend is down, the port is another, or only [::1] is dialled."""

from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_sockets, said


def _another_port(scene: Scene) -> None:
    for_sockets(scene).replace("proxy_pass", f"proxy_pass http://127.0.0.1:{scene.service.port + 81};")


def _down(scene: Scene) -> None:
    scene.at(0.0, lambda world: world.backend.kill())


def _six(scene: Scene) -> None:
    for_sockets(scene).replace("proxy_pass", f"proxy_pass http://[::1]:{scene.service.port};")


_REFUSED = "connect() failed (111: Connection refused) while connecting to upstream"

FAULTS = (
    Fault(
        cause="upstream-refused",
        kind="another-port",
        hop="upstream",
        put=_another_port,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said(_REFUSED),
        decided_by=(frozenset({ERROR}),),
        sample=Sample(seed=3, backend="ws_console"),
        differs="The near miss passes on to the port on which the backend listens; the one that fires to another.",
    ),
    Fault(
        cause="upstream-refused",
        kind="down",
        hop="upstream",
        put=_down,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said(_REFUSED),
        decided_by=(frozenset({ERROR}),),
        accepts=frozenset({"backend-crashed"}),
    ),
    Fault(
        cause="upstream-refused",
        kind="six",
        hop="upstream",
        put=_six,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said(_REFUSED),
        decided_by=(frozenset({ERROR}),),
    ),
)
