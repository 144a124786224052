"""The backend's list of origins does not hold the page's."""

from collections.abc import Sequence

from tests.lab.drawing import FRONTS_DRAWN
from tests.lab.fault import BACKEND, Fault
from tests.lab.scene import Scene
from tests.lab.stories import Line


def _allow(scene: Scene) -> None:
    scene.env["ALLOWED_ORIGINS"] = f"https://old.example.com,{scene.page_origin}"


def _forget(scene: Scene) -> None:
    others = ["https://old.example.com", "https://www.example.net"]
    if scene.service.name != "tornado":  # it compares hosts, whatever the scheme
        others.append(f"http://{scene.page_host}:8080")
    scene.env["ALLOWED_ORIGINS"] = scene.random("origins").choice(others)


def _asked(scene: Scene) -> Sequence[Line]:
    return (Line("nginx/access.log", scene.wanted.path),)


FAULTS = (
    Fault(
        cause="origin-rejected",
        hop="backend",
        prepare=_allow,
        put=_forget,
        fails_with=frozenset({"400", "403"}),
        evidence=_asked,
        decided_by=(frozenset({BACKEND}),),
        can_use=lambda service: service.name not in {"tornado", "daphne"},  # they refuse without a word
        fronts=FRONTS_DRAWN,
        differs="ALLOWED_ORIGINS of the backend holds the page's origin in the near miss.",
    ),
)
