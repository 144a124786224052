"""proxy_pass has a URI part, or a rewrite cuts: the backend gets the path without the prefix that it needs."""

from tests.lab.drawing import FRONTS_DRAWN
from tests.lab.drawn_site import PREFIXES
from tests.lab.fault import ACCESS, BACKEND, BROWSER, CONFIG, HANDSHAKES, Fault
from tests.lab.scene import Scene
from tests.lab.taking import asked, for_sockets


def _end_in_a_slash(scene: Scene) -> None:
    location = for_sockets(scene)
    passed = next(line for line in location.lines if line.startswith("proxy_pass "))
    location.replace("proxy_pass ", f"{passed.removesuffix(';')}/;")


def _rewrite(scene: Scene) -> None:
    for_sockets(scene).lines.insert(0, f"rewrite ^{scene.prefix}/ws/(.*)$ /$1 break;")


_DECIDED_BY = (
    frozenset({CONFIG, BACKEND, BROWSER}),
    frozenset({CONFIG, BACKEND, HANDSHAKES}),
    frozenset({CONFIG, ACCESS, BACKEND}),
)
_FAILS_WITH = frozenset({"400", "403", "404", "500", "502", "reset"})

FAULTS = (
    Fault(
        cause="path-stripped",
        kind="slash",
        hop="nginx",
        put=_end_in_a_slash,
        fails_with=_FAILS_WITH,
        evidence=asked,
        decided_by=_DECIDED_BY,
        layouts=(PREFIXES,),
        fronts=FRONTS_DRAWN,
        differs="proxy_pass ends in a slash where the rule fires.",
    ),
    Fault(
        cause="path-stripped",
        kind="rewrite",
        hop="nginx",
        put=_rewrite,
        fails_with=_FAILS_WITH,
        evidence=asked,
        decided_by=_DECIDED_BY,
        layouts=(PREFIXES,),
        fronts=FRONTS_DRAWN,
        differs="A rewrite cuts the prefix where the rule fires.",
    ),
)
