"""nginx and its clients have no version of TLS in common, or no cipher."""

from collections.abc import Callable

from tests.lab.fault import BROWSER, Fault, Sample
from tests.lab.paging import by_console, shown, told
from tests.lab.scene import Scene

_MISMATCH = "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH"


def _as_older_clients(scene: Scene) -> None:
    """Let the browser stop at TLS 1.2, as the people without one do (`certificates.Authority.trusting`)."""
    by_console(scene)
    scene.browser_switches = ("--ssl-version-max=tls1.2",)
    scene.error_level = "info"


def _ask(*lines: str) -> Callable[[Scene], None]:
    def put(scene: Scene) -> None:
        scene.site.main.lines += lines

    return put


FAULTS = tuple(
    Fault(
        cause="tls-version",
        kind=kind,
        hop="client",
        prepare=_as_older_clients,
        put=put,
        check=told("tls", _MISMATCH),
        fails_with=frozenset({"tls"}),
        evidence=shown(_MISMATCH),
        decided_by=(frozenset({BROWSER}),),
        can_withhold=False,
        near_miss=_ask("ssl_protocols TLSv1.2 TLSv1.3;"),
        differs="nginx takes TLS 1.2 as well in the near miss, TLS 1.3 alone where it fires; the clients speak 1.2.",
        sample=Sample(seed=5, backend="ws_console", browser=True),
    )
    for kind, put in (
        ("version", _ask("ssl_protocols TLSv1.3;")),
        ("cipher", _ask("ssl_protocols TLSv1.2;", "ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384;")),  # the key is no RSA key
    )
)
