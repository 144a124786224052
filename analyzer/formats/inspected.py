"""Reads the objects that Node printed into a log line: `{ pathname: '/ws', origin: 'https://app.example.com' }`.

In come texts that hold an object, out go the facts of it that we know a column for. The hard thing is that an object
nests and is printed on one line or on ten (util.inspect); only records whose words mattered come here, and each
distinct text is read once.
"""

import re
from functools import lru_cache

import polars as pl
from lark import Token, Tree
from lark.exceptions import LarkError

from analyzer.formats.facts import Facts, Value, facts_of
from analyzer.grammar import load
from analyzer.grammar.reference import LONGEST

_DEEPEST = 40
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]+)\}|(.))", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def read_objects(texts: pl.Series) -> pl.DataFrame:
    """Read the object of each text: a frame of the same height, see `facts.py` for its columns."""
    distinct = texts.drop_nulls().unique(maintain_order=True)
    rows = [(text, *_facts(text).row()) for text in distinct]
    known = pl.DataFrame(rows, schema={"_text": pl.String, **Facts.schema()}, orient="row")
    return texts.alias("_text").to_frame().join(known, on="_text", how="left", maintain_order="left").drop("_text")


@lru_cache(maxsize=8192)
def _facts(text: str) -> Facts:
    start = text.find("{")
    return facts_of(read_value(text[start:]) if start >= 0 else None)


def read_value(text: str) -> Value:
    """Read what util.inspect printed: objects as dicts, lists as lists, strings as they were; None where it is torn.

    >>> read_value("{ pathname: '/ws', tries: [ 1, 2 ] }")
    {'pathname': '/ws', 'tries': ['1', '2']}
    """
    body = _first_object(text[:LONGEST])
    if body is None:
        return None
    try:
        tree = load("node_inspect").tree(body)
    except LarkError:
        return None
    return _value(_trees(tree)[0], body)


_BRACKETS = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\\n]|\\.)*`|[{}\[\]]""")


def _first_object(text: str) -> str | None:
    """Cut off what follows the first object. A torn one is closed, so that what was printed of it still counts."""
    depth, deepest, open_brackets = 0, 0, []
    for found in _BRACKETS.finditer(text):
        if found[0] in "{[":
            open_brackets.append(found[0])
            depth += 1
        elif found[0] in "}]":
            depth -= 1
            del open_brackets[-1:]
        deepest = max(deepest, depth)
        if depth <= 0 or deepest > _DEEPEST:
            return text[: found.end()] if deepest <= _DEEPEST else None
    closing = "".join("}" if bracket == "{" else "]" for bracket in reversed(open_brackets))
    return text.rstrip().removesuffix(",") + closing


def _trees(tree: Tree[Token]) -> list[Tree[Token]]:
    return [child for child in tree.children if isinstance(child, Tree)]


def _value(value: Tree[Token], text: str) -> Value:
    nested = _trees(value)
    objects = [each for each in nested if each.data == "object"]
    if objects:
        return _object(objects[-1], text)
    if len(nested) == len(value.children) == 1:
        return [_value(_trees(item)[0], text) for item in _trees(nested[0])]
    strings = [child for child in value.children if isinstance(child, Token) and child.type == "STRING"]
    return "".join(map(_unquote, strings)) if strings else _source(value, text)


def _object(tree: Tree[Token], text: str) -> dict[str, Value]:
    return dict(_entry(_trees(item), text) for item in _trees(tree))


def _entry(values: list[Tree[Token]], text: str) -> tuple[str, Value]:
    name = _value(values[0], text)
    key = name if isinstance(name, str) else _source(values[0], text)
    match values[1:]:
        case []:
            return key, None
        case [value]:
            return key, _value(value, text)
        case [first, *_, last]:  # a date, a stack: colons of its own
            return key, text[first.meta.start_pos : last.meta.end_pos]
    raise AssertionError(key)  # pragma: no cover  the cases above are all there are


def _source(value: Tree[Token], text: str) -> str:
    return text[value.meta.start_pos : value.meta.end_pos]


def _unquote(string: str) -> str:
    return _ESCAPE.sub(_unescape, string[1:-1])


def _unescape(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        return chr(min(int(code, 16), 0x10FFFF)).encode(errors="replace").decode()
    return _CONTROL.get(found[4], found[4])
