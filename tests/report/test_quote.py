from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.model import Evidence, Target
from analyzer.report.quote import cut_to, needles, spans

_LINE = '203.0.113.24 - - [12/Jan/2026:09:14:03 +0000] "GET /calls/81f/audio HTTP/1.1" 404 153 "-" "Mozilla/5.0"'


def _marked(line: str, says: str, path: str) -> list[str]:
    evidence = Evidence("access.log", 1, 1, line, says)
    return [line[start:end] for start, end in spans(line, needles(evidence, Target(None, None, path)))]


def test_the_path_is_found_in_the_line_with_its_id() -> None:
    assert _marked(_LINE, "nginx answered it", "/calls/{id}/audio") == ["/calls/81f/audio"]


def test_the_words_that_the_annotation_quotes_are_found() -> None:
    assert _marked(_LINE, "`404 153` is nginx's own page", "/elsewhere") == ["404 153"]


def test_a_path_of_one_slash_marks_nothing() -> None:
    assert _marked(_LINE, "the root was asked for", "/") == []


def test_what_would_be_most_of_the_line_marks_nothing() -> None:
    assert _marked("GET /frontend-audio", "it was asked for", "/frontend-audio") == []


def test_finds_that_overlap_are_one() -> None:
    assert _marked(_LINE, 'both "GET /calls" and "GET /calls/81f"', "/calls/{id}/audio") == ["GET /calls/81f/audio"]


def test_a_cut_keeps_what_matters_in_sight() -> None:
    line = "x" * 300 + "/frontend-audio" + "y" * 300
    assert "/frontend-audio" in cut_to(line, 60, (300, 315))


@given(st.text(), st.integers(2, 50), st.integers(0, 100), st.integers(0, 100))
def test_a_cut_is_never_longer_than_asked_for(text: str, width: int, start: int, length: int) -> None:
    focus = (min(start, len(text)), min(start + length, len(text)))
    assert len(cut_to(text, width, focus)) == min(len(text), width)
