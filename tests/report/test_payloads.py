"""Whatever somebody writes into a log: on the page, in Markdown, SARIF and the terminal it is text and nothing else."""

import io
import json
import re
from collections.abc import Iterator
from functools import cache

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console

from analyzer.report.console import render_console
from analyzer.report.html import render_html
from analyzer.report.markdown import render_markdown
from analyzer.report.model import Report
from analyzer.report.sarif import to_sarif
from analyzer.report.visible import hidden, visible
from tests.report.pages import read_page
from tests.report.payloads import PAYLOADS
from tests.report.reports import hostile_with

each_payload = pytest.mark.parametrize(
    "payload", PAYLOADS, ids=lambda payload: f"{ascii(payload)[1:40]} {len(payload)}"
)
_GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
_PLAIN = hostile_with("plain")
_MARKED = "\x1b[1;33m"
"""What matters in a quoted line, where it stands in one."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def test_there_are_many_of_them() -> None:
    assert len(PAYLOADS) >= 200


def _tokens(report: Report) -> list[Token]:
    blocks = _GITHUB.parse(render_markdown(report))
    return [token for block in blocks for token in (block, *(block.children or ()))]


def _elements(report: Report) -> list[tuple[str, list[str]]]:
    """The elements with the names of their attributes, but for what marks words and lets a long line scroll."""
    told = (each for each in read_page(render_html(report)).elements if each.tag not in {"span", "mark", "code"})
    return [(each.tag, sorted(each.attributes.keys() - {"tabindex", "class"})) for each in told]


@cache
def _elements_of_plain() -> list[tuple[str, list[str]]]:
    return _elements(_PLAIN)


@cache
def _tokens_of_plain() -> list[Token]:
    return _tokens(_PLAIN)


@cache
def _colours_of_plain() -> set[str]:
    return set(_COLOUR.findall(_printed(_PLAIN)))


def _printed(report: Report) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="truecolor", legacy_windows=False)
    with console.capture() as capture:
        render_console(report, console)
    return capture.get()


@each_payload
def test_the_page_gets_no_element_and_no_attribute_of_it(payload: str) -> None:
    assert _elements(hostile_with(payload)) == _elements_of_plain()


def _as_written(tokens: list[Token]) -> list[str]:
    """What GitHub makes a call, a link or a box to tick of, where it stands unescaped outside of code."""
    told = "\n".join(token.content for token in tokens if token.type == "text")
    return re.findall(r"@\w|://|www\.|\[[ x]\] ", told)


@each_payload
def test_markdown_gets_no_link_no_image_no_markup_and_calls_nobody(payload: str) -> None:
    tokens = _tokens(hostile_with(payload))
    assert [token.type for token in tokens if token.block] == [
        token.type for token in _tokens_of_plain() if token.block
    ]
    assert {token.type for token in tokens}.isdisjoint({"html_inline", "html_block", "link_open", "image", "s_open"})
    assert _as_written(tokens) == _as_written(_tokens_of_plain())


def _messages(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        message = value.get("message")
        if isinstance(message, dict):
            yield message["text"]
        for inner in (inner for key, inner in value.items() if key != "properties"):
            yield from _messages(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _messages(inner)


@each_payload
def test_sarif_stays_json_without_links_or_addresses_of_its_own(payload: str) -> None:
    text = to_sarif(hostile_with(payload))
    assert hidden(text, lambda _: "") == text
    said = json.loads(text)
    messages = list(_messages(said))
    assert messages
    assert [each for each in messages if re.search(r"(?<!\\)\]\(|(?<!\{)\{[0-9]+\}(?!\})", each)] == []
    places = [each["physicalLocation"] for result in said["runs"][0]["results"] for each in result["locations"]]
    addresses = [place["artifactLocation"]["uri"] for place in places]
    assert [each for each in addresses if not re.fullmatch(r"[\w.~!%/-]+", each, re.ASCII)] == []


@each_payload
def test_the_terminal_gets_no_command_but_colours(payload: str) -> None:
    printed = _printed(hostile_with(payload))
    assert set(_COLOUR.findall(printed)) <= _colours_of_plain() | {_MARKED}
    told = _COLOUR.sub("", printed)
    assert visible(told) == told
