"""nginx speaks TLS to a port on which plain HTTP is spoken."""

from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_sockets, said


def _plainly(scene: Scene) -> None:
    for_sockets(scene).replace("proxy_pass", f"proxy_pass http://127.0.0.1:{scene.service.port};")


def _with_tls(scene: Scene) -> None:
    for_sockets(scene).replace("proxy_pass", f"proxy_pass https://127.0.0.1:{scene.service.port};")


FAULTS = (
    Fault(
        cause="upstream-tls",
        hop="upstream",
        prepare=_plainly,
        put=_with_tls,
        fails_with=frozenset({"502"}),
        can_use=lambda service: service.name not in {"daphne", "sanic"},  # they wait for a request's end, for a minute
        evidence=lambda _: said("while SSL handshaking to upstream"),
        decided_by=(frozenset({ERROR}),),
        sample=Sample(seed=10, backend="uvicorn"),
        differs="The scheme of proxy_pass: http in the near miss, https where the rule fires.",
    ),
)
