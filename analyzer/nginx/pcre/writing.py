r"""Nodes as Python's `re` takes them, over bytes.

In come nodes, out goes a pattern. The hard thing: what Python surely does like PCRE. A repeated group that may match
nothing, and groups that capture inside an atomic group, a negative look or a look behind, keep their captures
differently.
"""

from collections.abc import Iterator

from analyzer.nginx.pcre.nodes import (
    ALL,
    Assertion,
    Atomic,
    Bytes,
    Choice,
    Group,
    Look,
    Mode,
    Node,
    Reference,
    Refused,
    Repeat,
    Sequence,
)


def written(node: Node) -> str:  # noqa: PLR0911 - each kind of node
    """Return a node as Python writes it, one character for each byte; raise Refused where Python would differ."""
    match node:
        case Bytes():
            return _class(node.mask)
        case Assertion():
            return node.python
        case Reference():
            reference = f"(?:\\{node.group})"
            return f"(?i:{reference})" if node.ignore_case else reference
        case Sequence():
            return "".join(written(item) for item in node.items)
        case Choice():
            return f"(?:{'|'.join(written(branch) for branch in node.branches)})"
        case Group():
            return f"({f'?P<{node.name}>' if node.name else ''}{written(node.inside)})"
        case Atomic():
            _no_captures(node.inside, "an atomic group")
            return f"(?>{written(node.inside)})"
        case Look():
            return _look(node)
        case Repeat():
            return _repeat(node)


def _class(mask: int) -> str:
    if mask == ALL:
        return r"[\x00-\xff]"
    if mask == 0:
        return r"[^\x00-\xff]"
    return f"[{''.join(_ranges(mask))}]"


def _ranges(mask: int) -> Iterator[str]:
    first = 0
    while mask >> first:
        first += ((mask >> first) & -(mask >> first)).bit_length() - 1
        ones = mask >> first
        last = first + (~ones & (ones + 1)).bit_length() - 2
        yield f"\\x{first:02x}" if first == last else f"\\x{first:02x}-\\x{last:02x}"
        first = last + 1


def _look(node: Look) -> str:
    if node.negative or not node.ahead:
        _no_captures(node.inside, "a negative look" if node.negative else "a look behind")
    sign = "!" if node.negative else "="
    if node.ahead:
        return f"(?{sign}{written(node.inside)})"
    branches = node.inside.branches if isinstance(node.inside, Choice) else (node.inside,)
    looks = [f"(?<{sign}{written(branch)})" for branch in branches]
    return "".join(looks) if node.negative else f"(?:{'|'.join(looks)})"


def _repeat(node: Repeat) -> str:
    if node.most != 1 and may_be_empty(node.inside):
        raise Refused("a repeated group that may match nothing")
    possessive = node.mode is Mode.POSSESSIVE
    if possessive:
        _no_captures(node.inside, "a possessive group")
    most = "" if node.most is None else str(node.most)
    counts = {(0, ""): "*", (1, ""): "+", (0, "1"): "?"}.get((node.least, most), f"{{{node.least},{most}}}")
    repeated = f"(?:{written(node.inside)}){counts}"
    return f"(?>{repeated})" if possessive else f"{repeated}{node.mode}"  # `{1,2}+` is wrong before Python 3.11.5


def may_be_empty(node: Node) -> bool:
    """Tell whether a node can match without taking any text."""
    match node:
        case Bytes():
            return False
        case Assertion() | Look() | Reference():
            return True
        case Sequence():
            return all(may_be_empty(item) for item in node.items)
        case Choice():
            return any(may_be_empty(branch) for branch in node.branches)
        case Group() | Atomic():
            return may_be_empty(node.inside)
        case Repeat():
            return node.least == 0 or may_be_empty(node.inside)


def _no_captures(node: Node, where: str) -> None:
    if _captures(node):
        raise Refused(f"a capture in {where}")


def _captures(node: Node) -> bool:
    match node:
        case Bytes() | Assertion() | Reference():
            return False
        case Sequence():
            return any(_captures(item) for item in node.items)
        case Choice():
            return any(_captures(branch) for branch in node.branches)
        case Group():
            return True
        case Atomic() | Look() | Repeat():
            return _captures(node.inside)
