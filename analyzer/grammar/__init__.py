"""One definition of a line format, two engines: Lark for one line, Polars for a column of millions.

In comes a `.lark` file, out goes a Grammar. A rule is a capture; `start`, `_rules` and TERMINALS capture nothing.
The hard thing is that both engines must give one answer; `compilation.py` says how, a property test holds them to it.
"""

import re
from functools import cache
from pathlib import Path

import polars as pl

from analyzer.errors import GrammarError
from analyzer.frozen import dataclass
from analyzer.grammar.compilation import Compiled, NotRegular, compile_grammar
from analyzer.grammar.definition import Node, read_definition
from analyzer.grammar.reference import Reference
from analyzer.grammar.shelf import compiled_before
from analyzer.needed_words import Needs
from analyzer.shipped import shipped

__all__ = ["Grammar", "from_text", "load", "save_tables"]


@dataclass(frozen=True, slots=True)
class Grammar:
    """A line format, or a nested text that only Lark can read (`regular` is False then)."""

    name: str
    lark: Reference
    compiled: Compiled | None
    not_regular: str  # why, or nothing

    @property
    def regular(self) -> bool:
        """Whether Polars can run it."""
        return self.compiled is not None

    @property
    def captures(self) -> tuple[str, ...]:
        """The names of what it takes out of a line."""
        return tuple(self._compiled.whole.groups)

    @property
    def required(self) -> str:
        """The capture that tells a match from no match: it is null only where the line is not of this grammar."""
        return self._compiled.required

    @property
    def pattern(self) -> str:
        """The whole grammar as one regular expression."""
        return self._compiled.whole.pattern

    @property
    def needed(self) -> Needs:
        """What every line that is of this grammar must hold, as far as it is known."""
        return self._compiled.needed

    @property
    def _compiled(self) -> Compiled:
        if self.compiled is None:
            raise GrammarError(f"grammar {self.name} runs in Lark only: {self.not_regular}")
        return self.compiled

    def read(self, raw: pl.Series) -> pl.DataFrame:
        """Read a column: a column per capture, all of them null where a line is not of this grammar."""
        return self._compiled.read(raw)

    def reference(self, line: str) -> dict[str, str | None] | None:
        """Read one line with Lark; None where it is not of this grammar."""
        found = self.lark.captures(line)
        return None if found is None else {name: found.get(name) for name in self.captures}

    def explain(self, line: str) -> str:
        """Say why a line is not read: at which column, and what was expected. Empty where it is read."""
        return self.lark.explain(line)

    def tree(self, text: str) -> Node:
        """Parse a nested text with Lark; raises lark's UnexpectedInput where it does not fit."""
        return self.lark.tree(text)


def from_text(name: str, text: str) -> Grammar:
    """Make a grammar of lark text. Raises GrammarError, which names grammar and rule."""
    try:
        compiled, reason = compiled_before(text) or compile_grammar(read_definition(name, text)), ""
    except NotRegular as why:
        compiled, reason = None, str(why)
    return Grammar(name, Reference(name, text), compiled, reason)


def save_tables(folder: Path) -> None:
    """Save Lark's tables of the grammars that ship, but of those that are read in another way than from `start`."""
    for path in sorted(shipped("grammars").glob("*.lark")):
        text = path.read_text(encoding="utf-8")
        if re.search(r"^\??start\b", text, re.MULTILINE):
            Reference(path.stem, text).save_tables(folder)


@cache
def load(stem: str) -> Grammar:
    """Load a grammar that ships with lasthop."""
    path = shipped("grammars") / f"{stem}.lark"
    return from_text(stem, path.read_text(encoding="utf-8"))
