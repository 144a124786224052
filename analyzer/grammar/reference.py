"""Runs a grammar with Lark: the reference for the bulk engine, the parser of nested text, and the one that explains.

In comes one line or text, out go its captures, its tree, or the column and the word at which it stops being such a
line. The hard thing is which of Lark's parsers to trust: LALR with its contextual lexer where the grammar builds
without a conflict, else Earley with `dynamic_complete`.
"""

import logging
from functools import cached_property
from pathlib import Path
from threading import Lock

from lark import Lark, Token, Tree
from lark import logger as lark_logger
from lark.exceptions import GrammarError as LarkGrammarError
from lark.exceptions import LarkError, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from analyzer.errors import GrammarError
from analyzer.frozen import dataclass
from analyzer.grammar.compilation import is_capture
from analyzer.grammar.definition import Node
from analyzer.lark_tables import made_before, save

LONGEST = 8192
"""Lark sees at most this much of a line (characters); it makes some 37,000 short lines a second."""

_EXPECTED_SHOWN, _FOUND_SHOWN = 4, 16
_ONE_AT_A_TIME = Lock()  # what Lark tells its log of one grammar, whoever makes another one would hear as well


class _Conflicts(logging.Handler):
    """Hears what Lark tells only its debug log: that it resolved a shift/reduce conflict as shift."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard = False

    def emit(self, record: logging.LogRecord) -> None:
        self.heard = self.heard or "Shift/Reduce" in record.getMessage()


@dataclass(slots=True, frozen=True)
class _Engine:
    lark: Lark
    kind: str


@dataclass(frozen=True)
class Reference:
    """A grammar run by Lark. Built when first asked, since most runs never need it."""

    name: str
    text: str

    @cached_property
    def _engine(self) -> _Engine:
        try:
            if before := made_before(self.text):
                return _Engine(before, "lalr")
            with _ONE_AT_A_TIME:
                return self._lalr() or self._earley()
        except LarkError as broken:
            raise GrammarError(f"grammar {self.name}: {str(broken).splitlines()[0]}") from None

    def _lalr(self) -> _Engine | None:
        conflicts, level = _Conflicts(), lark_logger.level
        lark_logger.addHandler(conflicts)
        lark_logger.setLevel(logging.DEBUG)
        others = [handler for handler in lark_logger.handlers if handler is not conflicts]
        for handler in others:
            lark_logger.removeHandler(handler)
        try:
            lark = Lark(self.text, parser="lalr", propagate_positions=True, maybe_placeholders=False, debug=True)
        except LarkGrammarError as broken:
            if "Reduce/Reduce" not in str(broken):
                raise
            return None
        finally:
            lark_logger.removeHandler(conflicts)
            lark_logger.setLevel(level)
            for handler in others:
                lark_logger.addHandler(handler)
        return None if conflicts.heard else _Engine(lark, "lalr")

    def _earley(self) -> _Engine:
        lark = Lark(
            self.text, parser="earley", lexer="dynamic_complete", propagate_positions=True, maybe_placeholders=False
        )
        return _Engine(lark, "earley")

    def save_tables(self, folder: Path) -> None:
        """Save what is made of it into a folder, where LALR reads it. Raises GrammarError where Lark does not."""
        if self.kind == "lalr":
            save(self._engine.lark, self.text, folder)

    @property
    def kind(self) -> str:
        """Say which of Lark's parsers runs it: lalr or earley."""
        return self._engine.kind

    def tree(self, text: str) -> Node:
        """Parse a text; raises lark's UnexpectedInput where it does not fit."""
        return self._engine.lark.parse(text)

    def captures(self, line: str) -> dict[str, str] | None:
        """Read one line: the text of every capture that it has, or None."""
        try:
            tree = self.tree(line[:LONGEST])
        except UnexpectedInput:
            return None
        return {str(part.data): _text(part, line) for part in tree.iter_subtrees() if is_capture(str(part.data))}

    def explain(self, line: str) -> str:
        """Say at which column a line stops being one of this grammar, and what was expected there."""
        try:
            self.tree(line[:LONGEST])
        except UnexpectedCharacters as odd:
            return _complaint(odd.column, self._words(odd.allowed or set()), line[odd.pos_in_stream :])
        except UnexpectedToken as odd:
            ended = odd.token.type == "$END"
            column = len(line[:LONGEST]) + 1 if ended else odd.column
            return _complaint(
                column, self._words(odd.accepts or odd.expected), "" if ended else line[odd.token.start_pos or 0 :]
            )
        except UnexpectedEOF as odd:
            return _complaint(len(line) + 1, self._words(set(odd.expected)), "")
        return ""

    def _words(self, names: set[str]) -> list[str]:
        patterns = {terminal.name: terminal.pattern for terminal in self._engine.lark.terminals}
        return sorted(
            '"' + patterns[name].value + '"' if name in patterns and patterns[name].type == "str" else _word(name)
            for name in names
        )


def _word(terminal: str) -> str:
    return "the end" if terminal == "$END" else terminal.strip("_").lower().replace("_", " ")


def _complaint(column: int, expected: list[str], rest: str) -> str:
    shown = " or ".join(expected[:_EXPECTED_SHOWN]) + (" or ..." if len(expected) > _EXPECTED_SHOWN else "")
    found = repr(rest[:_FOUND_SHOWN]) if rest else "the end of the line"
    return f"column {column}: expected {shown}, found {found}"


def _text(part: Tree[Token], line: str) -> str:
    return "" if part.meta.empty else line[part.meta.start_pos : part.meta.end_pos]
