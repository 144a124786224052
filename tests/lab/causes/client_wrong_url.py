"""The client dials a path that is written almost like the one that works, or one with a value missing."""

from tests.lab.fault import ACCESS, BACKEND, BROWSER, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import asked

_DIALLED = (frozenset({HANDSHAKES}), frozenset({BROWSER}))
_BESIDE_THE_RIGHT_ONE = (  # which one log at least must tell of
    frozenset({HANDSHAKES}),
    frozenset({BROWSER, ACCESS}),
    frozenset({BROWSER, BACKEND}),
    frozenset({ACCESS, BACKEND}),
)
_REFUSED = frozenset({"400", "403", "404", "500", "502", "reset"})


def _others_dial_it_right(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(path=f"{scene.prefix}/ws/chat")  # a room may bear any name
    scene.working.append(scene.wanted)


def _capital(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(path=scene.wanted.path.replace("/ws/chat", "/ws/Chat"))


def _slash_too_many(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(path=scene.wanted.path.replace("/ws/", "/ws//"))


def _unfilled(scene: Scene) -> None:
    scene.wanted = scene.wanted.but(path=scene.wanted.path.replace("/ws/chat", "/ws/undefined"))


FAULTS = tuple(
    Fault(
        cause="client-wrong-url",
        kind=kind,
        hop="client",
        prepare=_others_dial_it_right,
        put=put,
        fails_with=_REFUSED,
        evidence=asked,
        decided_by=decided_by,
        differs="The client dials the path as the backend has it in the near miss.",
        sample=Sample(seed=4, backend="ws_console"),
    )
    for kind, put, decided_by in (
        ("capital", _capital, _BESIDE_THE_RIGHT_ONE),
        ("slash", _slash_too_many, _BESIDE_THE_RIGHT_ONE),
        ("unfilled", _unfilled, _DIALLED),
    )
)
