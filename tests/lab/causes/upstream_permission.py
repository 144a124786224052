"""A unix socket to which nginx's user may not write."""

from pathlib import Path

from tests.lab.doors import socket_at
from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_sockets, said

_SOCKET = Path("/run/chat/app.sock")


def _open(scene: Scene) -> None:
    for_sockets(scene).replace("proxy_pass", f"proxy_pass http://unix:{_SOCKET};")
    scene.first(socket_at(_SOCKET, 0o666))


def _shut(scene: Scene) -> None:
    scene.first(lambda _: _SOCKET.chmod(0o600))


FAULTS = (
    Fault(
        cause="upstream-permission",
        hop="upstream",
        prepare=_open,
        put=_shut,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said(f"connect() to unix:{_SOCKET} failed (13: Permission denied)"),
        decided_by=(frozenset({ERROR}),),
        sample=Sample(seed=7, backend="ws_console"),
        differs="The mode of the socket: 666 in the near miss, 600 of root where the rule fires.",
    ),
)
