"""proxy_pass has a URI part, or a rewrite cuts: the backend gets the path without the prefix that it needs."""

from tests.lab.drawing import FRONTS_DRAWN
from tests.lab.drawn_site import PREFIXES
from tests.lab.fault import ACCESS, BACKEND, BROWSER, CONFIG, ERROR, HANDSHAKES, Fault
from tests.lab.scene import Scene
from tests.lab.services.service import Service
from tests.lab.taking import asked, for_sockets


def _end_in_a_slash(scene: Scene) -> None:
    location = for_sockets(scene)
    passed = next(line for line in location.lines if line.startswith("proxy_pass "))
    location.replace("proxy_pass ", f"{passed.removesuffix(';')}/;")


def _answers(service: Service) -> bool:
    return service.name != "socket_io"  # it hangs up on a handshake to a path that it does not serve


def _rewrite(scene: Scene) -> None:
    for_sockets(scene).lines.insert(0, f"rewrite ^{scene.prefix}/ws/(.*)$ /$1 break;")


_DECIDED_BY = (
    frozenset({CONFIG, BACKEND, BROWSER}),
    frozenset({CONFIG, BACKEND, HANDSHAKES}),
    frozenset({CONFIG, ACCESS, BACKEND}),
)
_HUNG_UP_ON = (
    frozenset({CONFIG, ERROR, BROWSER}),
    frozenset({CONFIG, ERROR, HANDSHAKES}),
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
        can_use=_answers,
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
        can_use=_answers,
        layouts=(PREFIXES,),
        fronts=FRONTS_DRAWN,
        differs="A rewrite cuts the prefix where the rule fires.",
    ),
    Fault(
        cause="path-stripped",
        kind="hung-up-on",
        hop="nginx",
        put=_end_in_a_slash,
        fails_with=_FAILS_WITH,
        evidence=asked,
        decided_by=_HUNG_UP_ON,
        can_use=lambda service: service.name == "socket_io",
        layouts=(PREFIXES,),
        fronts=FRONTS_DRAWN,
        differs="proxy_pass ends in a slash where the rule fires, and socket.io hangs up without a word.",
    ),
)
