r"""The parser's tree, made by the rules of `nginx_conf.lark`, as directives.

In comes a Lark tree of one file, out go directives. The hard thing: values. nginx drops a backslash before a quote or
another backslash, makes `\t \r \n` of those letters, and keeps every other one (ngx_conf_file.c, ngx_conf_read_token).
"""

import re
from typing import cast

from lark import Token, Tree

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
    return tuple(_directive(each, file) for each in tree.children if isinstance(each, Tree))


def _directive(tree: Tree[Token], file: str) -> Directive:
    """Turn a `directive` into one: its words, and a semicolon or a `block`."""
    *tokens, end = tree.children
    words = tuple(_word(token) for token in tokens if isinstance(token, Token))
    first = _token(tokens[0])
    args = tuple(word.text for word in words[1:])
    place = (file, first.line or 1, first.column or 1, words[0].start)
    if isinstance(end, Token):
        return Directive(words[0].text, args, *place, end.end_pos or 0, words)
    opened, *inside, closed = end.children
    block = tuple(_directive(child, file) for child in inside if isinstance(child, Tree))
    body = (_token(opened).end_pos or 0, _token(closed).start_pos or 0)
    return Directive(words[0].text, args, *place, _token(closed).end_pos or 0, words, block, *body)


def _token(child: Token | Tree[Token]) -> Token:
    return cast("Token", child)


def _word(token: Token) -> Word:
    start, end = token.start_pos or 0, token.end_pos or 0
    match token.type:
        case "DOUBLE_QUOTED" | "SINGLE_QUOTED":
            return Word(unescape(token[1:-1]), quoted=True, start=start, end=end)
        case "UNCLOSED_QUOTE":
            return Word(unescape(token[1:]), quoted=True, start=start, end=end)
        case _:
            return Word(unescape(token), quoted=False, start=start, end=end)
