"""What a config is made of: words, directives, files; and what of a text could not be read.

In come values that `syntax` has cut from a text; nothing goes out but these frozen shapes. The hard thing: every
directive keeps its offsets in its own file, so that a patch can change one word and leave each comment where it was.
"""

from collections.abc import Iterator
from functools import cached_property

from analyzer.frozen import dataclass
from analyzer.said import said

LEFT_OUT = "stands for lines that were left out"
NOT_INCLUDED = said("names it")


@dataclass(frozen=True, slots=True)
class ConfigText:
    """One file of the bundle: its name inside the bundle, and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a directive: its value as nginx sees it, and where it stands, quotes included."""

    text: str
    quoted: bool
    start: int
    end: int


@dataclass(frozen=True)
class Directive:
    """One directive, with its block where it has one. `start` to `end` covers it up to its `;` or `}`."""

    name: str
    args: tuple[str, ...]
    file: str
    line: int
    column: int
    start: int
    end: int
    words: tuple[Word, ...] = ()
    block: tuple["Directive", ...] | None = None
    body_start: int = 0
    body_end: int = 0

    @property
    def is_torn(self) -> bool:
        """Whether its block ends with the text, and not with a `}`."""
        return self.block is not None and self.end == self.body_end

    def named(self, *names: str) -> tuple["Directive", ...]:
        """Return the directives of its block that bear one of these names."""
        if len(names) == 1:
            return self._by_name.get(names[0], ())
        if names and not any(name in self._by_name for name in names):
            return ()
        return tuple(child for child in self.block or () if child.name in names)

    @cached_property
    def _by_name(self) -> dict[str, tuple["Directive", ...]]:
        found: dict[str, list[Directive]] = {}
        for child in self.block or ():
            found.setdefault(child.name, []).append(child)
        return {name: tuple(children) for name, children in found.items()}

    def walk(self) -> Iterator["Directive"]:
        """Yield itself and all that stands in it, in the order of the text."""
        yield self
        for child in self.block or ():
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A place that was not read as it stands, and why."""

    file: str
    line: int
    reason: str

    @property
    def is_not_included(self) -> bool:
        """Whether it is a whole file to which no include leads."""
        return self.reason.endswith(NOT_INCLUDED)

    @property
    def hides_lines(self) -> bool:
        """Whether the author left lines out here, with an ellipsis in their place."""
        return self.reason.endswith(LEFT_OUT)


@dataclass(frozen=True, slots=True)
class MissingInclude:
    """An `include` whose pattern matches no file of the bundle."""

    pattern: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One config file, read. `source` and `source_line` tell where in the bundle its first line stands.

    `interrupted` are the lines before which the dump has a line that is none of the file's.
    """

    name: str
    text: str
    directives: tuple[Directive, ...]
    skipped: tuple[Skipped, ...]
    source: str
    source_line: int = 1
    interrupted: tuple[int, ...] = ()

    def place(self, line: int) -> tuple[str, int]:
        """Return where in the bundle one of its lines stands."""
        return self.source, self.source_line + line - 1 + sum(before <= line for before in self.interrupted)

    def own_line(self, line: int) -> int | None:
        """Return which of its lines stands on a line of the bundle's text; None where none does."""
        own = line - self.source_line + 1
        own -= sum(before + index < own for index, before in enumerate(self.interrupted))
        return own if 1 <= own <= self.text.count("\n") + 1 and self.place(own) == (self.source, line) else None

    @property
    def opens(self) -> frozenset[str]:
        """The blocks that only a main file opens, as far as it does."""
        return frozenset(each.name for each in self.directives) & {"http", "events", "stream"}

    @property
    def dumped(self) -> bool:
        """Whether it was cut out of an `nginx -T` dump."""
        return self.source != self.name
