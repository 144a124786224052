"""The name of the upstream is put together from a variable, and nobody can be asked for it."""

from tests.lab.fault import ERROR, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_sockets, said

_NAME = "chat.internal"


def _pass_by_name(scene: Scene, *before: str) -> None:
    location = for_sockets(scene)
    location.replace("proxy_pass", f"proxy_pass http://$chat:{scene.service.port};")
    location.lines[:0] = [*before, f"set $chat {_NAME};"]


def _no_resolver(scene: Scene) -> None:
    _pass_by_name(scene)


def _no_name_server(scene: Scene) -> None:
    _pass_by_name(scene, "resolver 127.0.0.11 valid=10s;", "resolver_timeout 1s;")


FAULTS = (
    Fault(
        cause="upstream-unresolved",
        kind="no-resolver",
        hop="upstream",
        put=_no_resolver,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said(f"no resolver defined to resolve {_NAME}"),
        decided_by=(frozenset({ERROR}),),
        sample=Sample(seed=5, backend="ws_pino"),
        differs="The near miss passes on to the backend's address; the one that fires to a name in a variable.",
    ),
    Fault(
        cause="upstream-unresolved",
        kind="no-name-server",
        hop="upstream",
        put=_no_name_server,
        fails_with=frozenset({"502"}),
        evidence=lambda _: said(f"{_NAME} could not be resolved (110: Operation timed out)"),
        decided_by=(frozenset({ERROR}),),
    ),
)
