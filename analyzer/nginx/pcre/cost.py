"""How long a search may take at worst, before it is made.

In come nodes and a text, out goes whether a search surely ends soon. The hard thing: nested repeats take exponential
time, and PCRE gives up after ten million steps from one start (pcre2api(3), the match limit), whereupon nginx answers
500. The bound counts in how many ways each part can match; where what follows cannot begin inside it, that is one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import field

from analyzer.frozen import dataclass
from analyzer.nginx.pcre.nodes import (
    ALL,
    END,
    NEWLINE,
    Assertion,
    Atomic,
    Bytes,
    Choice,
    Group,
    Look,
    Mode,
    Node,
    Reference,
    Repeat,
    Sequence,
)
from analyzer.nginx.pcre.writing import may_be_empty

_FROM_ONE_START = 10_000_000
_ALTOGETHER = 50_000_000
_ENDLESS = 1e18
_LENGTHS = (32, 128, 512, 2048, 8192, 32768)
_ANYTHING = ALL | END


@dataclass(frozen=True, slots=True)
class _Text:
    """A text by how often each byte stands in it; without counts the worst one of its length."""

    length: int
    counts: tuple[tuple[int, int], ...] | None = None

    def count(self, mask: int) -> int:
        """Return at how many places a byte of a set may stand, the end among them."""
        if self.counts is None:
            return self.length + 1
        return sum(times for byte, times in self.counts if mask >> byte & 1) + (mask >> 256 & 1)

    def has(self, mask: int) -> bool:
        """Tell whether a byte of a set stands in it, or the end is one of the set."""
        return mask != 0 and (self.counts is None or self.count(mask) > 0)


@dataclass(frozen=True, slots=True)
class Bound:
    """In how many ways a node may match from one start, and the steps to try them all."""

    ways: float
    steps: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What searches for one pattern may cost. Texts up to the length `safe` need no closer look."""

    node: Node = field(repr=False)
    safe: int

    def is_bearable(self, subject: bytes) -> bool:
        """Tell whether a search in a text ends soon, here and within PCRE's limit."""
        if len(subject) <= self.safe:
            return True
        return _bearable(self.node, _Text(len(subject), tuple(Counter(subject).items())))


def cost_of(node: Node) -> Cost:
    """Return what searches for a pattern may cost."""
    safe = 0
    for length in _LENGTHS:
        if not _bearable(node, _Text(length)):
            break
        safe = length
    return Cost(node, safe)


def _bearable(node: Node, text: _Text) -> bool:
    steps = _bound(node, text, _ANYTHING, final=True).steps
    starts = 1 if _anchored(node) else text.count(_first(node, _ANYTHING)) + 1
    return steps <= _FROM_ONE_START and starts * steps + text.length <= _ALTOGETHER


def _bound(node: Node, text: _Text, follow: int, *, final: bool) -> Bound:  # noqa: PLR0911 - each kind of node
    """Bound a node before what may `follow`; where it is `final` nothing behind it can fail."""
    match node:
        case Bytes() | Assertion():
            return Bound(1, 1)
        case Reference():
            return Bound(1, text.length + 1)
        case Sequence():
            return _sequence(node, text, follow, final=final)
        case Choice():
            return _choice(node, text, follow, final=final)
        case Group():
            return _bound(node.inside, text, follow, final=final)
        case Atomic() | Look():
            return Bound(1, _bound(node.inside, text, _ANYTHING, final=False).steps + 1)
        case Repeat(Bytes()):
            return _run(node, text, follow, final=final)
        case Repeat():
            return _repeat(node, text, follow, final=final)


def _sequence(node: Sequence, text: _Text, follow: int, *, final: bool) -> Bound:
    follows = [follow]
    for item in reversed(node.items[1:]):
        follows.append(_first(item, follows[-1]))
    ways, steps = 1.0, 0.0
    for index, (item, behind) in enumerate(zip(node.items, reversed(follows), strict=False)):
        last = index == len(node.items) - 1
        bound = _bound(item, text, behind, final=final and last)
        steps = min(steps + ways * bound.steps, _ENDLESS)
        ways = min(ways * bound.ways, _ENDLESS)
    return Bound(ways, steps + 1)


def _choice(node: Choice, text: _Text, follow: int, *, final: bool) -> Bound:
    bounds = [_bound(branch, text, follow, final=final) for branch in node.branches]
    seen, apart = 0, True
    for branch in node.branches:
        first = _first(branch, follow)
        apart, seen = apart and not text.has(seen & first), seen | first
    ways = max(bound.ways for bound in bounds) if apart or final else sum(bound.ways for bound in bounds)
    return Bound(min(ways, _ENDLESS), min(sum(bound.steps for bound in bounds) + len(bounds), _ENDLESS))


def _run(node: Repeat, text: _Text, follow: int, *, final: bool) -> Bound:
    mask = node.inside.mask if isinstance(node.inside, Bytes) else ALL
    longest = min(text.count(mask), text.length if node.most is None else node.most)
    one = final or node.mode is Mode.POSSESSIVE or not text.has(mask & follow)
    ways = 1 if one else min(max(longest - node.least, 0), text.count(follow)) + 1
    return Bound(ways, 2 * (longest + 1))


def _repeat(node: Repeat, text: _Text, follow: int, *, final: bool) -> Bound:
    begin = _first(node.inside, 0)
    inside = _bound(node.inside, text, begin | follow, final=final and node.least <= 1)
    most = text.length if node.most is None else node.most
    times = min(most, text.length // max(_shortest(node.inside), 1), _required(node.inside, text))
    paths: float = 1 if final or not text.has(begin & follow) else max(times - node.least, 0) + 1
    steps = (times + 1) * inside.steps
    if inside.ways > 1:
        paths = _power(inside.ways, times + 1)
        steps = paths * inside.steps
    elif not final and (leaves := _leaves(node.inside)):
        steps = (times + 1) * leaves + 2 * inside.steps
    ways = 1 if node.mode is Mode.POSSESSIVE else paths
    return Bound(min(ways, _ENDLESS), min(steps + 1, _ENDLESS))


def _power(base: float, exponent: int) -> float:
    try:
        return min(base**exponent, _ENDLESS)
    except OverflowError:
        return _ENDLESS


def _first(node: Node, follow: int) -> int:  # noqa: C901, PLR0911 - each kind of node
    """Return which bytes may stand where a node begins; where it may be empty, what follows begins there, too."""
    match node:
        case Bytes():
            return node.mask
        case Assertion():
            return END | NEWLINE if node.at_end else follow
        case Reference():
            return _ANYTHING
        case Sequence():
            for item in reversed(node.items):
                follow = _first(item, follow)
            return follow
        case Choice():
            found = 0
            for branch in node.branches:
                found |= _first(branch, follow)
            return found
        case Group() | Atomic():
            return _first(node.inside, follow)
        case Look():
            return follow
        case Repeat():
            return _first(node.inside, follow) | (follow if node.least == 0 else 0)


def _anchored(node: Node) -> bool:
    """Tell whether a node can match nowhere but at the start."""
    match node:
        case Assertion():
            return node.python == r"\A"
        case Sequence():
            return any(_anchored(item) for item in node.items[:1])
        case Choice():
            return all(_anchored(branch) for branch in node.branches)
        case Group() | Atomic():
            return _anchored(node.inside)
        case _:
            return False


def _shortest(node: Node) -> int:
    match node:
        case Bytes():
            return 1
        case Sequence():
            return sum(_shortest(item) for item in node.items)
        case Choice():
            return min(_shortest(branch) for branch in node.branches)
        case Group() | Atomic():
            return _shortest(node.inside)
        case Repeat():
            return node.least * _shortest(node.inside)
        case _:
            return 0


def _leaves(node: Node) -> int:
    """Count the parts of a node that takes each byte of the text once; 0 where a part may look far ahead each time."""
    match node:
        case Bytes() | Assertion():
            return 1
        case Sequence():
            return _all_leaves(node.items)
        case Choice():
            return _all_leaves(node.branches)
        case Group() | Repeat():
            return _leaves(node.inside)
        case _:
            return 0


def _all_leaves(nodes: tuple[Node, ...]) -> int:
    counts = [_leaves(node) for node in nodes]
    return sum(counts) if all(counts) else 0


def _required(node: Node, text: _Text) -> int:
    """Return how often a node can match side by side, by the rarest byte that each match takes."""
    return min((text.count(mask) for mask in _taken(node)), default=text.length)


def _taken(node: Node) -> Iterator[int]:
    match node:
        case Bytes():
            yield node.mask
        case Sequence():
            for item in node.items:
                yield from _taken(item)
        case Group() | Atomic():
            yield from _taken(node.inside)
        case Repeat() if node.least and not may_be_empty(node.inside):
            yield from _taken(node.inside)
