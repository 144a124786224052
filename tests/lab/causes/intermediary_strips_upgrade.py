"""Something between the client and nginx removes Upgrade; nginx is set up right and gets a plain GET."""

from tests.lab.fault import ACCESS, BACKEND, BROWSER, CONFIG, HANDSHAKES, Fault, Sample
from tests.lab.front import SILENT
from tests.lab.middle import Behaviour, Middle
from tests.lab.scene import CONSOLE, Scene
from tests.lab.stories import Line


def _console_only(scene: Scene) -> None:
    scene.saves = (CONSOLE,)


def _strip(scene: Scene) -> None:
    scene.middle = Middle(Behaviour.STRIP, paths=(f"{scene.prefix}/ws/",))


FAULTS = (
    Fault(
        cause="intermediary-strips-upgrade",
        hop="network",
        prepare=_console_only,
        put=_strip,
        fails_with=frozenset({"400", "403", "404", "405", "426", "500"}),
        evidence=lambda scene: (Line("nginx/access.log", f"{scene.prefix}/ws/"),),
        decided_by=(
            frozenset({HANDSHAKES, CONFIG, BROWSER}),
            frozenset({CONFIG, ACCESS, BACKEND, BROWSER}),
        ),
        fronts=(SILENT,),
        sample=Sample(seed=1, backend="ws_console", browser=True),
        differs="What stands before nginx passes Upgrade on in the near miss, and removes it where the rule fires.",
    ),
)
