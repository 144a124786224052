"""What many faults change of a drawn site, and the lines that their recordings must hold.

In: a scene. Out: its location, for a fault to change; its server, speaking TLS.
"""

from collections.abc import Sequence

from tests.lab.drawn_site import CATCH_ALL, EACH
from tests.lab.scene import Scene
from tests.lab.site import Location
from tests.lab.stories import Line


def for_sockets(scene: Scene) -> Location:
    """Return the location that takes the wanted WebSocket of a scene as it was drawn."""
    match = {CATCH_ALL: "/", EACH: f"{scene.prefix}/ws/chat"}.get(scene.layout, f"{scene.prefix}/ws/")
    return scene.site.main.location(match)


def for_api(scene: Scene) -> Location:
    """Return the location that takes the application's plain requests."""
    return scene.site.main.location("/" if scene.layout == CATCH_ALL else f"{scene.prefix}/api/")


def over_tls(scene: Scene) -> None:
    """Let the site speak TLS, if nothing before it does."""
    if scene.secure:
        return
    certificate = (
        f"ssl_certificate /etc/nginx/tls/{scene.host}.pem;",
        f"ssl_certificate_key /etc/nginx/tls/{scene.host}.key;",
    )
    scene.site.main.lines[:1] = ["listen 443 ssl;", *certificate]
    scene.tls = True


def asked(scene: Scene) -> Sequence[Line]:
    """The wanted path stands in nginx's access log."""
    return (Line("nginx/access.log", scene.wanted.path),)


def said(words: str) -> Sequence[Line]:
    """Return words that stand in nginx's error log."""
    return (Line("nginx/error.log", words),)
