"""Lines become records, and a bracket that nobody closes swallows nothing."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.formats import FORMATS, Format
from analyzer.records import MOST_LINES, Carry, assemble, finish, plain
from analyzer.schema import LAST_LINE, LINE, RAW

BY_NAME = {form.name: form for form in FORMATS}
NODE, CHROME, UVICORN = BY_NAME["node_console"], BY_NAME["chrome_console"], BY_NAME["uvicorn"]


def lines_of(*texts: str) -> pl.DataFrame:
    numbers = pl.Series(LINE.name, range(1, len(texts) + 1), dtype=pl.Int64)
    return pl.DataFrame([numbers, pl.Series(RAW.name, texts, dtype=pl.String)])


def records_of(form: Format, *texts: str, block: int = 10_000) -> list[tuple[int, int, str]]:
    lines, carry = lines_of(*texts), None
    out: list[pl.DataFrame] = []
    for start in range(0, lines.height, block):
        records, carry = assemble(lines.slice(start, block), form, carry)
        out.append(records)
    out.append(finish(form, carry))
    return pl.concat(out).select(LINE.name, LAST_LINE.name, RAW.name).rows()


OBJECT = ("🔌 WebSocket upgrade request: {", "  pathname: '/ws',", "  origin: 'a}b'", "}")


def test_an_object_printed_over_four_lines_is_one_record() -> None:
    assert records_of(NODE, "before", *OBJECT, "after") == [
        (1, 1, "before"),
        (2, 5, "\n".join(OBJECT)),
        (6, 6, "after"),
    ]


def test_an_object_whose_indentation_a_paste_lost_is_one_record_still() -> None:
    bare = [line.strip() for line in OBJECT]
    assert records_of(NODE, *bare, "after")[0] == (1, 4, "\n".join(bare))


def test_a_bracket_that_is_never_closed_does_not_swallow_the_file() -> None:
    lines = ["broken {", *(f"line {n}" for n in range(3000)), "}"]
    assert max(last - first for first, last, _ in records_of(NODE, *lines)) <= 1


def test_a_record_begins_where_only_a_record_can_begin_whatever_is_open() -> None:
    found = records_of(NODE, "broken {", "a: 1", "[WebSocket] next", "}")
    assert (3, 4, "[WebSocket] next\n}") in found


def test_an_endless_stack_is_cut_and_no_line_is_lost() -> None:
    lines = ["Error: x", *("    at f (a.js:1:1)" for _ in range(1000))]
    found = records_of(NODE, *lines)
    assert all(last - first < MOST_LINES for first, last, _ in found)
    assert "\n".join(raw for _, _, raw in found) == "\n".join(lines)


def test_a_traceback_belongs_to_the_error_before_it() -> None:
    lines = (
        "ERROR:    Exception in ASGI application",
        "Traceback (most recent call last):",
        '  File "a.py"',
        "ValueError: x",
    )
    assert records_of(UVICORN, *lines, "INFO:     next") == [(1, 4, "\n".join(lines)), (5, 5, "INFO:     next")]


def test_a_browsers_stack_belongs_to_its_message() -> None:
    lines = ("app.js:11 WebSocket connection to 'ws://x/' failed", "connect @ app.js:11", "setTimeout", "app.js:2 next")
    assert [(first, last) for first, last, _ in records_of(CHROME, *lines)] == [(1, 3), (4, 4)]


def test_nginx_lines_stay_alone_whatever_they_begin_with() -> None:
    assert len(records_of(BY_NAME["nginx_access"], " indented", "}", "x")) == 3


SOME = st.sampled_from(
    [*OBJECT, "a {", "[", "]", "}", "", "  x", "x", "[Tag] y", "    at f (a.js:1:2)", "e: [", "Traceback (most recent"]
)


@settings(deadline=None, max_examples=150)
@given(st.lists(SOME, max_size=30), st.integers(1, 9))
def test_blocks_make_no_difference(lines: list[str], block: int) -> None:
    assert records_of(NODE, *lines, block=block) == records_of(NODE, *lines)


@settings(deadline=None, max_examples=100)
@given(st.lists(SOME | st.text(max_size=9).filter(lambda text: "\n" not in text), max_size=30))
def test_no_line_is_lost_or_doubled(lines: list[str]) -> None:
    found = records_of(NODE, *lines)
    assert [number for first, last, _ in found for number in range(first, last + 1)] == list(range(1, len(lines) + 1))
    assert "\n".join(raw for _, _, raw in found) == "\n".join(lines)


def test_an_empty_stream_has_no_records() -> None:
    records, carry = assemble(lines_of(), NODE, None)
    assert records.height == 0
    assert carry is None
    assert finish(NODE, Carry(lines_of("x"))).height == 1


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("\x1b[32minfo\x1b[39m: x\r", "info: x"),
        ("#033[32minfo#033[0m", "info"),
        ("^[[31mred^[[0m", "red"),
        ("[32minfo[39m: x", "info: x"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2K\x1b[1Gx", "x"),
        ("rate(x[30m])", "rate(x[30m])"),
        ("[1] [info] a[0]", "[1] [info] a[0]"),
    ],
)
def test_colours_are_gone_for_reading_and_brackets_stay(raw: str, read: str) -> None:
    assert pl.DataFrame({RAW.name: [raw]}).select(plain(RAW.col)).item() == read


def test_the_record_keeps_its_colours() -> None:
    assert records_of(NODE, "\x1b[32mx\x1b[0m") == [(1, 1, "\x1b[32mx\x1b[0m")]
