"""The backend hangs: it keeps its connections and answers nobody."""

from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_api, for_sockets, said


def _impatient(scene: Scene) -> None:
    scene.browser = False  # its page keeps its sockets open and silent, and nginx would cut them
    for location in {id(each): each for each in (for_sockets(scene), for_api(scene))}.values():
        location.lines[:] = [line for line in location.lines if "proxy_read_timeout" not in line]
        location.lines.append("proxy_read_timeout 1s;")


def _hang(scene: Scene) -> None:
    scene.at(0.1, lambda world: world.backend.pause())
    scene.seconds = 3.0


FAULTS = (
    Fault(
        cause="backend-timeout",
        hop="backend",
        prepare=_impatient,
        put=_hang,
        fails_with=frozenset({"504"}),
        evidence=lambda _: said("(110: Connection timed out) while reading response header from upstream"),
        decided_by=(frozenset({ERROR}),),
        sample=Sample(seed=13, backend="uvicorn"),
        differs="Where the rule fires the backend hangs: it accepts connections and answers none.",
    ),
)
