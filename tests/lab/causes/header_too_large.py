"""A cookie, or a URL, that fits into none of nginx's buffers."""

from tests.lab.fault import BROWSER, CONFIG, ERROR, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import said

_LONG = 3000


def _much_cookie(scene: Scene) -> None:
    scene.error_level = "info"
    scene.wanted = scene.wanted.but(headers={"Cookie": "session=" + "c2Vzc2lvbg" * (_LONG // 10)})


def _much_query(scene: Scene) -> None:
    scene.error_level = "info"
    scene.wanted = scene.wanted.but(query={"state": "c3RhdGU" * (_LONG // 7)})


def _small_buffers(scene: Scene) -> None:
    scene.site.http.append("large_client_header_buffers 4 2k;")


FAULTS = (
    Fault(
        cause="header-too-large",
        kind="header",
        hop="nginx",
        prepare=_much_cookie,
        put=_small_buffers,
        fails_with=frozenset({"400"}),
        evidence=lambda _: said("client sent too long header line"),
        decided_by=(frozenset({ERROR, HANDSHAKES}), frozenset({ERROR, BROWSER})),
        sample=Sample(seed=4, backend="ws_console"),
        differs="nginx has its own four buffers of 8k in the near miss; 2k where it fires.",
    ),
    Fault(
        cause="header-too-large",
        kind="url",
        hop="nginx",
        prepare=_much_query,
        put=_small_buffers,
        fails_with=frozenset({"414"}),
        evidence=lambda _: said("client sent too long URI"),
        decided_by=(frozenset({ERROR, HANDSHAKES}), frozenset({HANDSHAKES, CONFIG})),
        differs="nginx has its own four buffers of 8k in the near miss; 2k where it fires.",
    ),
)
