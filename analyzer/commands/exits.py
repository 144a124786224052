"""How the command ends: the same codes whatever the output."""

from collections.abc import Iterable
from enum import IntEnum

from analyzer.report.model import Confidence

__all__ = ["Exit", "any_as_sure"]

_SUREST_FIRST = list(Confidence)


class Exit(IntEnum):
    """Exit codes; the same whatever the output."""

    ANALYSED = 0
    FOUND = 1  # only with --fail-on
    USAGE = 2
    NOTHING_READ = 3
    INCOMPLETE = 4  # only with --strict


def any_as_sure(found: Iterable[Confidence], least: Confidence) -> bool:
    """Say whether something was found that is at least so sure: what `--fail-on` asks."""
    return any(_SUREST_FIRST.index(each) <= _SUREST_FIRST.index(least) for each in found)
