"""The page came over https and dials ws://."""

from tests.lab.fault import BROWSER, Fault, Sample
from tests.lab.paging import by_console, shown, told
from tests.lab.scene import Request, Scene

_BLOCKED = "but attempted to connect to the insecure WebSocket endpoint 'ws://"


def _dial_in_plain(scene: Scene) -> None:
    scene.page_dials = scene.wanted.but(scheme="ws")


def _fetch_in_plain(scene: Scene) -> None:
    scene.page_dials = Request(f"{scene.prefix}/api/items", scheme="http")


FAULTS = (
    Fault(
        cause="mixed-content",
        kind="websocket",
        hop="client",
        prepare=by_console,
        put=_dial_in_plain,
        check=told("blocked", _BLOCKED),
        fails_with=frozenset({"blocked"}),
        evidence=shown(_BLOCKED),
        decided_by=(frozenset({BROWSER}),),
        can_withhold=False,
        differs="The page dials wss:// in the near miss, and ws:// where it fires.",
        sample=Sample(seed=3, backend="ws_console", browser=True),
    ),
    Fault(
        cause="mixed-content",
        kind="fetch",
        hop="client",
        prepare=by_console,
        put=_fetch_in_plain,
        check=told("blocked", "but requested an insecure"),
        fails_with=frozenset({"blocked"}),
        evidence=shown("but requested an insecure"),
        decided_by=(frozenset({BROWSER}),),
        path=lambda _: None,  # Chromium's own export writes <URL> in the address's place
        can_withhold=False,
    ),
)
