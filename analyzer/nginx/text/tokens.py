"""Text to tokens: the terminals of `nginx_conf.lark`, asked as Lark asks them.

In comes a text, out go its tokens with their places. The hard thing is time: a long config is read before anything is
said of it, and Lark's own lexer, which serves every grammar, takes a third of that. Which terminal goes before another
one is what Lark says (lark/lexer.py, BasicLexer), and a test holds this to it.
"""

import re
from collections.abc import Iterator
from functools import cache

from lark import Lark, Token

__all__ = ["Tokens"]


class Tokens:
    """The tokens of one text; what is no nginx config in it may be taken out while they are read."""

    def __init__(self, grammar: Lark, text: str) -> None:
        self._pattern, self._ignored = _pattern_of(grammar), frozenset(grammar.lexer_conf.ignore)
        self._text = text
        self._at = 0

    def __iter__(self) -> Iterator[Token]:
        """Give the tokens, in order. Raises ValueError where none of the terminals matches."""
        match, text, ignored = self._pattern.match, self._text, self._ignored
        line, line_start = 1, 0
        while found := match(text, self._at):
            kind, begin = found.lastgroup, self._at
            self._at = end = found.end()
            if kind is not None and kind not in ignored:
                yield Token(kind, found[0], begin, line, begin - line_start + 1, None, None, end)
            if newlines := text.count("\n", begin, self._at):  # of what was taken until then, too
                line += newlines
                line_start = text.rindex("\n", begin, self._at) + 1
        if self._at < len(text):
            what = f"no terminal of the grammar matches in line {line}"
            raise ValueError(what)

    def taken_until(self, end: int) -> str:
        """Take what stands between the last token and this place: the next token is the one behind it."""
        taken = self._text[self._at : end]
        self._at = end
        return taken

    @property
    def at(self) -> int:
        """Where the last token ended."""
        return self._at


@cache
def _pattern_of(grammar: Lark) -> re.Pattern[str]:
    """All terminals in one: those of a higher priority first, then the longer ones."""
    terminals = sorted(
        grammar.terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name)
    )
    return re.compile("|".join(f"(?P<{each.name}>{each.pattern.to_regexp()})" for each in terminals))
