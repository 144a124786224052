"""A stretch of a text that stands for somebody, and what it is."""

from enum import Enum, auto

from analyzer.frozen import dataclass


class Kind(Enum):
    """What stands there."""

    ADDRESS = auto()
    DASHED = auto()  # an address within a name: ip-10-0-0-7
    HOST = auto()
    NAME = auto()
    USER = auto()
    ID = auto()
    SITE = auto()  # a domain's own word


@dataclass(frozen=True, slots=True)
class Stands:
    """From where to where, and what."""

    start: int
    end: int
    kind: Kind
