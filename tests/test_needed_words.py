"""A pattern is left out of a small log only where it cannot match: its words stand nowhere in it."""

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.catalogue import load_causes
from analyzer.formats import FORMATS
from analyzer.formats.browser_words import PATTERNS as OF_BROWSERS
from analyzer.formats.firefox_sentences import SENTENCES
from analyzer.formats.words import WORDS
from analyzer.needed_words import FILE as BEFORE
from analyzer.needed_words import (
    all_needed,
    found_anew,
    may_match_any,
    needed_words,
    that_may_match,
    words_in,
    worth_asking,
    written,
)
from analyzer.prefixes import PREFIXES
from analyzer.records import plain_texts
from tests.formats.reading import HERE, lines_in
from tests.golden import assert_golden

PATTERNS = sorted(
    {form.grammar.pattern for form in FORMATS if form.grammar}
    | {row.pattern for row in WORDS}
    | {sign.pattern for rule in load_causes() for sign in rule.rule.signs}
    | {prefix.begins for prefix in PREFIXES}
)
TOLD = (
    {row.pattern for row in WORDS}
    | {prefix.begins for prefix in PREFIXES}
    | {sign.pattern for rule in load_causes() for sign in rule.rule.signs}
    | {*OF_BROWSERS, *SENTENCES}
)
MUCH = pl.Series(["x" * 1000] * 1000)
LINES = pl.Series(sorted({line for path in HERE.glob("*/*.log") for line in lines_in(path)}))


def test_what_was_found_before_is_what_would_be_found_anew() -> None:
    assert_golden(BEFORE.name, written(TOLD), BEFORE.parent)
    assert all(all_needed(pattern) == found_anew(pattern) for pattern in TOLD)


def test_no_line_of_any_corpus_is_lost_for_want_of_a_word() -> None:
    for pattern in PATTERNS:
        for line in LINES.filter(LINES.str.contains(pattern)):
            assert worth_asking(pl.Series([line]))(pattern), (pattern, line)


def test_no_line_of_any_corpus_is_passed_over_by_the_search_for_all_words() -> None:
    for pattern in PATTERNS:
        asked = LINES.to_frame("line").select(line="line", may=may_match_any([pattern], pl.col("line")))
        assert asked.filter(pl.col("line").str.contains(pattern) & ~pl.col("may")).is_empty(), pattern


def test_most_patterns_are_not_asked_about_a_line_that_has_none_of_their_words() -> None:
    may_match = worth_asking(pl.Series(["the quick brown fox", None]))
    assert sum(map(may_match, PATTERNS)) < len(PATTERNS) / 10


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"(?i)\borigin (?:is |was )?not ALLOWED\b", {"not allowed"}),
        (r"^\[?(?:GET|POST) /", {"get", "post"}),
        (r"(?:no route for|unknown) path", {"no route for", "unknown"}),
        (r"a?(?:connected)*", set()),
        (r"(?:refused|.*)", set()),
        (r"[\x{1F50C}] ready", set()),
        (r"K{2}elvin", {"elvin"}),
    ],
)
def test_the_words_that_a_pattern_needs(pattern: str, words: set[str]) -> None:
    assert needed_words(pattern) == words


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        (r"^\[(?:info|warn)\] (?:\w+) client: ", [{"[info] ", "[warn] "}, {" client: "}]),
        (r"[Hh]ost(?:name)?=[^ ]+ (?:\d+|up)$", [{"host=", "hostname="}, {" "}]),
        (r"(?:a|.)b?(?:c|)d", [{"bcd", "bd", "cd", "d"}]),
        (r"a?(?:connected)*", []),
    ],
)
def test_all_that_a_pattern_needs(pattern: str, needs: list[set[str]]) -> None:
    assert list(all_needed(pattern)) == needs


def test_a_format_is_sure_of_no_sample_that_lacks_what_its_grammar_needs() -> None:
    lines = pl.concat([LINES, LINES.str.replace_all("\t", " " * 8), "svc-1  | " + LINES])
    samples = [lines.gather_every(300, offset) for offset in range(300)]
    for form in FORMATS:
        for sample in samples:
            if not form.may_be_in(words_in(plain_texts(sample))):
                assert not form.affinity(sample), (form.name, sample.to_list())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_matches_holds_a_needed_word(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from([each for each in PATTERNS if needed_words(each)]))
    text = data.draw(st.from_regex(re.compile(pattern.replace("[:word:]", "0-9A-Za-z_"))))
    assert worth_asking(pl.Series([text]))(pattern)
    assert pl.select(may_match_any([pattern], pl.lit(text))).item()
    assert that_may_match([pattern], pl.concat([MUCH, pl.Series([text])])) == [pattern]


@pytest.mark.parametrize("text", ["\u017fession refu\u017fed", "to\u212aen", "SESSION TOKEN REFUSED"])
def test_what_only_a_pattern_that_ignores_case_takes_for_its_word_is_asked(text: str) -> None:
    pattern = "(?i)(?:session|token)"
    assert pl.Series([text]).str.contains(pattern).all()
    assert pl.select(may_match_any([pattern], pl.lit(text))).item()
    assert that_may_match([pattern], pl.concat([MUCH, pl.Series([text])])) == [pattern]


def test_of_much_text_only_those_patterns_are_asked_whose_words_stand_in_it() -> None:
    told = pl.concat([MUCH, pl.Series(["connect() failed: REFUSED", None, "ZEIT \u00dcBERSCHRITTEN"])])
    patterns = ["(?i)refused", "granted", "(?i)\u00fcberschritten", r".*", "failed:?"]
    assert that_may_match(patterns, told) == ["(?i)refused", "(?i)\u00fcberschritten", r".*", "failed:?"]


def test_of_much_text_every_pattern_is_asked() -> None:
    assert worth_asking(MUCH)("refused")
