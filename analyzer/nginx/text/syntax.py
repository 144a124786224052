"""Text to directives: runs the grammar `nginx_conf.lark`, and repairs what was cut off.

In comes the text of one file; out go its directives and the places that were not read as they stand. The hard thing:
people paste fragments. The parser is fed one statement at a time, so that an unclosed brace, a stray one, a missing
`;` or a lone `...` is mended before the grammar sees it, and is recorded instead of raised.
"""

import re
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree

from analyzer.lark_tables import made_before, save
from analyzer.nginx.text.directives import LEFT_OUT, Directive, Skipped
from analyzer.nginx.text.lua import end_of_lua
from analyzer.nginx.text.mending import Opened, begins_statement, left_behind, unended
from analyzer.nginx.text.strays import blanked
from analyzer.nginx.text.tokens import Tokens
from analyzer.nginx.text.tree import directives_of
from analyzer.nginx.text.vocabulary import is_directive_name
from analyzer.said import said
from analyzer.shipped import shipped

_DEEPEST = 60
"""How many blocks may stand in one another; real configs stay under ten."""

_NOT_CLOSED = said("a '{{' is not closed")

_ELLIPSIS = re.compile(r"""[.…]{2,}|…|\*{3,}|[\[(<]\s*(?:[.…]+|snip)\s*[\])>]?""", re.IGNORECASE)


@cache
def _grammar() -> Lark:
    text = _text()
    return made_before(text) or Lark(text, parser="lalr", lexer="basic", start="config")


def _text() -> str:
    return (shipped("grammars") / "nginx_conf.lark").read_text(encoding="utf-8")


def save_tables(folder: Path) -> None:
    """Save what is made of the grammar into a folder."""
    save(_grammar(), _text(), folder)


def read_text(file: str, text: str) -> tuple[tuple[Directive, ...], tuple[Skipped, ...]]:
    """Read one file's text as far as it goes; where a `}` was lost, again with an eye to how deep the lines stand."""
    readable, strays = blanked(text)
    blanks = [Skipped(file, line, said("{what}, which is no config", what=what)) for line, what in strays]
    directives, skipped = _read(file, readable, by_depth=False)
    if any(skip.reason == _NOT_CLOSED for skip in skipped):
        again, told = _read(file, readable, by_depth=True)
        directives, skipped = (again, told) if len(told) <= len(skipped) else (directives, skipped)
    return directives, tuple(sorted([*blanks, *skipped], key=lambda skip: skip.line))


def _read(file: str, text: str, *, by_depth: bool) -> tuple[tuple[Directive, ...], list[Skipped]]:
    reader = _Reader(file, text, by_depth=by_depth)
    return reader.read(), reader.skipped


class _Reader:
    """Feeds the parser statement by statement; holds the words of the statement that is being read."""

    def __init__(self, file: str, text: str, *, by_depth: bool) -> None:
        self.file = file
        self.by_depth = by_depth
        self.text = text
        self.skipped: list[Skipped] = []
        self._tokens = Tokens(_grammar(), text)
        self._parser = _grammar().parse_interactive(text)
        self._words: list[Token] = []
        self._open: list[Opened] = []
        self._too_deep = 0
        self._dropped_line = 0

    def read(self) -> tuple[Directive, ...]:
        marks = {"SEMICOLON": self._end_statement, "OPEN": self._open_block, "CLOSE": self._close_block}
        for token in self._tokens:
            marks.get(token.type, self._take_word)(token)
        self._finish()
        tree: Tree[Token] = self._parser.feed_token(Token("$END", "", 0, 1, 1))
        return directives_of(tree, self.file)

    def _take_word(self, token: Token) -> None:
        if not self._words:
            line = _line(token)
            if line == self._dropped_line:
                return
            if _ELLIPSIS.fullmatch(token):
                self._dropped_line = line
                self._skip(line, f"{str(token)!r} {LEFT_OUT}")
                return
        if token.type == "UNCLOSED_QUOTE":
            self._skip(_line(token), said("a quote is not closed"))
        elif token.type == "LONE_BACKSLASH":
            self._skip(_line(token), said("the text ends in a backslash"))
            return
        self._words.append(token)

    def _end_statement(self, token: Token) -> None:
        if not self._words:
            if _line(token) != self._dropped_line:
                self._skip(_line(token), said("a ';' that ends nothing"))
            return
        self._feed_statement()
        self._feed(token)

    def _open_block(self, token: Token) -> None:
        if self._too_deep or len(self._open) >= _DEEPEST:
            self._too_deep += 1
            self._words.clear()
            self._skip(_line(token), said("blocks stand too deep in one another"))
            return
        if not self._words:
            self._skip(_line(token), said("a block without a name"))
            self._words.append(_made("WORD", "", token))
        first, *args = self._mended_words()
        self._feed_statement(unended(self._open, first, args))
        self._feed(token)
        self._open.append(Opened(token, str(first), tuple(args), first.column or 1))
        if first.endswith("_by_lua_block"):
            self._pass_over_lua()

    def _pass_over_lua(self) -> None:
        end = end_of_lua(self.text, self._tokens.at)
        self._feed(Token("LUA", self._tokens.taken_until(end)))

    def _close_block(self, token: Token) -> None:
        self._end_unended()
        if self._too_deep:
            self._too_deep -= 1
        elif self._open:
            self._feed(token)
            self._open.pop()
        else:
            self._skip(_line(token), said("a '}}' that closes nothing"))

    def _end_unended(self) -> None:
        if self._words:
            last = self._words[-1]
            self._skip(_line(last), said("a ';' is missing"))
            self._feed_statement()
            self._feed(_made("SEMICOLON", "", last))

    def _finish(self) -> None:
        end = len(self.text)
        last = Token("END", "", start_pos=end, line=self.text.count("\n") + 1, column=1, end_pos=end)
        self._end_unended()
        self._too_deep = 0
        self._close_unended(len(self._open), last)

    def _close_unended(self, count: int, before: Token) -> None:
        for _ in range(count):
            self._skip(_line(self._open.pop().brace), _NOT_CLOSED)
            self._feed(_made("CLOSE", "", before))

    def _feed_statement(self, ended: int = 0) -> None:
        """Feed the words of a statement, behind the braces of the blocks that have ended before it."""
        words = self._mended_words()
        self._close_unended(max(ended, left_behind(self._open, words[0]) if self.by_depth else 0), words[0])
        self._feed_all(words)
        self._words = []

    def _mended_words(self) -> list[Token]:
        """Return the words of the statement, after those of another one whose `;` was lost between two lines."""
        words, start = self._words, 0
        for index in range(1, len(words)):
            if not begins_statement(words, start, index):
                continue
            if is_directive_name(words[start]):
                self._skip(_line(words[index - 1]), said("a ';' is missing"))
                self._feed_all([*words[start:index], _made("SEMICOLON", "", words[index - 1])])
            else:
                self._skip(_line(words[start]), said("words that are no directive of nginx"))
            start = index
        self._words = words[start:]
        return self._words

    def _feed_all(self, tokens: list[Token]) -> None:
        if not self._too_deep:
            for token in tokens:
                self._parser.parser_state.feed_token(token)

    def _feed(self, token: Token) -> None:
        self._feed_all([token])

    def _skip(self, line: int, reason: str) -> None:
        self.skipped.append(Skipped(self.file, line, reason))


def _line(token: Token) -> int:
    return token.line or 1


def _made(kind: str, text: str, at: Token) -> Token:
    """Make a token that the text lacks: it stands right behind `at`, and has no width."""
    place = at.start_pos if kind == "CLOSE" or at.type in {"CLOSE", "END"} else at.end_pos
    return Token(kind, text, start_pos=place, line=at.line, column=at.column, end_pos=place)
