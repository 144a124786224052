"""The page dials a name that does not resolve: misspelt, or known in a container network only."""

from tests.lab.fault import BROWSER, Fault, Sample
from tests.lab.paging import by_console, shown, told
from tests.lab.scene import Scene

_UNKNOWN = "net::ERR_NAME_NOT_RESOLVED"


def _misspell(scene: Scene) -> None:
    scene.page_dials = scene.wanted.but(host=scene.host.replace("example", "exmaple"))


def _dial_the_container(scene: Scene) -> None:
    scene.page_dials = scene.wanted.but(host="backend", port=scene.service.port)


FAULTS = tuple(
    Fault(
        cause="dns-failure",
        kind=kind,
        hop="client",
        prepare=by_console,
        put=put,
        check=told("unresolved", _UNKNOWN),
        fails_with=frozenset({"unresolved"}),
        evidence=shown(_UNKNOWN),
        decided_by=(frozenset({BROWSER}),),
        can_withhold=False,
        differs="The page dials the server's name in the near miss, and a misspelt one where it fires.",
        sample=Sample(seed=3, backend="ws_console", browser=True),
    )
    for kind, put in (("misspelt", _misspell), ("container", _dial_the_container))
)
