"""What stands before nginx keeps the request to itself: a load balancer that denies it, a proxy that hangs up."""

from tests.lab.fault import ACCESS, BALANCER, BROWSER, Fault, Sample
from tests.lab.front import HAPROXY, SILENT
from tests.lab.middle import Behaviour, Middle
from tests.lab.scene import HAR, Scene
from tests.lab.stories import Line

_LONG_S, _OFTEN = 16.0, 24


def _deny(scene: Scene) -> None:
    scene.balancer["frontend"] = f"    http-request deny if {{ path_beg {scene.wanted.path} }}\n"


def _long_enough(scene: Scene) -> None:
    """Let nginx's log tell of requests well before and well after."""
    scene.browser, scene.saves = True, (HAR,)
    scene.seconds, scene.attempts = _LONG_S, _OFTEN
    scene.working *= 4


def _hang_up(scene: Scene) -> None:
    scene.middle = Middle(Behaviour.RESET, paths=(scene.wanted.path,))


FAULTS = (
    Fault(
        cause="intermediary-dropped",
        kind="denied",
        hop="network",
        put=_deny,
        fails_with=frozenset({"403"}),
        evidence=lambda scene: (Line("lb/haproxy.log", scene.wanted.path),),
        decided_by=(frozenset({BALANCER}),),
        fronts=(HAPROXY,),
        differs="HAProxy has `http-request deny` for the WebSocket's path where it fires.",
        sample=Sample(seed=3, backend="ws_console"),
    ),
    Fault(
        cause="intermediary-dropped",
        kind="hung-up",
        hop="network",
        prepare=_long_enough,
        put=_hang_up,
        fails_with=frozenset({"reset"}),
        evidence=lambda scene: (Line("browser/*.har", scene.wanted.path),),
        decided_by=(frozenset({ACCESS, BROWSER}),),
        fronts=(SILENT,),
    ),
)
