"""Django's ALLOWED_HOSTS does not hold the name that the client asked for."""

from tests.lab.fault import BACKEND, Fault, Sample
from tests.lab.scene import Request, Scene
from tests.lab.stories import Line


def _allow(scene: Scene) -> None:
    scene.env["ALLOWED_HOSTS"] = f"{scene.host},{scene.page_host},127.0.0.1"
    scene.wanted = Request(f"{scene.prefix}/api/items")


def _forget(scene: Scene) -> None:
    scene.env["ALLOWED_HOSTS"] = "old.example.com,127.0.0.1"  # whoever checks its health asks by address


FAULTS = (
    Fault(
        cause="host-rejected",
        hop="backend",
        prepare=_allow,
        put=_forget,
        fails_with=frozenset({"400"}),
        evidence=lambda scene: (Line("backend/daphne.log", f"Invalid HTTP_HOST header: '{scene.host}'"),),
        decided_by=(frozenset({BACKEND}),),
        can_use=lambda service: service.name == "daphne",
        sample=Sample(seed=7, backend="daphne"),
        differs="ALLOWED_HOSTS of the backend holds the host in the near miss.",
    ),
)
