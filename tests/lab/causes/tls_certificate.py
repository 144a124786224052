"""nginx shows a certificate that no client accepts: expired, of another name, of nobody known."""

from collections.abc import Callable

from tests.lab.certificates import EXPIRED, OTHER_NAME, UNTRUSTED
from tests.lab.fault import BROWSER, Fault, Sample
from tests.lab.paging import by_console, shown
from tests.lab.scene import Scene


def _over_tls(scene: Scene) -> None:
    by_console(scene)
    scene.error_level = "info"
    if not scene.tls:
        certificate = (
            f"ssl_certificate /etc/nginx/tls/{scene.host}.pem;",
            f"ssl_certificate_key /etc/nginx/tls/{scene.host}.key;",
        )
        scene.site.main.lines[:1] = ["listen 443 ssl;", *certificate]
        scene.tls = True


def _show(kind: str) -> Callable[[Scene], None]:
    def put(scene: Scene) -> None:
        scene.certificate = kind

    return put


FAULTS = tuple(
    Fault(
        cause="tls-certificate",
        kind=kind,
        hop="client",
        prepare=_over_tls,
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
