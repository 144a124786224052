"""Every server of the upstream was marked down, and the lines that tell why were rotated away."""

from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.site import block
from tests.lab.taking import for_sockets, said
from tests.lab.world import World


def _group(scene: Scene, *ports: int) -> None:
    servers = [f"server 127.0.0.1:{port} max_fails=1 fail_timeout=60s;" for port in ports]
    scene.site.http[:] = [each for each in scene.site.http if "upstream chat_servers" not in each]
    scene.site.http.append(block("upstream chat_servers", servers))


def _two_servers(scene: Scene) -> None:
    for_sockets(scene).replace("proxy_pass", "proxy_pass http://chat_servers;")
    _group(scene, scene.service.port, scene.service.port)


def _both_down(scene: Scene) -> None:
    _group(scene, scene.service.port + 81, scene.service.port + 82)
    scene.at(0.1, lambda world: world.check(scene.wanted))
    scene.at(0.1, lambda world: world.check(scene.wanted))
    scene.at(0.1, lambda world: world.check(scene.wanted))
    scene.attempts, scene.seconds = 4, 3.0
    scene.at(1.6, _rotate)


def _rotate(world: World) -> None:
    for name in ("nginx/access.log", "nginx/error.log"):
        world.logs[name].write_text("", encoding="utf-8")


FAULTS = (
    Fault(
        cause="upstream-exhausted",
        hop="upstream",
        prepare=_two_servers,
        put=_both_down,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said("no live upstreams while connecting to upstream"),
        decided_by=(frozenset({ERROR}),),
        accepts=frozenset({"upstream-refused"}),
        sample=Sample(seed=9, backend="ws_console"),
        differs="The upstream's servers: nobody listens there where the rule fires; the logs were rotated since.",
    ),
)
