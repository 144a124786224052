"""The backend's socket lies elsewhere than nginx looks for it."""

from pathlib import Path

from tests.lab.doors import socket_at
from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_sockets, said

_SOCKET = Path("/run/chat/app.sock")


def _there(scene: Scene) -> None:
    for_sockets(scene).replace("proxy_pass", f"proxy_pass http://unix:{_SOCKET};")
    scene.first(socket_at(_SOCKET, 0o666))


def _elsewhere(scene: Scene) -> None:
    for_sockets(scene).replace("proxy_pass", "proxy_pass http://unix:/run/app.sock;")


FAULTS = (
    Fault(
        cause="upstream-socket-missing",
        hop="upstream",
        prepare=_there,
        put=_elsewhere,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said("connect() to unix:/run/app.sock failed (2: No such file or directory)"),
        decided_by=(frozenset({ERROR}),),
        sample=Sample(seed=8, backend="ws_pino"),
        differs="The path of the socket in proxy_pass: the backend's own in the near miss.",
    ),
)
