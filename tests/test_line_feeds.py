"""A text is cut at its line feeds alike, whether Polars does it or Python."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import line_feeds
from analyzer.line_feeds import cut_at_line_feeds

TEXTS = st.text(st.sampled_from('\n\r\t\x01\x0c\u2028\\",; aé'), max_size=40)


@pytest.fixture
def _by_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_feeds, "_LITTLE", 0)


def cut(text: str) -> list[str]:
    return [line.rstrip("\r") for line in cut_at_line_feeds(text.encode())]


def lines_of(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.removesuffix("\n").split("\n")]


@given(TEXTS)
def test_only_a_line_feed_ends_a_line(text: str) -> None:
    assert cut(text) == lines_of(text)


@pytest.mark.usefixtures("_by_polars")
@given(TEXTS)
def test_much_is_cut_as_little_is(text: str) -> None:
    assert cut(text) == lines_of(text)
