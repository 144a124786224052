"""Both engines give one answer: the same lines match, with the same captures."""

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from analyzer.errors import GrammarError
from analyzer.formats import from_log_format
from analyzer.formats.log_format import literals_of
from analyzer.grammar import Grammar, load
from analyzer.grammar.reference import LONGEST
from analyzer.shipped import shipped

FIXTURES = Path(__file__).parent.parent / "formats"
REGULAR = sorted(
    path.stem for path in shipped("grammars").glob("*.lark") if path.stem != "nginx_conf" and load(path.stem).regular
)
REAL = sorted({line for path in FIXTURES.glob("*/*.log") for line in path.read_text(encoding="utf-8").split("\n")})
PIECES = [
    *REAL,
    *(" ", '"', ", ", " - ", ": ", "[", "]", "\n", "*1 ", "7#7: ", '" ', '", host: "', ", client: ", " while "),
    *("2026/11/21 07:09:43", "[error] ", "nginx: [emerg] ", ' [21/Nov/2026:07:10:13 +0000] "', "INFO:     ", "\\"),
]  # fmt: skip


def bulk(grammar: Grammar, line: str) -> dict[str, str | None] | None:
    found = grammar.read(pl.Series([line])).row(0, named=True)
    return None if found[grammar.required] is None else dict(found)


def assert_one_answer(grammar: Grammar, line: str) -> None:
    assert bulk(grammar, line) == grammar.reference(line), grammar.explain(line)


@st.composite
def mutated_lines(draw: st.DrawFn) -> str:
    """A real line with a piece of another one inside, or a piece of itself taken out."""
    line = draw(st.sampled_from(REAL))
    start, end = sorted((draw(st.integers(0, len(line))), draw(st.integers(0, len(line)))))
    return line[:start] + draw(st.sampled_from(PIECES)) + line[end:]


def lines_of(grammar: Grammar) -> st.SearchStrategy[str]:
    written = st.from_regex(re.compile(grammar.pattern[:-1] + r"\Z"), fullmatch=True)
    shuffled = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
    text = st.text(st.characters(codec="utf-8"), max_size=80)
    return st.one_of(written, mutated_lines(), shuffled, text).map(lambda line: line[:LONGEST])


@pytest.mark.parametrize("stem", REGULAR)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_lark_and_polars_read_a_line_alike(stem: str, data: st.DataObject) -> None:
    grammar = load(stem)
    assert_one_answer(grammar, data.draw(lines_of(grammar)))


@pytest.mark.parametrize("stem", REGULAR)
def test_lark_and_polars_read_every_recorded_line_alike(stem: str) -> None:
    grammar = load(stem)
    for line, found in zip(REAL, grammar.read(pl.Series(REAL)).to_dicts(), strict=True):
        assert (found if found[grammar.required] is not None else None) == grammar.reference(line), line


@pytest.mark.parametrize("stem", REGULAR)
def test_no_shipped_line_grammar_needs_earley(stem: str) -> None:
    assert load(stem).lark.kind == "lalr"


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_log_format_of_the_user_is_read_alike_where_lark_reads_it(data: st.DataObject) -> None:
    grammar = from_log_format(
        "mine",
        '$remote_addr - $remote_user [$time_local] "$request" $status ua="$upstream_addr" us=$upstream_status'
        ' rt=$request_time "$http_user_agent" upg="$http_upgrade"',
    ).grammar
    assert grammar is not None
    line = data.draw(st.from_regex(re.compile(grammar.pattern[:-1] + r"\Z"), fullmatch=True))
    reference = grammar.reference(line)
    assert bulk(grammar, line) is not None
    assert reference in (None, bulk(grammar, line))


@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.sampled_from(["$", "{", "}", "$a", "${b_2}", "c", " - ", "\n", '"', "$$", "é"])).map("".join))
def test_the_string_of_a_log_format_is_split_as_its_grammar_splits_it(text: str) -> None:
    grammar = load("nginx_log_format")
    try:
        tree: Tree[Token] | None = grammar.tree(text)
    except UnexpectedInput:
        tree = None
    if tree is None:
        with pytest.raises(GrammarError, match="column"):
            literals_of(text)
        return
    parts = [part for part in tree.children if isinstance(part, Tree)]
    spans = ["" if part.data == "variable" else text[part.meta.start_pos : part.meta.end_pos] for part in parts]
    assert literals_of(text) == tuple(spans)
