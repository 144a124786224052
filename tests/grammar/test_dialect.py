"""What leaves the dialect of both engines is told, with the grammar's name and the rule's."""

import pytest

from analyzer.errors import GrammarError
from analyzer.grammar import from_text, load


@pytest.mark.parametrize(
    ("terminal", "says"),
    [
        (r"/a(?=b)/", "group"),
        (r"/(?<!a)b/", "group"),
        (r"/(a)b/", "group"),
        (r"/(?i)a/", "group"),
        (r"/(?:a)\1/", r"escape \\1"),
        (r"/[a-z&&[^b]]/", "set operation"),
        (r"/[a--b]/", "set operation"),
        (r"/[[a]/", "set operation"),
        (r"/[]a]/", "bare"),
        (r"/a\Z/", r"escape \\Z"),
        (r"/^a/", "anchor"),
        (r"/a$/", "anchor"),
        (r"/\d+/", r"escape \\d"),
        (r"/[\w]+/", r"escape \\w"),
        (r"/a\b/", r"escape \\b"),
        (r"/a+?/", "lazy"),
        (r"/a++/", "possessive"),
        (r"/a/i", "flags"),
        ('"a"i', "flag"),
        (r"/a/ | /b/", "in a terminal"),
    ],
)
def test_what_only_one_engine_understands_is_refused(terminal: str, says: str) -> None:
    with pytest.raises(GrammarError, match=says) as refusal:
        from_text("mine", f"start: word\nword: _WORD\n_WORD: {terminal}\n")
    assert "mine" in str(refusal.value)
    assert "_WORD" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("start: word?\nword: _A\n_A: /a/\n", "no capture that every line has"),
        ('start: word "," word\nword: _A\n_A: /a/\n', "comes twice"),
        ("start: nothing\n", "nothing is defined nowhere"),
        ("start: word~3\nword: _A\n_A: /a/\n", "~"),
        ("start: word -> other\nword: _A\n_A: /a/\n", "alias"),
        ("start word\n", "not lark's syntax"),
    ],
)
def test_a_grammar_that_makes_no_line_is_refused(text: str, says: str) -> None:
    with pytest.raises(GrammarError, match=says):
        from_text("mine", text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('start: list\nlist: "[" list? "]"\n', "contains itself"),
        ('start: word\nword: _A\n_A: /a/\n%ignore " "\n', "ignore"),
        ("start: word+\nword: _A\n_A: /a/\n", "repeated"),
    ],
)
def test_what_nests_or_repeats_runs_in_lark_only_and_says_so(text: str, why: str) -> None:
    grammar = from_text("mine", text)
    assert not grammar.regular
    with pytest.raises(GrammarError, match=why):
        _ = grammar.pattern


def test_a_capture_of_several_branches_is_one_column() -> None:
    grammar = from_text("mine", 'start: "a" word | "b" word "!"\nword: _WORD\n_WORD: /[a-z]+/\n')
    assert grammar.captures == ("word",)
    assert grammar.reference("bx!") == {"word": "x"}


def test_a_repeated_rule_ends_at_the_first_place_where_the_line_can_go_on() -> None:
    text = 'start: said (", by: " who)?\nsaid: _piece{said}*\nwho: _piece{who}*\n'
    text += '_piece{of}: _WORDS | ","\n_WORDS: /[^,]+/\n'
    grammar = from_text("mine", text)
    assert grammar.reference("a, b, by: c, by: d") == {"said": "a, b", "who": "c, by: d"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "",
            'column 1: expected "[" or "nginx: [" or "nginx: configuration file " or time, found the end of the line',
        ),
        ("2026/11/21 07:09:43 error", "column 20: expected \" [\", found ' error'"),
        ("2026/11/21 07:09:43 [errar] x", "column 22: expected level, found 'errar] x'"),
    ],
)
def test_a_line_that_is_not_read_says_where_and_what_was_expected(line: str, says: str) -> None:
    assert load("nginx_error").explain(line) == says


def test_lark_never_sees_more_than_its_share_of_a_line() -> None:
    grammar = from_text("mine", "start: word\nword: _WORD\n_WORD: /a+/\n")
    assert grammar.reference("a" * 100_000) == {"word": "a" * 8192}
