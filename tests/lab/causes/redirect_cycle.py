"""A request that goes round inside nginx."""

from tests.lab.drawn_site import EACH, PREFIXES
from tests.lab.fault import BROWSER, ERROR, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_sockets, said


def _rewrite_to_itself(scene: Scene) -> None:
    for_sockets(scene).lines.insert(0, "rewrite ^(.*)$ $1 last;")


def _fall_back_to_nothing(scene: Scene) -> None:
    sockets = for_sockets(scene)
    sockets.lines[:] = ["try_files $uri $uri/ /app/index.html;"]
    scene.site.main.location("/").lines[:] = ["try_files $uri $uri/ /app/index.html;"]


_WORDS = "rewrite or internal redirection cycle while "

FAULTS = (
    Fault(
        cause="redirect-cycle",
        kind="rewrite",
        hop="nginx",
        put=_rewrite_to_itself,
        fails_with=frozenset({"500"}),
        evidence=lambda _: said(_WORDS),
        decided_by=(frozenset({ERROR, HANDSHAKES}), frozenset({ERROR, BROWSER})),
        sample=Sample(seed=4, backend="aiohttp"),
        layouts=(EACH, PREFIXES),
        differs="`rewrite ... last` leads back to its own location where it fires; it is not there in the near miss.",
    ),
    Fault(
        cause="redirect-cycle",
        kind="fallback",
        hop="nginx",
        put=_fall_back_to_nothing,
        fails_with=frozenset({"500"}),
        evidence=lambda _: said(_WORDS),
        decided_by=(frozenset({ERROR, HANDSHAKES}), frozenset({ERROR, BROWSER})),
        sample=Sample(seed=4, backend="aiohttp"),
        layouts=(EACH, PREFIXES),
        differs="try_files ends at a file that is not there, and comes back to itself.",
    ),
)
