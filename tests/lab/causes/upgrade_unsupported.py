"""uvicorn without a WebSocket library."""

from tests.lab.fault import BACKEND, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.stories import Line


def _without_library(scene: Scene) -> None:
    scene.env["UVICORN_WS"] = "none"


FAULTS = (
    Fault(
        cause="upgrade-unsupported",
        hop="backend",
        put=_without_library,
        fails_with=frozenset({"404"}),
        evidence=lambda _: (Line("backend/uvicorn.log", "Unsupported upgrade request."),),
        decided_by=(frozenset({BACKEND}),),
        can_use=lambda service: service.name == "uvicorn",
        sample=Sample(seed=2, backend="uvicorn"),
        differs="uvicorn has a WebSocket library in the near miss, and none where the rule fires.",
    ),
)
