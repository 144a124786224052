"""docs/formats.md tells of every format where the lines come from on which it is proven."""

import tomllib
from pathlib import Path

from analyzer.formats import FORMATS, Format
from tests.formats.reading import HERE, lines_in
from tests.golden import assert_golden

DOCS = Path(__file__).parents[2] / "docs"
HEAD = """# Formats

What `lasthop formats` lists, and on which lines each is proven: *recorded* from the real program, *documented* by who
makes it (nothing of that runs here), or *handed in* by people. `tests/formats/NAME` holds the lines, and beside them
every field that is read from each.

| format | whose log | what it is | lines | obtained | from |
| --- | --- | --- | ---: | --- | --- |
"""


def row_of(form: Format) -> str:
    origin = tomllib.loads((HERE / form.name / "origin.toml").read_text(encoding="utf-8"))
    lines = len(lines_in(HERE / form.name / "accepts.log"))
    whose = form.hop or "any"
    name = f"[`{form.name}`](formats/{form.name}.md)"
    return f"| {name} | {whose} | {form.title} | {lines} | {origin['obtained']} | {origin['from']} |\n"


def test_the_table_of_formats_is_up_to_date() -> None:
    assert_golden("formats.md", HEAD + "".join(map(row_of, FORMATS)), DOCS)
