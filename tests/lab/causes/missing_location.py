"""No location for the path: the file is looked for on disk, or the single-page application is served instead."""

from collections.abc import Sequence

from tests.lab.drawing import FRONTS_DRAWN
from tests.lab.drawn_site import EACH, PREFIXES
from tests.lab.fault import ACCESS, BROWSER, CONFIG, ERROR, HANDSHAKES, Fault
from tests.lab.scene import Scene
from tests.lab.stories import Line


def _remove(scene: Scene) -> None:
    scene.site.main.remove(scene.wanted.path if scene.layout == EACH else f"{scene.prefix}/ws/")


def _plain_files(scene: Scene) -> None:
    scene.site.main.location("/").lines[:] = ["expires 1h;"]


def _single_page(scene: Scene) -> None:
    scene.site.main.location("/").lines[:] = ["try_files $uri /index.html;"]


def _asked(scene: Scene) -> Sequence[Line]:
    return (Line("nginx/access.log", scene.wanted.path),)


def _from_disk(scene: Scene) -> Sequence[Line]:
    path = scene.wanted.path
    opened = f'open() "/usr/share/nginx/html{path}" failed (2: No such file or directory)'
    return (*_asked(scene), Line("nginx/error.log", opened))


FAULTS = (
    Fault(
        cause="missing-location",
        kind="not-found",
        hop="nginx",
        prepare=_plain_files,
        put=_remove,
        fails_with=frozenset({"404"}),
        evidence=_from_disk,
        decided_by=(
            frozenset({ERROR, BROWSER}),
            frozenset({ERROR, HANDSHAKES}),
            frozenset({ACCESS, CONFIG, BROWSER}),
            frozenset({HANDSHAKES, CONFIG}),
        ),
        layouts=(EACH, PREFIXES),
        fronts=FRONTS_DRAWN,
        differs="The location of the WebSocket's path is there in the near miss.",
    ),
    Fault(
        cause="missing-location",
        kind="pages-instead",
        hop="nginx",
        prepare=_single_page,
        put=_remove,
        fails_with=frozenset({"200"}),
        evidence=_asked,
        decided_by=(frozenset({ACCESS, CONFIG, BROWSER}), frozenset({HANDSHAKES, CONFIG})),
        layouts=(EACH, PREFIXES),
        fronts=FRONTS_DRAWN,
        differs="The location of the WebSocket's path is there in the near miss; else the pages' index answers 200.",
    ),
)
