"""The tokens of a config are those that Lark's own lexer gives, whatever stands in it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark, Token

from analyzer.nginx.text.tokens import Tokens
from analyzer.shipped import shipped

CONFIGS = sorted((Path(__file__).parents[2] / "samples").rglob("*.conf"))
GRAMMAR = Lark(
    (shipped("grammars") / "nginx_conf.lark").read_text(encoding="utf-8"), parser="lalr", lexer="basic", start="config"
)
PIECES = ["a", "server", "}", "{", ";", '"', "'", "\\", "\n", "\r\n", "#", "$", "${", "{{ x }}", "...", " ", "\u00a0", "\ufeff", "\u2028", "é", '"b\nc"', "\\\n"]  # fmt: skip  # noqa: E501


def places(tokens: list[Token]) -> list[tuple[str, str, int | None, int | None, int | None, int | None]]:
    return [(each.type, str(each), each.start_pos, each.line, each.column, each.end_pos) for each in tokens]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_they_are_larks_whatever_stands_in_a_text(text: str) -> None:
    assert places([*Tokens(GRAMMAR, text)]) == places([*GRAMMAR.lex(text)])


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_they_are_larks_in_every_recorded_config(config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    assert places([*Tokens(GRAMMAR, text)]) == places([*GRAMMAR.lex(text)])


def test_what_was_taken_out_counts_for_the_lines_behind_it() -> None:
    tokens = Tokens(GRAMMAR, "a {\n} 'never closed\n  {}\nb;")
    read = iter(tokens)
    assert [next(read), next(read)] == ["a", "{"]
    assert tokens.taken_until(23) == "\n} 'never closed\n  {"
    rest = [("CLOSE", "}", 23, 3, 4, 24), ("WORD", "b", 25, 4, 1, 26), ("SEMICOLON", ";", 26, 4, 2, 27)]
    assert places([*read]) == rest


def test_where_no_terminal_matches_the_line_is_told() -> None:
    with pytest.raises(ValueError, match="line 2"):
        [*Tokens(Lark('start: "a"+\n%ignore "\\n"', parser="lalr", lexer="basic"), "a\nab")]
