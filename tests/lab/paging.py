"""Faults that only the page meets: what a browser's console shows of them, and how they are checked.

In: a scene, words that Chromium prints. Out: what a fault needs. The other people go on as if nothing were.
"""

from collections.abc import Callable, Sequence

from tests.lab.drawn_site import CATCH_ALL
from tests.lab.fault import dial
from tests.lab.processes import LabError
from tests.lab.scene import CONSOLE, Scene
from tests.lab.stories import Line
from tests.lab.taking import over_tls
from tests.lab.world import World

CONSOLE_SAVED = "browser/*.log"


def by_console(scene: Scene) -> None:
    """Have a page open, at an https origin of its own, and its console saved; a site in plain it could not dial."""
    over_tls(scene)
    scene.browser, scene.saves, scene.same_host = True, (CONSOLE,), False
    if scene.page_host == scene.host:
        scene.page_host = f"www.{scene.host.split('.', maxsplit=1)[1]}"


def on_the_site(scene: Scene) -> None:
    """Have the page on the very host that it dials."""
    if scene.layout == CATCH_ALL:
        raise LabError("no page lies where the application takes every path")
    scene.browser, scene.saves, scene.same_host, scene.page_host = True, (CONSOLE,), True, scene.host


def told(word: str, *marks: str) -> Callable[[World], str]:
    """Check by the browser: the word, if its console has all the marks; else what the handshake gets from outside."""

    def check(world: World) -> str:
        saved = "\n".join(world.saved.values())
        return word if all(mark in saved for mark in marks) else dial(world)

    return check


def shown(mark: str) -> Callable[[Scene], Sequence[Line]]:
    """The mark stands in the console."""
    return lambda _: (Line(CONSOLE_SAVED, mark),)
