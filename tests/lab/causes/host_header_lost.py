"""The backend compares the page's origin with Host, and nginx sends its upstream's name as Host."""

from tests.lab.drawn_site import EACH, PREFIXES
from tests.lab.fault import BACKEND, BROWSER, CONFIG, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.site import PROXY_SNIPPET
from tests.lab.taking import asked, for_sockets


def _own_page(scene: Scene) -> None:
    scene.same_host, scene.page_host = True, scene.host
    scene.env["ALLOWED_ORIGINS"] = "same-host"


def _drop_host(scene: Scene) -> None:
    snippet = scene.site.snippets.get(PROXY_SNIPPET)
    lines = for_sockets(scene).lines if snippet is None else snippet
    lines[:] = [line for line in lines if "proxy_set_header Host " not in line]


FAULTS = (
    Fault(
        cause="host-header-lost",
        hop="nginx",
        prepare=_own_page,
        put=_drop_host,
        fails_with=frozenset({"403"}),
        evidence=asked,
        decided_by=(frozenset({CONFIG, BACKEND, HANDSHAKES}), frozenset({CONFIG, BACKEND, BROWSER})),
        can_use=lambda service: service.name == "tornado",
        layouts=(EACH, PREFIXES),
        differs="The location hands on the client's Host in the near miss.",
        sample=Sample(seed=4, backend="tornado"),
    ),
)
