"""Compiles a grammar to one regular expression with named groups, for Polars to run over a column in Rust.

In comes a Definition, out goes a Compiled, or a NotRegular that says why only Lark can run it. The hard thing is to
give both engines one meaning: a repetition of a *rule* ends at the first place where what follows can go on, as the
contextual lexer ends it when the parser can take a longer literal there, so it becomes a lazy group; a repetition
inside a *terminal* is greedy, as written.
"""

from dataclasses import field

import polars as pl
from lark import Token, Tree

from analyzer.errors import GrammarError
from analyzer.frozen import dataclass
from analyzer.grammar.definition import Definition, Node, used_rules
from analyzer.grammar.dialect import regexp_of_regexp, regexp_of_string
from analyzer.needed_words import Needs, all_needed

_LAZY = {"*": "*?", "+": "+?"}


class NotRegular(Exception):  # noqa: N818  a property of the grammar, nothing wrong with it
    """Only Lark can run this grammar. Says why."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression, and which of its groups make up which capture."""

    pattern: str
    groups: dict[str, tuple[str, ...]]

    def read(self, raw: pl.Series) -> pl.DataFrame:
        """Run it over a column: per capture a column, all null where a text does not fit.

        The groups are taken out at once and by name: Polars runs the expression anew for every field of a struct
        that stands in another expression.
        """
        found = raw.str.extract_groups(self.pattern).struct.unnest()
        return found.select(pl.coalesce(groups).alias(name) for name, groups in self.groups.items())


@dataclass(frozen=True, slots=True)
class Compiled:
    """A grammar as an expression, and the capture that every line has.

    `swift` reads the plain lines of the grammar only: of every choice the first branch, of every repetition at most
    one turn. What it reads, it reads as `whole` does; but it leaves nothing to try twice, and Rust's engine then
    needs a third of the time (docs.rs/regex-automata, `dfa::onepass`).
    """

    whole: Expression
    swift: Expression
    required: str
    needed: Needs

    def read(self, raw: pl.Series) -> pl.DataFrame:
        """Read a column: swiftly what is plain, and what is not as a whole."""
        plain = self.swift.read(raw)
        known = plain[self.required].is_not_null()
        if known.all():
            return plain.select(name if name in plain.columns else _none(name) for name in self.whole.groups)
        rest = raw.to_frame().select(pl.when(~known).then(pl.first())).to_series()
        whole = self.whole.read(rest)
        return whole.with_columns(pl.coalesce(plain[name], name).alias(name) for name in plain.columns)


def _none(capture: str) -> pl.Expr:
    return pl.lit(None, pl.String).alias(capture)


def compile_grammar(definition: Definition) -> Compiled:
    """Compile a grammar, or raise NotRegular."""
    _refuse_what_only_lark_does(definition)
    whole = _Writer(definition).expression()
    always = _captures(definition, definition.body("start"), certain=True)
    if not always:
        raise GrammarError(f"grammar {definition.name}: no capture that every line has", "one must not be optional")
    return Compiled(whole, _SwiftWriter(definition).expression(), always[0], all_needed(whole.pattern))


def _refuse_what_only_lark_does(definition: Definition) -> None:
    if definition.statements:
        raise NotRegular("it uses %" + definition.statements[0])
    open_rules = {name: set(used_rules(body)) for name, body in definition.rules.items()}
    while closed := {name for name, uses in open_rules.items() if not uses & open_rules.keys()}:
        open_rules = {name: uses for name, uses in open_rules.items() if name not in closed}
    if open_rules:
        raise NotRegular(f"{min(open_rules)} contains itself")


def _group(name: str, number: int) -> str:
    return f"{name}__{number}" if number else name


def is_capture(rule: str) -> bool:
    """Say whether a rule's text is a value: every rule but `start` and `_hidden` ones."""
    return rule != "start" and not rule.startswith("_")


@dataclass(slots=True)
class _Writer:
    definition: Definition
    counts: dict[str, int] = field(default_factory=dict)

    def expression(self) -> Expression:
        pattern = self.rule("start", repeated=False)
        groups = {name: tuple(_group(name, n) for n in range(count)) for name, count in self.counts.items()}
        return Expression(f"^(?:{pattern})$", groups)

    def rule(self, name: str, *, repeated: bool) -> str:
        if name.startswith(("?", "!")):
            raise GrammarError(f"grammar {self.definition.name}: {name} has a modifier", "lines need none")
        if not is_capture(name):
            return self.node(self.definition.body(name), name, repeated=repeated)
        if repeated:
            raise NotRegular(f"{name} is repeated; a repeated part is captured whole")
        group = _group(name, self.counts.get(name, 0))
        self.counts[name] = self.counts.get(name, 0) + 1
        return f"(?P<{group}>{self.node(self.definition.body(name), name, repeated=False)})"

    def node(self, node: Node, where: str, *, repeated: bool) -> str:
        match node.data:
            case "expansions" | "expansion" | "maybe":
                return self.group(node, where, repeated=repeated)
            case "expr":
                return self.expr(node, where, repeated=repeated)
            case "name":
                return self.name(str(node.children[0]), where, repeated=repeated)
            case "template_usage":  # `_text{message}`: a copy of `_text`, so that Lark keeps apart what may follow it
                return self.name(str(_parts(node)[0].children[0]), where, repeated=repeated)
            case "literal":
                return _literal(self.definition, node, where)
        raise GrammarError(f"grammar {self.definition.name}, {where}: {node.data} is not for lines")

    def branches(self, node: Node) -> list[Node]:
        return _parts(node)

    def group(self, node: Node, where: str, *, repeated: bool) -> str:
        parts = [self.node(part, where, repeated=repeated) for part in self.branches(node)]
        if node.data == "expansion":
            _refuse_twice(self.definition, node, where)
            return "".join(parts)
        return f"(?:{'|'.join(parts)})" + ("?" if node.data == "maybe" else "")

    def expr(self, node: Node, where: str, *, repeated: bool) -> str:
        operation = str(node.children[-1])
        if operation not in {"*", "+", "?"}:
            raise GrammarError(f"grammar {self.definition.name}, {where}: ~ is not for lines")
        inner = self.node(_parts(node)[0], where, repeated=repeated or operation in _LAZY)
        return f"(?:{inner}){self.repetition(operation)}"

    def repetition(self, operation: str) -> str:
        return _LAZY.get(operation, operation)

    def name(self, name: str, where: str, *, repeated: bool) -> str:
        if name in self.definition.terminals:
            return terminal(self.definition, name)
        if name not in self.definition.rules:
            raise GrammarError(f"grammar {self.definition.name}, {where}: {name} is defined nowhere")
        return self.rule(name, repeated=repeated)


class _SwiftWriter(_Writer):
    """Writes the first branch of every choice, and at most one turn of every repetition."""

    def branches(self, node: Node) -> list[Node]:
        parts = _parts(node)
        return parts[:1] if node.data == "expansions" else parts

    def repetition(self, operation: str) -> str:
        return {"*": "??", "+": ""}.get(operation, operation)


def terminal(definition: Definition, name: str) -> str:
    """Write a terminal: literals and other terminals, one after the other (lark sorts alternatives by length)."""
    body = definition.body(name)
    parts = _parts(body) if body.data == "expansion" else [body]
    return "".join(_terminal_part(definition, part, name) for part in parts)


def _terminal_part(definition: Definition, part: Node, where: str) -> str:
    if part.data == "name" and str(part.children[0]) in definition.terminals:
        return terminal(definition, str(part.children[0]))
    if part.data != "literal":
        raise GrammarError(f"grammar {definition.name}, {where}: {part.data} in a terminal", "write one regexp")
    return _literal(definition, part, where)


def _literal(definition: Definition, node: Node, where: str) -> str:
    token = node.children[0]
    place = f"grammar {definition.name}, {where}"
    if isinstance(token, Token) and token.type == "REGEXP":
        return f"(?:{regexp_of_regexp(str(token), place)})"
    return regexp_of_string(str(token), place)


def _parts(node: Node) -> list[Node]:
    return [part for part in node.children if isinstance(part, Tree)]


def _refuse_twice(definition: Definition, sequence: Node, where: str) -> None:
    seen = [name for part in _parts(sequence) for name in set(_captures(definition, part, certain=False))]
    twice = next((name for name in seen if seen.count(name) > 1), None)
    if twice:
        raise GrammarError(f"grammar {definition.name}, {where}: {twice} comes twice in one line", "use two names")


def _captures(definition: Definition, node: Node, *, certain: bool) -> list[str]:
    """Name the captures below a node, in order; with `certain` only those that every reading has."""
    match node.data:
        case "name":
            return _captures_of_name(definition, str(node.children[0]), certain=certain)
        case "template_usage":
            return _captures_of_name(definition, str(_parts(node)[0].children[0]), certain=certain)
        case "maybe" | "expr" if certain and str(node.children[-1]) != "+":
            return []
        case "expansions" if certain:
            branches = [_captures(definition, part, certain=True) for part in _parts(node)]
            return [name for name in branches[0] if all(name in branch for branch in branches)]
        case _:
            return [name for part in _parts(node) for name in _captures(definition, part, certain=certain)]


def _captures_of_name(definition: Definition, name: str, *, certain: bool) -> list[str]:
    if name not in definition.rules:
        return []
    below = _captures(definition, definition.rules[name], certain=certain)
    return [name, *below] if is_capture(name) else below
