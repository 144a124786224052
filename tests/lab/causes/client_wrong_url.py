"""The client dials a path that is written almost like the one that works, or one with a value missing."""

from tests.lab.fault import BROWSER, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import asked

_ENOUGH = (frozenset({HANDSHAKES}), frozenset({BROWSER}))
_REFUSED = frozenset({"400", "403", "404", "500", "502", "reset"})


def _others_dial_it_right(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(path=f"{scene.prefix}/ws/chat")  # a room may bear any name
    scene.working.append(scene.wanted)


def _capital(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(path=scene.wanted.path.replace("/chat", "/Chat"))


def _slash_too_many(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(path=scene.wanted.path.replace("/ws/", "/ws//"))


def _unfilled(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(path=scene.wanted.path.replace("/chat", "/undefined"))


FAULTS = tuple(
    Fault(
        cause="client-wrong-url",
        kind=kind,
        hop="client",
        prepare=_others_dial_it_right,
        put=put,
        fails_with=_REFUSED,
        evidence=asked,
        decided_by=_ENOUGH,
        differs="The client dials the path as the backend has it in the near miss.",
        sample=Sample(seed=4, backend="ws_console"),
    )
    for kind, put in (("capital", _capital), ("slash", _slash_too_many), ("unfilled", _unfilled))
)
