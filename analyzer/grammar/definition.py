"""Reads the text of a `.lark` file into its rules and terminals, with lark's own grammar for grammars.

In comes the text, out goes a Definition. The hard thing is that lark keeps no syntax tree of a grammar it loads, so
we parse the text once more, with the `lark.lark` that lark ships, and compile from that tree.
"""

from collections.abc import Iterator
from dataclasses import field
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from analyzer.errors import GrammarError
from analyzer.frozen import dataclass

Node = Tree[Token]


@dataclass(frozen=True, slots=True)
class Definition:
    """One grammar as written: what every rule and terminal stands for, and the words before them."""

    name: str
    text: str
    rules: dict[str, Node] = field(default_factory=dict)
    terminals: dict[str, Node] = field(default_factory=dict)
    statements: tuple[str, ...] = ()

    def body(self, symbol: str) -> Node:
        """Return what a rule or terminal stands for."""
        found = self.rules.get(symbol) or self.terminals.get(symbol)
        if found is None:
            raise GrammarError(f"grammar {self.name}: {symbol} is used and defined nowhere")
        return found


@cache
def _grammar_of_grammars() -> Lark:
    """Lark's syntax of grammars (lark/grammars/lark.lark)."""
    text = files("lark").joinpath("grammars", "lark.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", maybe_placeholders=False, import_paths=[str(files("lark") / "grammars")])


def read_definition(name: str, text: str) -> Definition:
    """Parse the text of a grammar."""
    try:
        tree = _grammar_of_grammars().parse(text if text.endswith("\n") else text + "\n")
    except UnexpectedInput as broken:
        raise GrammarError(
            f"grammar {name}, line {broken.line}: this is not lark's syntax", "see lark's docs"
        ) from None
    items = [item for item in tree.children if isinstance(item, Tree)]
    return Definition(
        name,
        text,
        {str(item.children[0]): _body(item) for item in items if item.data == "rule"},
        {str(item.children[0]): _body(item) for item in items if item.data == "token"},
        tuple(str(item.data) for item in items if item.data not in {"rule", "token"}),
    )


def _body(item: Node) -> Node:
    body = item.children[-1]
    return body if isinstance(body, Tree) else Tree("expansion", [body])


def used_rules(body: Node) -> Iterator[str]:
    """Name the rules that a body mentions."""
    if body.data == "template_usage":  # what stands in its braces only tells copies apart
        yield str(next(body.scan_values(lambda value: isinstance(value, Token))))
        return
    for part in body.children:
        if isinstance(part, Tree):
            yield from used_rules(part)
        elif part.type == "RULE":
            yield str(part)
