"""A limit of nginx's own that the reconnects of a few people use up."""

from tests.lab.drawn_site import EACH
from tests.lab.fault import BROWSER, CONFIG, ERROR, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import for_sockets, said

_ZONE = "limit_req_zone $server_name zone=sockets:1m rate={rate};"


def _limit(scene: Scene, rate: str, burst: str) -> None:
    scene.site.http.append(_ZONE.format(rate=rate))
    for_sockets(scene).lines.insert(0, f"limit_req zone=sockets{burst};")


def _generously(scene: Scene) -> None:
    _limit(scene, "100r/s", " burst=200 nodelay")


def _narrowly(scene: Scene) -> None:
    scene.site.http[-1] = _ZONE.format(rate="1r/m")
    for_sockets(scene).replace("limit_req", "limit_req zone=sockets;")
    if scene.random("status").random() < 0.4:
        for_sockets(scene).lines.insert(1, "limit_req_status 429;")


FAULTS = (
    Fault(
        cause="rate-limited",
        hop="nginx",
        prepare=_generously,
        put=_narrowly,
        fails_with=frozenset({"503", "429"}),
        evidence=lambda _: said(' by zone "sockets"'),
        decided_by=(frozenset({ERROR, HANDSHAKES}), frozenset({ERROR, BROWSER}), frozenset({HANDSHAKES, CONFIG})),
        sample=Sample(seed=4, backend="ws_console"),
        layouts=(EACH,),
        differs="The near miss allows 100 requests a second with a burst; the one that fires one a minute.",
    ),
)
