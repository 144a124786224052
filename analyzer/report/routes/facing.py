"""Two Routes beside each other, label by label.

In come the failing Route and, where there is one, a working one; out go rows. The hard thing: a label that only one of
them has still gets its row, in the order of the way through nginx.
"""

from collections.abc import Mapping

from analyzer.frozen import dataclass
from analyzer.nginx import Route
from analyzer.report.routes.facts import Fact
from analyzer.report.routes.sections import LABELS, at_a_glance
from analyzer.said import said

__all__ = ["Facing", "facing"]


@dataclass(frozen=True, slots=True)
class Facing:
    """What two Routes say under one label."""

    label: str
    failing: tuple[Fact, ...]
    working: tuple[Fact, ...]


def facing(failing: Route, working: Route | None) -> tuple[Facing, ...]:
    """Lay two Routes beside each other; without a working one its side is empty."""
    left, right = _by_label(failing), _by_label(working) if working else {}
    return tuple(
        Facing(said(label), left.get(label, ()), right.get(label, ()))
        for label in LABELS
        if label in left or label in right
    )


def _by_label(route: Route) -> Mapping[str, tuple[Fact, ...]]:
    return {section.label: section.facts for section in at_a_glance(route)}
