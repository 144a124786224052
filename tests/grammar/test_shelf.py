"""What was compiled beforehand is what its sources compile to today; LASTHOP_GOLDEN=write renews it."""

from pathlib import Path

import pytest

from analyzer.formats import from_log_format
from analyzer.formats.common_log_formats import BUILT_IN, COMMON, JSON, PRODUCTS
from analyzer.grammar import from_text, shelf
from analyzer.grammar.compilation import Compiled, NotRegular, compile_grammar
from analyzer.grammar.definition import read_definition
from analyzer.grammar.shelf import compiled_before, written
from analyzer.shipped import shipped
from tests.golden import assert_golden


def _texts() -> dict[str, str]:
    shipped_ones = {path.stem: path.read_text(encoding="utf-8") for path in shipped("grammars").glob("*.lark")}
    published = [
        from_log_format(each.name, each.text, each.escape).grammar for each in (BUILT_IN, *COMMON, *JSON, *PRODUCTS)
    ]
    return shipped_ones | {f"log_format {nth}": each.lark.text for nth, each in enumerate(published) if each}


def _compiled(name: str, text: str) -> Compiled | str:
    try:
        return compile_grammar(read_definition(name, text))
    except NotRegular as reason:
        return str(reason)


def test_every_grammar_and_published_log_format_stands_on_the_shelf_as_it_compiles() -> None:
    compiled = {text: _compiled(name, text) for name, text in _texts().items() if name != "nginx_conf"}
    assert_golden(shelf.FILE.name, written(compiled), shelf.FILE.parent)


def test_what_is_taken_from_the_shelf_is_what_was_put_there() -> None:
    for name, text in _texts().items():
        if name != "nginx_conf":
            assert _taken(text) == _compiled(name, text), name


def _taken(text: str) -> Compiled | str | None:
    try:
        return compiled_before(text)
    except NotRegular as reason:
        return str(reason)


def test_a_grammar_that_was_changed_or_finds_no_shelf_is_compiled_as_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = _texts()["nginx_error"]
    assert compiled_before(text + "\n") is None
    monkeypatch.setattr(shelf, "FILE", tmp_path / "nothing.json")
    assert compiled_before(text) is None
    without = from_text("nginx_error", text)
    monkeypatch.undo()
    assert without.compiled == compiled_before(text)
