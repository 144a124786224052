"""What listens at the upstream's address speaks no HTTP, or its header does not fit into nginx's buffer."""

from tests.lab.doors import stranger_at
from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_sockets, said


def _stranger(scene: Scene) -> None:
    port = scene.service.port + 81
    for_sockets(scene).replace("proxy_pass", f"proxy_pass http://127.0.0.1:{port};")
    scene.first(stranger_at(port, b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n"))


def _small_buffer(scene: Scene) -> None:
    for_sockets(scene).lines.append("proxy_buffer_size 100;")


FAULTS = (
    Fault(
        cause="upstream-protocol",
        kind="buffer",
        hop="upstream",
        put=_small_buffer,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said("upstream sent too big header while reading response header from upstream"),
        decided_by=(frozenset({ERROR}),),
        sample=Sample(seed=11, backend="ws_console"),
        differs="proxy_buffer_size: nginx's default in the near miss, 100 bytes where the rule fires.",
    ),
    Fault(
        cause="upstream-protocol",
        kind="stranger",
        hop="upstream",
        put=_stranger,
        fails_with=frozenset({"reset"}),
        evidence=lambda _: said("upstream sent no valid HTTP/1.0 header while reading response header from upstream"),
        decided_by=(frozenset({ERROR}),),
    ),
)
