"""The table of how far each path came, cell by cell: what stands in it, and where it falls to nothing.

In: a Reach. Out: cells with the words of their column and a tone. The hard thing is where a path broke off: at the
first hop that none of its requests came to, if somebody missed them; a file that nginx serves never comes to a backend.
"""

from collections.abc import Iterator

from analyzer.frozen import dataclass
from analyzer.report.figures import Reach, ReachRow
from analyzer.report.phrases import plural
from analyzer.said import said
from analyzer.schema import Hop

__all__ = ["Cell", "below", "came_to", "cells", "worst"]

_HOPS = {
    Hop.CLIENT: said("Client"), Hop.LOAD_BALANCER: said("Balancer"), Hop.NGINX: "nginx",
    Hop.BACKEND: said("Backend"),
}  # fmt: skip
_SERVED = said("Served")
_MOST = 12
_UNTOLD = "\u2013"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its column, its text, how it looks (all, some, none, past, untold), and whether the path broke off."""

    of: str
    text: str
    tone: str
    is_break: bool = False


def came_to(hop: Hop) -> str:
    """Name the column of a hop."""
    return _HOPS[hop]


def worst(reach: Reach) -> tuple[ReachRow, ...]:
    """Give the rows that are shown."""
    return reach.rows[:_MOST]


def cells(reach: Reach, row: ReachRow) -> Iterator[Cell]:
    """Give the cells of a row: one for each hop, and whether its requests were served."""
    broken = not row.missed or row.served > 0
    counts = (*zip(map(came_to, reach.hops), row.reached, strict=True), (_SERVED, row.served))
    for of, count in counts:
        is_break = not broken and count == 0
        tone = "past" if broken and not count else _tone(count, row.requests)
        yield Cell(of, _UNTOLD if count is None else said("{count:,}", count=count), tone, is_break)
        broken = broken or is_break


def below(reach: Reach) -> str:
    """Say what stands below the table: how many paths it leaves out, and what a dash means where there is one."""
    beyond = len(reach.rows) - len(worst(reach)) + reach.more
    more = plural(beyond, "more path") if beyond else ""
    untold = any(count is None for row in worst(reach) for count in row.reached)
    dash = said("A dash: no log in the bundle tells.") if untold else ""
    return said("{more}. {dash}", more=more, dash=dash) if more else dash


def _tone(count: int | None, requests: int) -> str:
    if count is None:
        return "untold"
    if count == 0:
        return "none"
    return "all" if count >= requests else "some"
