"""nginx shows a certificate that no client accepts: expired, of another name, of nobody known."""

from collections.abc import Callable

from tests.lab.certificates import EXPIRED, OTHER_NAME, UNTRUSTED
from tests.lab.fault import BROWSER, Fault, Sample
from tests.lab.paging import by_console, shown
from tests.lab.scene import Scene


def _tell_all(scene: Scene) -> None:
    by_console(scene)
    scene.error_level = "info"


def _show(kind: str) -> Callable[[Scene], None]:
    def put(scene: Scene) -> None:
        scene.certificate = kind

    return put


FAULTS = tuple(
    Fault(
        cause="tls-certificate",
        kind=kind,
        hop="client",
        prepare=_tell_all,
        put=_show(kind),
        fails_with=frozenset({"tls"}),
        evidence=shown("net::ERR_CERT_"),
        decided_by=(frozenset({BROWSER}),),
        can_withhold=False,
        differs="nginx shows an expired certificate where it fires.",
        sample=Sample(seed=3, backend="ws_console", browser=True),
    )
    for kind in (EXPIRED, OTHER_NAME, UNTRUSTED)
)
