"""The backend's process dies of an error while people use it, and nobody starts it again."""

from tests.lab.fault import BACKEND, ERROR, Fault, Sample
from tests.lab.scene import Request, Scene
from tests.lab.services.service import Service
from tests.lab.stories import Line
from tests.lab.world import World


def _crashes(scene: Scene) -> None:
    scene.at(0.3, _charge)
    scene.attempts = 4


def _charge(world: World) -> str:
    return world.person("203.0.113.77").attempt(Request(f"{world.scene.prefix}/api/crash"))


def _of_node(service: Service) -> bool:
    return service.name in {"ws_console", "ws_pino"}


FAULTS = (
    Fault(
        cause="backend-crashed",
        hop="backend",
        put=_crashes,
        fails_with=frozenset({"502"}),
        evidence=lambda scene: (Line(f"backend/{scene.service.name}.log", "payment gateway returned no receipt"),),
        decided_by=(frozenset({BACKEND}), frozenset({ERROR})),
        can_use=_of_node,
        accepts=frozenset({"upstream-refused"}),
        sample=Sample(seed=12, backend="ws_console"),
        differs="Where the rule fires somebody asks for the path at which the process dies.",
    ),
)
