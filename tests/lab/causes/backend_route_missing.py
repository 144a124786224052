"""A path that the backend does not have, and that arrives there as it was sent."""

from collections.abc import Sequence

from tests.lab.drawn_site import CATCH_ALL, PREFIXES
from tests.lab.fault import ACCESS, BACKEND, BROWSER, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.stories import Line


def _ask_for_another(scene: Scene) -> None:
    name = scene.random("route").choice(("presence", "live-calls", "notifications", "transcripts"))
    scene.wanted = scene.wanted.but(path=f"{scene.prefix}/ws/{name}")


def _asked(scene: Scene) -> Sequence[Line]:
    return (Line("nginx/access.log", scene.wanted.path),)


FAULTS = (
    Fault(
        cause="backend-route-missing",
        hop="backend",
        put=_ask_for_another,
        fails_with=frozenset({"400", "403", "404", "500"}),
        evidence=_asked,
        decided_by=(frozenset({BACKEND, ACCESS}), frozenset({BACKEND, BROWSER})),
        can_use=lambda service: service.name not in {"socket_io", "ws_pino"},  # they hang up, or refuse without a line
        layouts=(PREFIXES, CATCH_ALL),  # a location for each path would have none for this one
        accepts=frozenset({"client-wrong-url"}),
        sample=Sample(seed=5, backend="ws_console"),
        differs="The client asks for a path that the backend has in the near miss.",
    ),
)
