r"""The parser's tree as directives; each method of the transformer bears the name of its rule in `nginx_conf.lark`.

In comes a Lark tree of one file, out go directives. The hard thing: values. nginx drops a backslash before a quote or
another backslash, makes `\t \r \n` of those letters, and keeps every other one (ngx_conf_file.c, ngx_conf_read_token).
"""

import re
from typing import cast

from lark import Token, Transformer, Tree

from analyzer.nginx.text.directives import Directive, Word

_ESCAPE = re.compile(r"""\\(["'\\trn])""")
_CONTROLS = {"t": "\t", "r": "\r", "n": "\n"}


def unescape(word: str) -> str:
    r"""Return the value that nginx takes a word for.

    >>> unescape(r'a\"b\.c\n')
    'a"b\\.c\n'
    """
    if "\\" not in word:
        return str(word)
    return _ESCAPE.sub(lambda match: _CONTROLS.get(match[1], match[1]), word)


def directives_of(tree: Tree[Token], file: str) -> tuple[Directive, ...]:
    """Turn the tree of one file into its directives."""
    return cast("tuple[Directive, ...]", _Directives(file).transform(tree))


class _Directives(Transformer[Token, object]):
    def __init__(self, file: str) -> None:
        super().__init__(visit_tokens=False)  # they stay as they are
        self._file = file

    def config(self, children: list[Directive]) -> tuple[Directive, ...]:
        return tuple(children)

    def block(self, children: list[Token | Directive]) -> list[Token | Directive]:
        return children

    def directive(self, children: list[Token | list[Token | Directive]]) -> Directive:
        *tokens, end = children
        words = tuple(_word(token) for token in tokens if isinstance(token, Token))
        first = cast("Token", tokens[0])
        return _directive(self._file, first, words, end)


def _directive(file: str, first: Token, words: tuple[Word, ...], end: Token | list[Token | Directive]) -> Directive:
    args = tuple(word.text for word in words[1:])
    place = (file, first.line or 1, first.column or 1, words[0].start)
    if isinstance(end, Token):
        return Directive(words[0].text, args, *place, end.end_pos or 0, words)
    opened, *inside, closed = end
    block = tuple(child for child in inside if isinstance(child, Directive))
    body = (_offset(opened).end_pos or 0, _offset(closed).start_pos or 0)
    return Directive(words[0].text, args, *place, _offset(closed).end_pos or 0, words, block, *body)


def _offset(token: Token | Directive) -> Token:
    return cast("Token", token)


def _word(token: Token) -> Word:
    start, end = token.start_pos or 0, token.end_pos or 0
    match token.type:
        case "DOUBLE_QUOTED" | "SINGLE_QUOTED":
            return Word(unescape(token[1:-1]), quoted=True, start=start, end=end)
        case "UNCLOSED_QUOTE":
            return Word(unescape(token[1:]), quoted=True, start=start, end=end)
        case _:
            return Word(unescape(token), quoted=False, start=start, end=end)
