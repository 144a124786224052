"""Somebody tests the WebSocket's endpoint with an ordinary POST; handshakes to the same path succeed."""

from collections.abc import Sequence

from tests.lab.fault import ACCESS, BACKEND, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.stories import Line


def _others_open(scene: Scene) -> None:
    scene.working.append(scene.wanted)


def _post(scene: Scene) -> None:
    scene.page_dials = scene.wanted
    scene.wanted = scene.wanted.but(websocket=False, method="POST", body='{"text": "hello"}')


def _posted(scene: Scene) -> Sequence[Line]:
    return (Line("nginx/access.log", scene.wanted.path),)


FAULTS = (
    Fault(
        cause="method-mismatch",
        hop="client",
        prepare=_others_open,
        put=_post,
        fails_with=frozenset({"400", "403", "404", "405", "426"}),
        evidence=_posted,
        decided_by=(frozenset({ACCESS}), frozenset({BACKEND})),
        sample=Sample(seed=2, backend="uvicorn"),
        differs="The client dials the path in the near miss, and sends it a POST where the rule fires.",
    ),
)
