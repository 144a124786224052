"""The port with the certificate's name speaks plain HTTP: `listen 443` without `ssl`."""

from tests.lab.fault import ACCESS, BROWSER, Fault, Sample
from tests.lab.paging import by_console, shown
from tests.lab.scene import Scene


def _in_plain(scene: Scene) -> None:
    scene.site.main.lines[:1] = ["listen 443;"]


FAULTS = (
    Fault(
        cause="wrong-protocol",
        hop="client",
        prepare=by_console,
        put=_in_plain,
        fails_with=frozenset({"tls"}),
        evidence=shown("net::ERR_SSL_PROTOCOL_ERROR"),
        decided_by=(frozenset({BROWSER}), frozenset({BROWSER, ACCESS})),
        can_withhold=False,
        differs="`listen 443 ssl` in the near miss, `listen 443` where it fires.",
        sample=Sample(seed=3, backend="ws_console", browser=True),
    ),
)
