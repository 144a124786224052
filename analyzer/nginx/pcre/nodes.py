"""What a pattern is made of.

Nothing comes in; out go the shapes that `reading` builds. The hard thing: a set of bytes is one number, bit b standing
for byte b, so that the parts of a pattern can be compared; the bit behind the last byte is the end of the subject.
"""

from enum import StrEnum

from analyzer.frozen import dataclass

ALL = (1 << 256) - 1
END = 1 << 256
NEWLINE = 1 << 10


class Refused(Exception):  # noqa: N818 - it is no error that a pattern is PCRE's own
    """A construct that Python does not surely read as PCRE does; its text names it."""


class Mode(StrEnum):
    """How a repeat takes its text; the values are what is written behind the quantifier."""

    GREEDY = ""
    LAZY = "?"
    POSSESSIVE = "+"


@dataclass(frozen=True, slots=True)
class Bytes:
    """One byte out of a set."""

    mask: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """Something that holds at a place and takes no text, written as Python writes it."""

    python: str
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """The text of an earlier group again."""

    group: int
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Nodes one after another."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first alternative that fits."""

    branches: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group that captures, under a number and perhaps a name."""

    inside: "Node"
    number: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Atomic:
    """A group that is never entered again."""

    inside: "Node"


@dataclass(frozen=True, slots=True)
class Look:
    """Text that must, or must not, stand before or behind a place."""

    inside: "Node"
    ahead: bool
    negative: bool


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node several times; `most` is None where there is no limit."""

    inside: "Node"
    least: int
    most: int | None
    mode: Mode


Node = Bytes | Assertion | Reference | Sequence | Choice | Group | Atomic | Look | Repeat


def single(byte: int) -> int:
    """Return the set of one byte."""
    return 1 << byte


def among(*bytes_: int) -> int:
    """Return the set of some bytes."""
    return sum(1 << byte for byte in set(bytes_))


def between(first: int, last: int) -> int:
    """Return the set of neighbouring bytes."""
    return (1 << (last + 1)) - (1 << first)


def both_cases(mask: int) -> int:
    """Return a set with each letter of ASCII in both cases."""
    upper, lower = between(65, 90), between(97, 122)
    return mask | (mask & upper) << 32 | (mask & lower) >> 32
