"""How the command ends: the same codes whatever the output."""

from enum import IntEnum

__all__ = ["Exit"]


class Exit(IntEnum):
    """Exit codes; the same whatever the output."""

    ANALYSED = 0
    FOUND = 1  # only with --fail-on
    USAGE = 2
    NOTHING_READ = 3
    INCOMPLETE = 4  # only with --strict
