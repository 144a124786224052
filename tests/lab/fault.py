"""What can go wrong, as the lab can stage it: one file per cause in `causes/`, found by itself.

In: the modules of `causes/`, each of which exports FAULTS. Out: the faults by cause.

A fault changes a drawn scene that is right. `prepare` is done on both sides (a backend that wants tokens, and a client
that has a good one), `put` on the failing side only; so the twin is the same minute without the fault.
"""

import importlib
import pkgutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tests.lab import causes, styles
from tests.lab.drawn_site import LAYOUTS
from tests.lab.front import DIRECT
from tests.lab.scene import Scene
from tests.lab.services.service import Service
from tests.lab.stories import Line
from tests.lab.world import World

CONFIG, ACCESS, ERROR, BACKEND, BROWSER, BALANCER = SOURCES = ("config", "access", "error", "backend", "browser", "lb")
HANDSHAKES = "access:upgrade"  # an access log that also tells what Upgrade was, and the config that says so


def nothing(_: Scene) -> None:
    """Leave the scene as it is."""


def dial(world: World) -> str:
    """Send the wanted request once, from outside the story, and tell what became of it."""
    return world.check(world.scene.wanted)


@dataclass(frozen=True, slots=True)
class Sample:
    """With what a fault's rule twins are recorded (`record rule-<cause>`), so that they stay the same and small."""

    seed: int = 1
    backend: str | None = None
    style: str | None = styles.CONF_D
    browser: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a cause comes about.

    `fails_with` are the outcomes of `check` with the fault (words of `people.Person.attempt`); without it the wanted
    request must succeed. `evidence` must stand in the bundle, as far as its file is handed in. `decided_by` are the
    sets of sources that are each enough to name the cause; with less, to ask for what is missing is right. `accepts`
    are other causes that it would be no error to name; `looks_like` those from which nobody can tell it without the
    deciding log, if they are not called certain.

    The rule's twins are recorded as `sample` says: with `put` where the rule fires, with `near_miss` (nothing, or a
    look-alike) where it must not; `near_miss_yields` names what else the look-alike is, `differs` says it in words.
    """

    cause: str
    hop: str
    put: Callable[[Scene], None]
    fails_with: frozenset[str]
    evidence: Callable[[Scene], Sequence[Line]]
    decided_by: Sequence[frozenset[str]]
    kind: str = ""
    prepare: Callable[[Scene], None] = nothing
    check: Callable[[World], str] = dial
    can_use: Callable[[Service], bool] = bool
    layouts: Collection[str] = LAYOUTS
    styles: Collection[str] = styles.STYLES
    fronts: Sequence[str] = (DIRECT,)
    path: Callable[[Scene], str | None] = lambda scene: scene.wanted.path
    accepts: frozenset[str] = frozenset()
    looks_like: frozenset[str] = frozenset()
    differs: str = ""
    sample: Sample = Sample()
    near_miss: Callable[[Scene], None] = nothing
    near_miss_yields: Sequence[str] = ()
    can_withhold: bool = True

    @property
    def name(self) -> str:
        return f"{self.cause}/{self.kind}" if self.kind else self.cause

    def needs(self, source: str) -> bool:
        """Tell whether nothing decides the cause without this source."""
        read = {HANDSHAKES} if source in {ACCESS, CONFIG} else set()
        return all({source, *read} & enough for enough in self.decided_by)


@cache
def discovered() -> Mapping[str, tuple[Fault, ...]]:
    """Return every fault by its cause."""
    named = sorted(module.name for module in pkgutil.iter_modules(causes.__path__))
    modules = (importlib.import_module(f"{causes.__name__}.{name}") for name in named)
    return {module.FAULTS[0].cause: tuple(module.FAULTS) for module in modules}
