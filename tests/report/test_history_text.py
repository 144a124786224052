"""A history on the terminal and as data: as it was reviewed, and whatever somebody wrote into a log is text alone."""

import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from rich.console import Console

from analyzer.languages import ENGLISH, Language, language_of
from analyzer.report.history import History
from analyzer.report.history_console import print_history
from analyzer.report.history_json import history_json
from analyzer.report.visible import hidden, visible
from tests.golden import assert_golden
from tests.report.histories import ALL, MANY, OFTEN, SMALL, hostile_history
from tests.report.payloads import PAYLOADS

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "history-1.schema.json"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
each_payload = pytest.mark.parametrize(
    "payload", PAYLOADS, ids=lambda payload: f"{ascii(payload)[1:40]} {len(payload)}"
)


def printed(history: History, width: int = 80, say: Language = ENGLISH) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        print_history(history, console, say)
    return capture.get()


def coloured(history: History) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="truecolor", legacy_windows=False)
    with console.capture() as capture:
        print_history(history, console)
    return capture.get()


@pytest.mark.parametrize("tag", ["en", "fr"])
def test_the_terminal_reads_as_it_did_when_it_was_reviewed(tag: str) -> None:
    assert_golden(f"history.{tag}.txt", printed(SMALL, say=language_of(tag)))


@pytest.mark.parametrize("width", [80, 60])
def test_what_is_read_fits_the_terminal(width: int) -> None:
    for history in (SMALL, MANY, OFTEN):
        assert [row for row in printed(history, width).split("\n") if len(row) > width] == []


def test_of_ten_thousand_the_gravest_are_told_and_the_others_counted() -> None:
    assert "9,980 more are in the page and in the JSON." in printed(MANY)


def test_colour_adds_nothing_that_is_not_also_in_words() -> None:
    assert _COLOUR.sub("", coloured(SMALL)) == printed(SMALL)


@each_payload
def test_the_terminal_gets_no_command_but_colours(payload: str) -> None:
    told = coloured(hostile_history(payload))
    assert set(_COLOUR.findall(told)) <= set(_COLOUR.findall(coloured(hostile_history("plain"))))
    bare = _COLOUR.sub("", told)
    assert visible(bare) == bare


def test_data_reads_as_it_did_when_it_was_reviewed() -> None:
    assert_golden("history.json", history_json(SMALL))


@each_payload
def test_data_keeps_every_character_and_hides_none(payload: str) -> None:
    text = history_json(hostile_history(payload))
    assert hidden(text, lambda _: "") == text
    assert json.loads(text)["incidents"][0]["title"] == payload


@cache
def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("history", ALL.values(), ids=ALL)
def test_a_history_is_as_the_schema_says(history: History) -> None:
    fastjsonschema.compile(schema())(json.loads(history_json(history)))


def test_a_key_that_the_schema_does_not_know_is_no_history_of_this_version() -> None:
    validate, told = fastjsonschema.compile(schema()), json.loads(history_json(SMALL))
    with pytest.raises(fastjsonschema.JsonSchemaException, match="surprise"):
        validate({**told, "surprise": 1})
    with pytest.raises(fastjsonschema.JsonSchemaException, match="schema_version"):
        validate({**told, "schema_version": 2})
