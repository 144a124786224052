"""The grammars that lasthop ships, compiled beforehand: `compiled.json`, which is found by a grammar's very text.

In comes a text, out goes what compiling it gives, or nothing where it is not on the shelf: a user's grammar, and one
that was changed since, are compiled as they always are. The hard thing is that compiling takes longer than a small
bundle may: eighty grammars, of which one reads three. A test holds the file to its sources; without it all works.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias, TypedDict

from analyzer.grammar.compilation import Compiled, Expression, NotRegular
from analyzer.shipped import key_of

__all__ = ["FILE", "compiled_before", "written"]

FILE = Path(__file__).with_name("compiled.json")


class _Pattern(TypedDict):
    pattern: str
    groups: Mapping[str, list[str]]


class _Regular(TypedDict):
    required: str
    needed: list[list[str]]
    whole: _Pattern
    swift: _Pattern


_Row: TypeAlias = _Regular | str
"""What a text compiles to, or why only Lark can run it."""


@cache
def _shelf(file: Path) -> Mapping[str, _Row]:
    shelf: dict[str, _Row] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return shelf


def compiled_before(text: str) -> Compiled | None:
    """Take a grammar from the shelf; None where it is not there. Raises NotRegular where only Lark can run it."""
    row = _shelf(FILE).get(key_of(text))
    if row is None:
        return None
    if isinstance(row, str):
        raise NotRegular(row)
    needed = tuple(map(frozenset, row["needed"]))
    return Compiled(_taken(row["whole"]), _taken(row["swift"]), row["required"], needed)


def _taken(row: _Pattern) -> Expression:
    return Expression(row["pattern"], {name: tuple(groups) for name, groups in row["groups"].items()})


def written(grammars: Mapping[str, Compiled | str]) -> str:
    """Write the file: of each text what it compiles to, or why it does not."""
    rows = {
        key_of(text): compiled if isinstance(compiled, str) else _row(compiled) for text, compiled in grammars.items()
    }
    return json.dumps(dict(sorted(rows.items())), ensure_ascii=False, indent=1) + "\n"


def _row(compiled: Compiled | str) -> _Row:
    if isinstance(compiled, str):
        return compiled
    needed = [sorted(words) for words in compiled.needed]
    whole, swift = _put(compiled.whole), _put(compiled.swift)
    return {"required": compiled.required, "needed": needed, "whole": whole, "swift": swift}


def _put(expression: Expression) -> _Pattern:
    return {"pattern": expression.pattern, "groups": {name: [*of] for name, of in expression.groups.items()}}
