"""The host is named by no server of the port, and the default one takes it."""

from tests.lab.fault import ACCESS, BROWSER, CONFIG, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.site import block
from tests.lab.taking import asked


def _beside_another(scene: Scene) -> None:
    """Another site of the team has a server of its own, and it is the default one."""
    at = f"/etc/nginx/tls/{scene.host}"
    listens = ["listen 443 ssl default_server;", f"ssl_certificate {at}.pem;", f"ssl_certificate_key {at}.key;"]
    lines = listens if scene.tls else ["listen 80 default_server;"]
    own = ["root /usr/share/nginx/html;", block("location /", ["try_files $uri $uri/ =404;"])]
    scene.site.http.append(block("server", [*lines, f"server_name docs.{scene.host};", *own]))


def _misspelled(scene: Scene) -> None:
    first, *rest = scene.host.split(".")
    other = scene.random("name").choice((f"{first}s", f"www.{first}", f"{first}-prod"))
    lines = scene.site.main.lines
    lines[lines.index(f"server_name {scene.host};")] = f"server_name {'.'.join([other, *rest])};"


FAULTS = (
    Fault(
        cause="wrong-server-block",
        hop="nginx",
        prepare=_beside_another,
        put=_misspelled,
        fails_with=frozenset({"404"}),
        evidence=asked,
        decided_by=(frozenset({CONFIG, HANDSHAKES}), frozenset({CONFIG, ACCESS, BROWSER})),
        differs="The server_name is the host that clients ask for in the near miss.",
        sample=Sample(seed=4, backend="ws_console"),
    ),
)
