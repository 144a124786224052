"""The location proxies, and does not forward the upgrade headers."""

from collections.abc import Sequence

from tests.lab.drawing import FRONTS_DRAWN
from tests.lab.drawn_site import CATCH_ALL, EACH
from tests.lab.fault import ACCESS, BROWSER, CONFIG, HANDSHAKES, Fault
from tests.lab.scene import Scene
from tests.lab.site import UPGRADE
from tests.lab.stories import Line


def _drop(scene: Scene) -> None:
    match = {CATCH_ALL: "/", EACH: scene.wanted.path}.get(scene.layout, f"{scene.prefix}/ws/")
    scene.site.main.location(match).drop(*UPGRADE)


def _asked(scene: Scene) -> Sequence[Line]:
    return (Line("nginx/access.log", scene.wanted.path),)


FAULTS = (
    Fault(
        cause="missing-upgrade-headers",
        hop="nginx",
        put=_drop,
        fails_with=frozenset({"400", "403", "404", "405", "426", "500"}),
        evidence=_asked,
        decided_by=(frozenset({ACCESS, CONFIG, BROWSER}), frozenset({HANDSHAKES, CONFIG})),
        fronts=FRONTS_DRAWN,
        differs="The location has proxy_http_version 1.1, Upgrade and Connection in the near miss.",
    ),
)
