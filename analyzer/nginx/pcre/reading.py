r"""A pattern as nodes.

In comes a pattern, one character for each byte; out go its nodes, or what refuses it. The hard thing: flags reach to
the end of their group, over alternatives, and a digit behind a backslash is a reference or octal by how many groups
there are.
"""

import re
from dataclasses import field

from analyzer.frozen import dataclass
from analyzer.nginx.pcre.classes import ANY_BUT_NEWLINE, SHORTHANDS, escaped, read_class
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
    both_cases,
    single,
)
from analyzer.said import said

_QUANTIFIER = re.compile(r"(?:(?P<sign>[*+?])|\{(?P<least>\d{1,5})(?P<comma>,(?P<most>\d{1,5})?)?\})(?P<mode>[?+]?)")
_NEWER_QUANTIFIER = re.compile(r"\{[ \t]*(?:\d*[ \t]*,[ \t]*\d+|\d+[ \t]*,?)[ \t]*\}")
_FLAGS = re.compile(r"\?(?P<on>[ims]*)(?:-(?P<off>[ims]*))?(?P<end>[:)])")
_NAMED = re.compile(r"\?(?:P?<(?P<angle>[A-Za-z_]\w{0,31})>|'(?P<quoted>[A-Za-z_]\w{0,31})')", re.ASCII)
_NAME_REFERENCE = re.compile(r"k(?:<(\w+)>|'(\w+)'|\{(\w+)\})|g\{([A-Za-z_]\w*)\}", re.ASCII)
_NUMBER_REFERENCE = re.compile(r"g(?:\{(-?\d{1,3})\}|(-?\d{1,3}))", re.ASCII)
_DIGITS = re.compile(r"[1-9]\d*", re.ASCII)
_PYTHON_REFERENCE = re.compile(r"\?P=(\w+)\)", re.ASCII)
_LARGEST_COUNT = 65535
_FEW = 10

_ASSERTIONS = {
    "A": Assertion(r"\A"),
    "G": Assertion(r"\A"),
    "z": Assertion(r"\Z", at_end=True),
    "Z": Assertion(r"(?=\n?\Z)", at_end=True),
    "b": Assertion(r"\b"),
    "B": Assertion(r"(?!\b)"),
}
_LINE_END = {False: Assertion(r"(?=\n?\Z)", at_end=True), True: Assertion(r"(?=\n|\Z)", at_end=True)}
_LINE_START = {False: Assertion(r"\A"), True: Assertion(r"(?:\A|(?<=\n)(?!\Z))")}
_POSSESSED = "hHvV"  # PCRE2 10.42 takes \S+ before \h for possessive, although \h has a byte of \S
_LOOKS = {"?=": (True, False), "?!": (True, True), "?<=": (False, False), "?<!": (False, True)}


@dataclass(frozen=True, slots=True)
class _Flags:
    ignore_case: bool
    multiline: bool = False
    dot_all: bool = False


@dataclass(slots=True)
class _Reader:
    """Reads from left to right; `names` and `closed` are the groups seen so far."""

    pattern: str
    at: int = 0
    groups: int = 0
    names: dict[str, int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)

    def choice(self, flags: _Flags) -> Node:
        """Read alternatives up to the end of the group or of the pattern."""
        branches: list[Node] = []
        items: list[Node] = []
        while not self._sees(")") and self.at < len(self.pattern):
            if self._takes("|"):
                branches.append(Sequence(tuple(items)))
                items = []
                continue
            if (changed := self._flag_setting(flags)) is not None:
                flags = changed
                continue
            items += self._item(flags)
        branches.append(Sequence(tuple(items)))
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _flag_setting(self, flags: _Flags) -> _Flags | None:
        match = _FLAGS.match(self.pattern, self.at + 1) if self._sees("(") else None
        if match is None or match["end"] != ")":
            return None
        self.at = match.end()
        return _changed(flags, match)

    def _item(self, flags: _Flags) -> list[Node]:
        """Read one node with its quantifier; what takes no part, such as a comment, is no node."""
        if self._takes("(?#"):
            self._behind(")", said("a comment that is not closed"))
            return []
        if self._takes("\\Q"):
            return self._quoted(flags)
        if self._takes("\\E"):
            return []
        return [self._repeated(self._atom(flags))]

    def _quoted(self, flags: _Flags) -> list[Node]:
        text, mark, _ = self.pattern[self.at :].partition("\\E")
        self.at += len(text) + len(mark)
        if _QUANTIFIER.match(self.pattern, self.at) and mark:
            raise Refused(said("a quantifier behind \\E"))
        return [_bytes(single(ord(letter)), flags) for letter in text]

    def _atom(self, flags: _Flags) -> Node:  # noqa: PLR0911 - one for each character that is special
        letter = self.pattern[self.at]
        self.at += 1
        match letter:
            case "(":
                return self._group(flags)
            case "[":
                mask, self.at = read_class(self.pattern, self.at, ignore_case=flags.ignore_case)
                return Bytes(mask)
            case ".":
                return Bytes(ALL if flags.dot_all else ANY_BUT_NEWLINE)
            case "^":
                return _LINE_START[flags.multiline]
            case "$":
                return _LINE_END[flags.multiline]
            case "\\":
                return self._escape(flags)
            case "*" | "+" | "?":
                raise Refused(said("a {letter} that repeats nothing", letter=letter))
            case "{" if _QUANTIFIER.match(self.pattern, self.at - 1):
                raise Refused(said("a {{ that repeats nothing"))
            case _:
                return _bytes(single(ord(letter)), flags)

    def _repeated(self, node: Node) -> Node:
        newer = _NEWER_QUANTIFIER.match(self.pattern, self.at)
        match = _QUANTIFIER.match(self.pattern, self.at)
        if newer is not None and match is None:
            raise Refused(said("{newer}, which is a quantifier only since PCRE2 10.43", newer=newer[0]))
        if match is None:
            return node
        if isinstance(node, Assertion | Look):
            raise Refused(said("{match} behind an assertion", match=match[0]))
        self.at = match.end()
        if _QUANTIFIER.match(self.pattern, self.at):
            raise Refused(said("a quantifier behind a quantifier"))
        least, most = _counts(match)
        if most is not None and (most < least or most > _LARGEST_COUNT):
            raise Refused(said("the counts of {match}", match=match[0]))
        return Repeat(node, least, most, Mode(match["mode"]))

    def _escape(self, flags: _Flags) -> Node:
        letter = self.pattern[self.at : self.at + 1]
        if letter and letter in _ASSERTIONS:
            self.at += 1
            return _ASSERTIONS[letter]
        if letter in {"N", "C"} and not self.pattern.startswith("{", self.at + 1):
            self.at += 1
            return Bytes(ANY_BUT_NEWLINE if letter == "N" else ALL)
        if letter and letter in _POSSESSED:
            raise Refused(said("the escape \\{letter} outside a class", letter=letter))
        if (reference := self._reference(flags)) is not None:
            return reference
        mask, self.at = escaped(self.pattern, self.at)
        return Bytes(mask) if letter in SHORTHANDS else _bytes(mask, flags)

    def _reference(self, flags: _Flags) -> Node | None:
        named = _NAME_REFERENCE.match(self.pattern, self.at)
        if named is not None:
            self.at = named.end()
            return self._to(self.names.get(next(filter(None, named.groups()))), flags)
        relative = _NUMBER_REFERENCE.match(self.pattern, self.at)
        if relative is not None:
            self.at = relative.end()
            wanted = int(relative[1] or relative[2])
            return self._to(wanted if wanted > 0 else self.groups + 1 + wanted, flags)
        digits = _DIGITS.match(self.pattern, self.at)
        if digits is None or (int(digits[0]) >= _FEW and digits[0][0] < "8" and int(digits[0]) > self.groups):
            return None
        self.at = digits.end()
        return self._to(int(digits[0]), flags)

    def _to(self, group: int | None, flags: _Flags) -> Reference:
        if group not in self.closed:
            raise Refused(said("a reference to a group that is not closed before it"))
        return Reference(group, flags.ignore_case)

    def _group(self, flags: _Flags) -> Node:
        reference = _PYTHON_REFERENCE.match(self.pattern, self.at)
        if reference is not None:
            self.at = reference.end()
            return self._to(self.names.get(reference[1]), flags)
        if (named := _NAMED.match(self.pattern, self.at)) is not None:
            self.at = named.end()
            return self._capturing(flags, named["angle"] or named["quoted"])
        for mark, (ahead, negative) in _LOOKS.items():
            if self._takes(mark):
                return Look(self._closed(flags), ahead, negative)
        if self._takes("?>"):
            return Atomic(self._closed(flags))
        if (match := _FLAGS.match(self.pattern, self.at)) is not None:
            self.at = match.end()
            return self._closed(_changed(flags, match))
        if self._sees("?") or self._sees("*"):
            raise Refused(said("the group ({pattern}", pattern=self.pattern[self.at : self.at + 3]))
        return self._capturing(flags, None)

    def _capturing(self, flags: _Flags, name: str | None) -> Node:
        self.groups += 1
        number = self.groups
        if name is not None:
            if name in self.names:
                raise Refused(said("two groups named {name}", name=name))
            self.names[name] = number
        inside = self._closed(flags)
        self.closed.add(number)
        return Group(inside, number, name)

    def _closed(self, flags: _Flags) -> Node:
        inside = self.choice(flags)
        if not self._takes(")"):
            raise Refused(said("a group that is not closed"))
        return inside

    def _behind(self, mark: str, otherwise: str) -> None:
        found = self.pattern.find(mark, self.at)
        if found < 0:
            raise Refused(otherwise)
        self.at = found + len(mark)

    def _sees(self, mark: str) -> bool:
        return self.pattern.startswith(mark, self.at)

    def _takes(self, mark: str) -> bool:
        seen = self._sees(mark)
        self.at += len(mark) if seen else 0
        return seen


def read_pattern(pattern: str, *, ignore_case: bool) -> Node:
    """Read a pattern, one character for each byte; raise Refused where Python would read it otherwise."""
    reader = _Reader(pattern)
    node = reader.choice(_Flags(ignore_case))
    if reader.at < len(pattern):
        raise Refused(said("a ) that closes nothing"))
    return node


def _bytes(mask: int, flags: _Flags) -> Bytes:
    return Bytes(both_cases(mask) if flags.ignore_case else mask)


def _changed(flags: _Flags, match: re.Match[str]) -> _Flags:
    on, off = match["on"], match["off"] or ""
    return _Flags(
        ignore_case=(flags.ignore_case or "i" in on) and "i" not in off,
        multiline=(flags.multiline or "m" in on) and "m" not in off,
        dot_all=(flags.dot_all or "s" in on) and "s" not in off,
    )


def _counts(match: re.Match[str]) -> tuple[int, int | None]:
    if match["sign"]:
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[match["sign"]]
    least = int(match["least"])
    if match["comma"] is None:
        return least, least
    return least, int(match["most"]) if match["most"] else None
