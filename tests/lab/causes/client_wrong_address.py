"""The page dials its visitor's own machine, or a port of the server's that is not open."""

from tests.lab.fault import BROWSER, Fault, Sample
from tests.lab.paging import by_console, shown, told
from tests.lab.scene import Scene

_REFUSED = "net::ERR_CONNECTION_REFUSED"
_CLOSED = 8123


def _dial_localhost(scene: Scene) -> None:
    scene.page_dials = scene.wanted.but(scheme="ws", host="localhost", port=_CLOSED)


def _dial_the_backend(scene: Scene) -> None:
    scene.page_dials = scene.wanted.but(port=_CLOSED)


FAULTS = tuple(
    Fault(
        cause="client-wrong-address",
        kind=kind,
        hop="client",
        prepare=by_console,
        put=put,
        check=told("refused", _REFUSED),
        fails_with=frozenset({"refused"}),
        evidence=shown(_REFUSED),
        decided_by=(frozenset({BROWSER}),),
        can_withhold=False,
        differs="The page dials the server's name in the near miss, and localhost where it fires.",
        sample=Sample(seed=3, backend="ws_console", browser=True),
    )
    for kind, put in (("localhost", _dial_localhost), ("closed-port", _dial_the_backend))
)
