"""What a program's words mean is found in a table: the same for each text, whatever was asked before and beside it."""

import polars as pl
import pytest

from analyzer.formats import words
from analyzer.formats.words import CARRIED, read_kinds, read_words
from tests.formats.reading import HERE, lines_in

TEXTS = pl.Series("text", sorted({line for path in HERE.glob("*/accepts.log") for line in lines_in(path)}))
TOLD = ["kind", *CARRIED]


def test_words_mean_the_same_among_few_and_among_many(monkeypatch: pytest.MonkeyPatch) -> None:
    few = TEXTS.gather_every(40).to_frame()
    alone = [read_words(few[nth]).select(TOLD).row(0) for nth in range(few.height)]
    assert read_words(few).select(TOLD).rows() == alone
    assert read_kinds(few)["kind"].to_list() == [row[0] for row in alone]
    monkeypatch.setattr(words, "_SOON", 0)  # then each text is asked, whatever is known of it
    assert read_words(few).select(TOLD).rows() == alone


def test_what_was_found_of_a_text_is_forgotten_before_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str | None, int | None] = {}
    monkeypatch.setattr(words, "_found", found)
    monkeypatch.setattr(words, "_MANY", 10)
    before = read_kinds(TEXTS.head(200).to_frame())["kind"]
    for nth in range(20):
        read_kinds(TEXTS.slice(nth * 8, 8).to_frame())
        assert len(found) <= 10
    assert read_kinds(TEXTS.head(200).to_frame())["kind"].equals(before)


def test_where_there_is_no_text_there_is_no_kind() -> None:
    assert read_words(pl.DataFrame({"text": []}, schema={"text": pl.String})).columns == ["text", *TOLD]
    assert read_kinds(pl.DataFrame({"text": [None, ""]}))["kind"].to_list() == [None, None]
