"""The application fails while it answers: a mistake of its own, told with its traceback."""

from collections.abc import Sequence

from tests.lab.fault import BACKEND, Fault, Sample
from tests.lab.scene import Request, Scene
from tests.lab.stories import Line


def _items(scene: Scene) -> None:
    scene.wanted = Request(f"{scene.prefix}/api/items")


def _broken(scene: Scene) -> None:
    scene.wanted = Request(f"{scene.prefix}/api/broken")


def _asked(_: Scene) -> Sequence[Line]:
    return (Line("nginx/access.log", "/api/broken"),)


FAULTS = (
    Fault(
        cause="backend-error",
        hop="backend",
        prepare=_items,
        put=_broken,
        fails_with=frozenset({"500"}),
        evidence=_asked,
        decided_by=(frozenset({BACKEND}),),
        can_use=lambda service: service.name != "socket_io",
        sample=Sample(seed=14, backend="uvicorn"),
        differs="The near miss asks for a route that works; the one that fires for one with a mistake in it.",
    ),
)
