"""A body that is larger than nginx takes."""

from tests.lab.fault import ACCESS, BACKEND, ERROR, Fault, Sample
from tests.lab.scene import Request, Scene
from tests.lab.taking import for_api, said

_LENGTH = 6000


def _send_much(scene: Scene) -> None:
    body = '{"name": "' + "pen " * (_LENGTH // 4) + '"}'
    scene.wanted = Request(f"{scene.prefix}/api/items", method="POST", body=body)
    scene.site.main.lines[:] = [line for line in scene.site.main.lines if "client_max_body_size" not in line]
    for_api(scene).lines.append("client_max_body_size 8m;")


def _take_little(scene: Scene) -> None:
    for_api(scene).replace(
        "client_max_body_size", f"client_max_body_size {scene.random('size').choice(('1k', '2k', '4k'))};"
    )


FAULTS = (
    Fault(
        cause="body-too-large",
        hop="nginx",
        prepare=_send_much,
        put=_take_little,
        fails_with=frozenset({"413"}),
        evidence=lambda _: said("client intended to send too large body: "),
        decided_by=(frozenset({ERROR, ACCESS}), frozenset({ERROR, BACKEND})),
        sample=Sample(seed=4, backend="uvicorn"),
        differs="client_max_body_size is 8m in the near miss.",
    ),
)
