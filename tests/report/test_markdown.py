import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from analyzer.report.markdown import render_markdown
from analyzer.report.model import Report
from analyzer.report.visible import hidden
from tests.golden import assert_golden
from tests.report.reports import ALL, HOSTILE, MISSING_LOCATION, hostile_with

every_report = pytest.mark.parametrize("report", ALL.values(), ids=ALL)


def _tokens(report: Report) -> list[Token]:
    blocks = MarkdownIt("commonmark").enable("table").parse(render_markdown(report))
    return [token for block in blocks for token in (block, *(block.children or ()))]


def _text(report: Report) -> str:
    return "\n".join(token.content for token in _tokens(report) if token.type in {"text", "text_special", "fence"})


def test_the_markdown_reads_as_it_did_when_it_was_reviewed() -> None:
    assert_golden("missing_location.md", render_markdown(MISSING_LOCATION))


@every_report
def test_nothing_in_the_markdown_is_html_a_link_or_an_image(report: Report) -> None:
    assert {token.type for token in _tokens(report)}.isdisjoint({"html_inline", "html_block", "link_open", "image"})


def test_a_ticket_calls_no_stranger() -> None:
    markdown = render_markdown(hostile_with("hello @everyone, see https://evil.example and www.evil.example"))
    assert markdown.startswith("# hello &#64;everyone, see https\\://evil.example and www\\.evil.example")


def test_the_patch_comes_out_of_its_fence_as_it_went_in() -> None:
    (patch,) = (token.content for token in _tokens(MISSING_LOCATION) if token.info == "diff")
    assert patch == MISSING_LOCATION.incidents[0].fix.patch


def test_a_fence_in_a_log_does_not_end_the_quotation() -> None:
    assert "````\n```\n# not a heading\n```\n````" in render_markdown(hostile_with("```\n# not a heading\n```"))


def test_hidden_characters_are_written_out_here_too() -> None:
    markdown = render_markdown(HOSTILE)
    assert hidden(markdown, lambda _: "") == markdown
    assert "<U+202E>gnp.exe" in _text(HOSTILE)


def _skeleton(report: Report) -> list[str]:
    return [token.type for token in MarkdownIt("commonmark").enable("table").parse(render_markdown(report))]


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.sampled_from("`*_[]()<>#+-=~|!&\\$1.) a\n\t") | st.characters(), max_size=80).map(
        lambda text: f"x{text}"
    )
)
def test_no_text_whatever_changes_the_structure_of_the_markdown(text: str) -> None:
    assert _skeleton(hostile_with(text)) == _skeleton(hostile_with("plain"))
