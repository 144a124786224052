"""Nothing answers where the load balancer sends: it finds its only server down, or fails to connect to it."""

from tests.lab.fault import BALANCER, Fault, Sample
from tests.lab.front import HAPROXY
from tests.lab.scene import Scene
from tests.lab.stories import Line

_NOBODY = "10.0.0.10:8081"


def _found_down(scene: Scene) -> None:
    scene.balancer |= {"target": _NOBODY, "check": "check inter 200ms fall 1"}


def _never_looked_at(scene: Scene) -> None:
    scene.balancer |= {"target": _NOBODY, "check": ""}


FAULTS = (
    Fault(
        cause="unhealthy-target",
        kind="down",
        hop="load-balancer",
        put=_found_down,
        fails_with=frozenset({"503"}),
        evidence=lambda _: (Line("lb/haproxy.log", "web/<NOSRV>"),),
        decided_by=(frozenset({BALANCER}),),
        fronts=(HAPROXY,),
        differs="HAProxy dials nginx in the near miss, and a port on which nobody listens where it fires.",
        sample=Sample(seed=3, backend="ws_console"),
    ),
    Fault(
        cause="unhealthy-target",
        kind="refused",
        hop="load-balancer",
        put=_never_looked_at,
        fails_with=frozenset({"503"}),
        evidence=lambda _: (Line("lb/haproxy.log", " SC-- "),),
        decided_by=(frozenset({BALANCER}),),
        fronts=(HAPROXY,),
    ),
)
