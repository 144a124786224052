"""Which incidents a trial records: every cause in turn, and backends, styles and withheld logs as the seed has it.

In: the trial's seed and its options. Out: the orders, by the name of their folder. Some backends and a style are held
back: no rule was ever developed on them, and only a trial of what is held back draws them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.lab.fault import discovered
from tests.lab.order import HELD_BACK_BACKENDS, Order
from tests.lab.services import SERVICES

_WITHHELD_IN = 6
_BROWSER_IN = 8


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a trial is asked for."""

    seed: int | str
    incidents: int
    causes: Sequence[str] = ()
    backends: Sequence[str] = ()
    held_back: bool = False

    def orders(self) -> dict[str, Order]:
        """Return the incidents to record."""
        causes = list(self.causes) or sorted(discovered())
        orders = [self._order(number, causes[number % len(causes)]) for number in range(self.incidents)]
        return {f"{number:04d}-{order.cause}-{order.backend}": order for number, order in enumerate(orders)}

    def _order(self, number: int, cause: str) -> Order:
        dice = Random(f"{self.seed}/{number}")  # noqa: S311  (no secret depends on it)
        seed = dice.randrange(1_000_000)
        fault = Order(cause, seed).fault
        withheld = dice.randrange(_WITHHELD_IN) == 0 and fault.can_withhold
        return Order(
            cause,
            seed,
            backend=self._backend(Order(cause, seed), dice),
            browser=dice.randrange(_BROWSER_IN) == 0,
            withhold=withheld,
            held_back=self.held_back,
        )

    def _backend(self, order: Order, dice: Random) -> str:
        allowed = [name for name, service in sorted(SERVICES.items()) if order.fault.can_use(service)]
        wanted = [name for name in allowed if (name in HELD_BACK_BACKENDS) == self.held_back]
        chosen = [name for name in allowed if name in self.backends] if self.backends else wanted
        return dice.choice(chosen or allowed)
