"""A plain request's location asks for an upgrade in its name."""

from tests.lab.drawn_site import EACH, PREFIXES
from tests.lab.fault import ACCESS, BACKEND, CONFIG, Fault, Sample
from tests.lab.scene import Request, Scene
from tests.lab.services.service import Service
from tests.lab.stories import Line
from tests.lab.taking import for_api

_FORCED = ("proxy_http_version 1.1;", "proxy_set_header Upgrade websocket;", 'proxy_set_header Connection "upgrade";')
_TAKE_IT_FOR_A_HANDSHAKE = ("ws_console", "ws_pino", "ws_morgan", "uvicorn", "gunicorn")


def _mind(service: Service) -> bool:
    return service.name in _TAKE_IT_FOR_A_HANDSHAKE


def _plain(scene: Scene) -> None:
    scene.wanted = Request(f"{scene.prefix}/api/items")


def _force(scene: Scene) -> None:
    for_api(scene).lines.extend(_FORCED)


FAULTS = (
    Fault(
        cause="forced-upgrade-header",
        hop="nginx",
        prepare=_plain,
        put=_force,
        fails_with=frozenset({"400", "403", "404", "405", "426", "500", "502", "504", "timeout", "reset"}),
        evidence=lambda scene: (Line("nginx/access.log", f"{scene.prefix}/api/"),),
        decided_by=(frozenset({CONFIG, ACCESS, BACKEND}),),
        can_use=_mind,
        layouts=(EACH, PREFIXES),
        differs="`location /api/` sets no Upgrade in the near miss; where it fires it asks for one with every request.",
        sample=Sample(seed=4, backend="ws_console"),
    ),
)
