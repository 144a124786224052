"""The backend opened the WebSocket, and what stands before nginx kept its answer."""

from tests.lab.fault import ACCESS, BACKEND, BROWSER, Fault, Sample
from tests.lab.front import SILENT
from tests.lab.middle import Behaviour, Middle
from tests.lab.scene import CONSOLE, Scene
from tests.lab.stories import Line


def _told_by_the_page(scene: Scene) -> None:
    scene.browser, scene.saves, scene.timestamps = True, (CONSOLE,), True
    scene.seconds, scene.attempts = 4.0, 2


def _swallow(scene: Scene) -> None:
    scene.middle = Middle(Behaviour.SWALLOW, paths=(scene.wanted.path,), after_s=0.8)


FAULTS = (
    Fault(
        cause="handshake-not-returned",
        hop="network",
        prepare=_told_by_the_page,
        put=_swallow,
        fails_with=frozenset({"timeout", "reset"}),
        evidence=lambda scene: (Line("browser/*.log", scene.wanted.path), Line("backend/*.log", scene.wanted.path)),
        decided_by=(frozenset({ACCESS, BROWSER}), frozenset({BACKEND, BROWSER})),
        fronts=(SILENT,),
        differs="The proxy before nginx passes the answer on in the near miss, and keeps it where it fires.",
        sample=Sample(seed=3, backend="ws_console", browser=True),
    ),
)
