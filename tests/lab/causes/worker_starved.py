"""A worker is busy for longer than its master bears, and is killed."""

from tests.lab.fault import BACKEND, Fault, Sample
from tests.lab.scene import Request, Scene
from tests.lab.stories import Line


def _few_workers(scene: Scene) -> None:
    scene.env |= {"WORKERS": "1", "TIMEOUT": "6", "BLOCKING": "1"}
    scene.wanted = Request(f"{scene.prefix}/api/slow", query={"s": "1"}, patience_s=12.0)
    scene.seconds = 11.0
    scene.attempts = 2


def _too_slow(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(query={"s": "9"})


FAULTS = (
    Fault(
        cause="worker-starved",
        hop="backend",
        prepare=_few_workers,
        put=_too_slow,
        fails_with=frozenset({"500", "502", "504", "timeout"}),
        evidence=lambda scene: (Line(f"backend/{scene.service.name}.log", "WORKER TIMEOUT (pid:"),),
        decided_by=(frozenset({BACKEND}),),
        looks_like=frozenset({"backend-crashed"}),  # which a killed worker is, to nginx
        can_use=lambda service: service.name == "gunicorn",
        sample=Sample(seed=15, backend="gunicorn"),
        differs="How long the request keeps the only worker: 1 second in the near miss, 9 where the rule fires.",
    ),
)
