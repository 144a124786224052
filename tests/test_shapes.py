"""What no grammar explained is grouped, so that the remainder is seen at a glance, whatever an attacker writes."""

import json
from pathlib import Path

import polars as pl

from analyzer.pipeline import analyze
from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.markdown import render_markdown
from analyzer.schema import LINE, RAW
from analyzer.shapes import Shapes

ACCESS = '203.0.113.7 - - [21/Nov/2026:07:22:43 +0000] "GET /ws HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'


def shapes_of(*lines: str) -> list[tuple[str, int, int]]:
    numbers = pl.Series(LINE.name, range(1, len(lines) + 1), dtype=pl.Int64)
    shapes = Shapes()
    shapes.add(pl.DataFrame([numbers, pl.Series(RAW.name, lines, dtype=pl.String)]))
    return [(shape.template, shape.count, shape.line) for shape in shapes.found()[0]]


def test_what_varies_is_masked_and_what_is_said_stays() -> None:
    assert shapes_of(
        "tick 17 from 10.0.0.7:5312 took 0.25 s",
        "tick 18 from 10.0.0.9:40100 took 1.5 s",
        "cannot open '/srv/a b.txt' for 4f2c9a77e1b04d35",
        'cannot open "x" for 00ff11aa22bb33cc',
    ) == [("tick <*> from <*>:<*> took <*> s", 2, 1), ("cannot open <*> for <*>", 2, 3)]


def test_lines_that_differ_in_a_word_are_one_shape_and_those_of_another_sense_are_not() -> None:
    assert shapes_of(
        "user ada entered the room", "user grace entered the room", "user ada wants a refund now", "queue is empty"
    ) == [("user <*> entered the room", 2, 1), ("user ada wants a refund now", 1, 3), ("queue is empty", 1, 4)]


def test_a_log_in_which_every_line_is_new_is_bounded_and_counted_whole() -> None:
    lines = pl.DataFrame({LINE.name: range(1, 200_001)}, schema={LINE.name: pl.Int64}).with_columns(
        pl.concat_str(pl.lit("g"), LINE.col.hash().cast(pl.String).str.replace_all("[0-9]", "x"), LINE.col.hash(7))
        .str.replace_all("1", "a").str.replace_all("2", "b").str.replace_all("3", "c").str.replace_all("[4-9]", "d")
        .alias(RAW.name)
    )  # fmt: skip
    shapes = Shapes()
    for block in lines.iter_slices(50_000):
        shapes.add(block)
    found, more = shapes.found()
    assert len(found) == 10
    assert 900 < more + len(found) <= 1001


def test_every_output_shows_the_shapes_and_none_is_moved_by_what_stands_in_them(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> `rm` | \x1b[31m @everyone line {}\n"
    (tmp_path / "access.log").write_text(ACCESS * 20 + "".join(hostile.format(n) for n in range(214)))
    report = analyze([str(tmp_path / "access.log")])
    (row,) = report.sources
    assert (row.unparsed, len(row.shapes), row.shapes[0].count, row.shapes[0].line) == (214, 1, 214, 21)
    told = json.loads(to_json(report))["sources"][0]
    assert told["shapes"][0]["template"].endswith("line <*>")
    page, markdown = render_html(report), render_markdown(report)
    assert "1 shape" in page
    assert "<script>alert" not in page
    assert "214 lines were not understood, 1 shape" in markdown
    assert "\x1b" not in page + markdown
