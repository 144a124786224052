"""What incident is asked for: everything that a seed does not decide, and what the seed decides first.

In: the options of a command. Out: the fault, and the scene it is put into.
"""

import json
from dataclasses import asdict, dataclass

from tests.lab import drawing
from tests.lab.drawing import Allowed
from tests.lab.drawn_site import CATCH_ALL
from tests.lab.fault import ACCESS, BACKEND, BALANCER, BROWSER, CONFIG, ERROR, HANDSHAKES, Fault, discovered
from tests.lab.front import HAPROXY
from tests.lab.handing_in import told_by
from tests.lab.processes import LabError
from tests.lab.scene import Scene
from tests.lab.services import SERVICES
from tests.lab.styles import HELD_BACK, NONE, UPSTREAM
from tests.lab.taking import over_tls

# No rule and no fault was ever developed on these.
HELD_BACK_BACKENDS = frozenset({"hypercorn", "ws_morgan"})
_LOGGED = 0.6


@dataclass(frozen=True, slots=True)
class Order:
    """One incident; what is None is the seed's to choose."""

    cause: str
    seed: int
    kind: str | None = None
    backend: str | None = None
    style: str | None = None
    browser: bool | None = None
    withhold: bool = False
    held_back: bool = False

    @property
    def fault(self) -> Fault:
        """Return the fault of this order; among several of one cause the seed chooses."""
        offered = [fault for fault in discovered().get(self.cause, ()) if self.kind in {None, fault.kind}]
        if not offered:
            raise LabError(f"no fault {self.cause} {self.kind or ''}; there are {', '.join(discovered())}")
        return offered[self.seed % len(offered)]

    def scene(self) -> Scene:
        """Draw the scene, as both sides have it; among the backends that the fault can use the seed chooses."""
        fault = self.fault
        able = [SERVICES[name] for name in sorted(SERVICES) if self._may_use(name) and fault.can_use(SERVICES[name])]
        if not able:
            raise LabError(f"{fault.name} cannot be put into {self.backend or 'any backend'}")
        service = able[self.seed // 7 % len(able)]
        styles = {self.style} if self.style else self._styles(fault)
        scene = drawing.scene(self.seed, service, Allowed(fault.layouts, styles, fault.fronts))
        scene.browser = scene.browser if self.browser is None else self.browser
        self._make_decidable(scene)
        fault.prepare(scene)
        self._let_the_page_ask(scene)
        if scene.browser and not scene.same_host:
            over_tls(scene)  # such a page lies at https, and what it dials in plain the browser blocks
        return scene

    def _let_the_page_ask(self, scene: Scene) -> None:
        """Let a page that sends plain requests lie on the host that it asks, or leave it out: no backend does CORS."""
        asked = scene.page_dials or scene.wanted
        if asked.websocket or scene.same_host or not scene.browser or self.fault.needs(BROWSER):
            return
        if scene.layout == CATCH_ALL:
            scene.browser = False
        else:
            scene.same_host, scene.page_host = True, scene.host

    def _may_use(self, name: str) -> bool:
        return name == self.backend or (self.backend is None and (name in HELD_BACK_BACKENDS) == self.held_back)

    def _make_decidable(self, scene: Scene) -> None:
        """Have the handshakes told, by the browser or by the access log, where nothing would be decided without."""
        there = {
            *(ACCESS, ERROR, BACKEND),
            *([CONFIG] if scene.style != NONE else []),
            *([BROWSER] if scene.browser else []),
            *([BALANCER] if scene.front == HAPROXY else []),
        }
        if any(enough <= told_by(scene, there) for enough in self.fault.decided_by):
            return
        logged = CONFIG in there and any(enough <= {*there, HANDSHAKES} for enough in self.fault.decided_by)
        shown = any(enough <= {*there, BROWSER} for enough in self.fault.decided_by)
        if logged and (not shown or self.browser is False or scene.random("told").random() < _LOGGED):
            scene.log_format = UPSTREAM
        else:
            scene.browser = True

    def _styles(self, fault: Fault) -> set[str]:
        if self.held_back:
            return set(HELD_BACK)
        return set(fault.styles) - ({NONE} if fault.needs(CONFIG) else set())

    def written(self) -> str:
        """Write the order in a line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, written: str) -> "Order":
        """Read what `written` wrote."""
        return cls(**json.loads(written))
