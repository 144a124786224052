"""A WebSocket opens, nobody says anything, and nginx or the load balancer hangs up."""

from tests.lab.fault import ACCESS, BALANCER, CONFIG, ERROR, Fault, Sample
from tests.lab.front import HAPROXY
from tests.lab.scene import Scene
from tests.lab.stories import Line
from tests.lab.styles import UPSTREAM
from tests.lab.taking import asked, for_sockets, said


def _stay_silent(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(holds_s=3.2)
    scene.working = [request for request in scene.working if not request.path.endswith("/events")]
    scene.attempts = 3
    scene.seconds = 2.5
    _patience(scene, "3600s")


def _stay_silent_and_log(scene: Scene) -> None:
    _stay_silent(scene)
    scene.error_level = "info"


def _stay_silent_and_measure(scene: Scene) -> None:
    _stay_silent(scene)
    scene.error_level = "error"
    scene.log_format = UPSTREAM


def _patience(scene: Scene, seconds: str) -> None:
    lines = for_sockets(scene).lines
    lines[:] = [line for line in lines if "proxy_read_timeout" not in line]
    lines.append(f"proxy_read_timeout {seconds};")


def _lose_patience(scene: Scene) -> None:
    _patience(scene, "2s")


def _lose_patience_before(scene: Scene) -> None:
    scene.balancer["tunnel"] = "2s"


FAULTS = (
    Fault(
        cause="idle-timeout",
        kind="told",
        hop="session",
        prepare=_stay_silent_and_log,
        put=_lose_patience,
        fails_with=frozenset({"cut"}),
        evidence=lambda _: said("(110: Connection timed out) while proxying upgraded connection"),
        decided_by=(frozenset({ERROR}),),
        sample=Sample(seed=2, backend="ws_console"),
        differs="proxy_read_timeout is 3600s in the near miss, 2s where the rule fires.",
    ),
    Fault(
        cause="idle-timeout",
        kind="measured",
        hop="session",
        prepare=_stay_silent_and_measure,
        put=_lose_patience,
        fails_with=frozenset({"cut"}),
        evidence=asked,
        decided_by=(frozenset({ACCESS, CONFIG}),),
        differs="proxy_read_timeout is 3600s in the near miss, 2s where the rule fires.",
    ),
    Fault(
        cause="idle-timeout",
        kind="balancer",
        hop="session",
        prepare=_stay_silent,
        put=_lose_patience_before,
        fails_with=frozenset({"cut"}),
        evidence=lambda _: (Line("lb/haproxy.log", " 101 "),),
        decided_by=(frozenset({BALANCER}),),
        fronts=(HAPROXY,),
        differs="The balancer's timeout for tunnels is an hour in the near miss, two seconds where the rule fires.",
    ),
)
