"""The catalogues: whole, up to date, and each translation with the same names and the same code as its message."""

import re
from string import Formatter

import pytest

from analyzer.languages import language_of
from analyzer.said import counted, said
from tests.languages.catalogue import LANGUAGES, compiled, po_of, read, renewed, translations, written

every_language = pytest.mark.parametrize("tag", LANGUAGES)
_CODE = re.compile(r"`[^`]+`")


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _code(text: str) -> set[str]:
    return set(_CODE.findall(" ".join(text.split())))


@every_language
def test_a_catalogue_holds_every_sentence_there_is_and_no_other(tag: str) -> None:
    stale = "run `python -m tests.languages.catalogue` and translate what is new"
    assert written(renewed(read(tag))) == po_of(tag).read_bytes(), stale


@every_language
def test_what_is_compiled_is_what_was_translated(tag: str) -> None:
    assert compiled(read(tag)) == po_of(tag).with_suffix(".mo").read_bytes()


@every_language
def test_every_sentence_is_translated_and_nobody_has_a_doubt_left(tag: str) -> None:
    catalogue = read(tag)
    assert [message for message, translation in translations(tag) if not translation] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


@every_language
def test_a_translation_names_what_its_sentence_names(tag: str) -> None:
    assert [told for told in translations(tag) if _names(told[0]) != _names(told[1])] == []


@every_language
def test_code_is_the_same_in_every_language(tag: str) -> None:
    assert [told for told in translations(tag) if _code(told[0]) != _code(told[1])] == []


@every_language
def test_a_translation_cannot_break_the_page(tag: str) -> None:
    """What stands in an attribute of the page, or in its text, is not escaped: it is ours."""
    marks = ("<", '"')
    told = translations(tag)
    assert [each for each in told if any(mark in each[1] and mark not in each[0] for mark in marks)] == []


def test_french_sets_its_signs_apart_with_blanks_that_do_not_break() -> None:
    prose = [_CODE.sub("", translation) for message, translation in translations("fr") if message != translation]
    loose = re.compile(r"[^\s\u00a0\u202f:;?!]\s*« |[a-zé] [:;?!»](?:\s|$)")
    assert [text for text in prose if loose.search(text)] == []


def test_french_counts_none_as_one_and_sets_thousands_apart() -> None:
    french = language_of("fr")
    told = [french(counted(count, "{count:,} request", "{count:,} requests")) for count in (0, 1, 2, 12_345)]
    assert told == ["0 requête", "1 requête", "2 requêtes", "12\u202f345 requêtes"]
    assert french(said("{told} (spread {spread:g} s)", told="x", spread=0.4)) == "x (dispersion 0,4 s)"


def test_what_nobody_translated_stays_english_and_whole() -> None:
    french = language_of("fr")
    assert french(said("Lamp {lamp} went out, {why}", lamp="7", why=said("it names no request"))) == (
        "Lamp 7 went out, elle ne nomme aucune requête"
    )
    assert french("a path with {braces}") == "a path with {braces}"
    assert french(said("")) == ""


def test_a_sentence_is_its_english_text_to_everybody_else() -> None:
    told = said("{path} is missing", path="/x")
    assert (told, hash(told), f"{told}") == ("/x is missing", hash("/x is missing"), "/x is missing")
