"""No way leads to the backend's address, or nothing there answers."""

from tests.lab.doors import silence_at
from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_sockets, said


def _no_network(scene: Scene) -> None:
    for_sockets(scene).replace("proxy_pass", f"proxy_pass http://10.99.0.7:{scene.service.port};")


def _silent(scene: Scene) -> None:
    location, port = for_sockets(scene), scene.service.port + 81
    location.replace("proxy_pass", f"proxy_pass http://127.0.0.1:{port};")
    location.lines.append("proxy_connect_timeout 1s;")
    scene.first(silence_at(port))


FAULTS = (
    Fault(
        cause="upstream-unreachable",
        kind="silent",
        hop="upstream",
        put=_silent,
        fails_with=frozenset({"504"}),
        evidence=lambda _: said("upstream timed out (110: Connection timed out) while connecting to upstream"),
        decided_by=(frozenset({ERROR}),),
        sample=Sample(seed=6, backend="ws_console"),
        differs="The near miss dials the backend; the one that fires an address that does not answer.",
    ),
    Fault(
        cause="upstream-unreachable",
        kind="no-network",
        hop="upstream",
        put=_no_network,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said("(101: Network is unreachable) while connecting to upstream"),
        decided_by=(frozenset({ERROR}),),
    ),
)
