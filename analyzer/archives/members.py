"""What comes out of an archive: members that can be read, and refusals that are told; and how much may come at all.

Nothing comes in. The hard thing is that a budget is the bundle's, and not one archive's: a hundred small archives must
not do what one large one may not.
"""

from analyzer.compression import BROKEN, MOST_OF_ONE, Content, allowance
from analyzer.frozen import dataclass
from analyzer.said import said

__all__ = ["DAMAGE", "Budget", "Member", "Refusal"]

MOST_MEMBERS = 10_000
_MOST_IN_ALL = 64 << 30
_UNPACK = said("Unpack it, and hand in the folder.")
DAMAGE = (*BROKEN, ValueError, NotImplementedError, RecursionError, RuntimeError)
"""What the libraries raise where an archive is damaged, or was made to be."""


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file of an archive. `broke`: why it ends before its end."""

    name: str
    content: Content
    broke: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something of an archive that is not read, or not as it stands there; of the archive itself, `name` is empty."""

    name: str
    what: str
    hint: str = said("The rest of the archive was read.")
    lost: bool = True
    is_last: bool = False


class Budget:
    """How much one bundle may hold in its archives."""

    def __init__(self) -> None:
        self._members = MOST_MEMBERS
        self._bytes = _MOST_IN_ALL

    def of_archive(self, size: int) -> "Allotment":
        """What one archive of that size may hold."""
        return Allotment(self, size)

    def take_member(self) -> bool:
        """Count a member; False where there are too many."""
        self._members -= 1
        return self._members >= 0

    def take_bytes(self, count: int) -> None:
        """Count bytes that were let out."""
        self._bytes -= count

    @property
    def left(self) -> int:
        """How many bytes may still come."""
        return max(0, self._bytes)


class Allotment:
    """How much may come out of one archive: what its size makes believable, and what is left for the bundle."""

    def __init__(self, budget: Budget, size: int) -> None:
        self._budget = budget
        self._left = allowance(size)

    @property
    def most(self) -> int:
        """How large the next member may be."""
        return min(self._left, self._budget.left, MOST_OF_ONE)

    def next_member(self) -> Refusal | None:
        """Count a member; a refusal ends the archive."""
        if self._budget.take_member():
            return None
        return Refusal(
            "",
            said("holds more than the {most_members:,} files that are read of a bundle", most_members=MOST_MEMBERS),
            _UNPACK,
            is_last=True,
        )

    def take(self, size: int) -> None:
        """Count what a member holds."""
        self._left -= size
        self._budget.take_bytes(size)
