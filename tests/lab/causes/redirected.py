"""The handshake is answered with a redirect: for a slash, for TLS, or to another host."""

from tests.lab.drawn_site import EACH, LAYOUTS
from tests.lab.fault import ACCESS, BROWSER, HANDSHAKES, Fault, Sample, nothing
from tests.lab.scene import Scene
from tests.lab.site import Server
from tests.lab.taking import asked, for_sockets

_LOGGED = frozenset({HANDSHAKES})
_ENOUGH = (_LOGGED, frozenset({ACCESS, BROWSER}))


def _only_with_slash(scene: Scene) -> None:
    for_sockets(scene).match += "/"


def _redirecting_plain(scene: Scene) -> None:
    if scene.tls and not scene.site.others:
        scene.site.others.append(
            Server(["listen 80;", f"server_name {scene.host};", "return 301 https://$host$request_uri;"])
        )


def _dialled_plain(scene: Scene) -> None:
    """Dial in plain from an app: a page that came over https is not let to."""
    if scene.tls:
        scene.page_dials = scene.wanted
        scene.wanted = scene.wanted.but(scheme="ws")
        return
    scene.site.main.lines.append("return 308 https://$host$request_uri;")


def _page_apart(scene: Scene) -> None:
    """Let the page lie on a host of its own: it would be redirected itself, to a name that nobody has."""
    if scene.same_host:
        scene.same_host, scene.page_host = False, f"pages.{scene.host}"


def _elsewhere(scene: Scene) -> None:
    scene.site.main.lines.append(f"return 301 $scheme://www.{scene.host}$request_uri;")


FAULTS = tuple(
    Fault(
        cause="redirected",
        kind=kind,
        hop="nginx",
        prepare=prepare,
        put=put,
        fails_with=frozenset({"301", "308"}),
        evidence=asked,
        decided_by=decided_by,
        layouts=layouts,
        differs=differs,
        sample=Sample(seed=4, backend="ws_console"),
    )
    for kind, prepare, put, layouts, decided_by, differs in (
        ("slash", nothing, _only_with_slash, (EACH,), _ENOUGH, "The location's name ends in a slash where it fires."),
        ("tls", _redirecting_plain, _dialled_plain, LAYOUTS, (_LOGGED,), "The client dials wss:// in the near miss."),
        ("host", _page_apart, _elsewhere, LAYOUTS, _ENOUGH, "The server redirects to www. where it fires."),
    )
)
