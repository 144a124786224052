"""The shapes that every output renders: a fact, and facts under a label.

Nothing comes in, shapes go out. The hard thing: what the config spells and what lasthop says of it stay apart, so that
each output can set the one as code and the other as prose.
"""

from enum import StrEnum

from analyzer.frozen import dataclass

__all__ = ["Fact", "Section", "Tone"]


class Tone(StrEnum):
    """How a fact is to be taken."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    OPEN = "open"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Fact:
    """`code` as a config or a request spells it, `says` in words, `place` where it stands; any may be empty."""

    code: str = ""
    says: str = ""
    place: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a label."""

    label: str
    facts: tuple[Fact, ...]
