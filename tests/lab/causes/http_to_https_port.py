"""Plain HTTP comes to a port with TLS."""

from tests.lab.fault import ERROR, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import said


def _tell_all(scene: Scene) -> None:
    scene.error_level = "info"


def _plain(scene: Scene) -> None:
    """Dial the TLS port in plain; where the site is plain, let its port speak TLS."""
    if scene.tls:
        scene.wanted = scene.wanted.but(scheme="ws", port=443)
        return
    certificate = (
        f"ssl_certificate /etc/nginx/tls/{scene.host}.pem;",
        f"ssl_certificate_key /etc/nginx/tls/{scene.host}.key;",
    )
    scene.site.main.lines[:1] = ["listen 80 ssl;", *certificate]


FAULTS = (
    Fault(
        cause="http-to-https-port",
        hop="nginx",
        prepare=_tell_all,
        put=_plain,
        fails_with=frozenset({"400"}),
        evidence=lambda _: said("client sent plain HTTP request to HTTPS port"),
        decided_by=(frozenset({ERROR, HANDSHAKES}),),
        sample=Sample(seed=4, backend="ws_console"),
        differs="The client dials wss:// in the near miss, and ws:// on the same port where it fires.",
    ),
)
