"""Every format reads its own lines, leaves the rejected ones, and is surest of what is its own."""

import json
import time
import tomllib

import polars as pl
import pytest

from analyzer.formats import FORMATS, Format
from analyzer.records import assemble, finish
from analyzer.schema import KIND, LINE, PARSED, RAW, schema_of
from tests.formats.reading import HERE, lines_in, read
from tests.golden import assert_golden

NAMES = [form.name for form in FORMATS]
HOSTILE = {
    "a line of a megabyte": "a" * 1_000_000,
    "ten thousand brackets": "WebSocket upgrade request: " + "{" * 10_000,
    "ten thousand closed brackets": "Origin not allowed " + "{a:" * 10_000 + "}" * 10_000,
    "ten thousand lists": "Origin not allowed {a: " + "[" * 10_000,
    "quotes that open and open": "Origin not allowed { a: '" + "\\'" * 50_000,
    "blanks for the backtracker": "INFO:" + " " * 100_000 + "x",
    "commas for the backtracker": "2026/11/21 07:09:43 [error] 7#7: " + ", client: " * 20_000,
    "failures for the backtracker": "failed " * 20_000 + "!",
    "NUL and friends": "\x00\x01\x1b[ \x1b]8;; \u2028 \u0085 \ufffd",
    "a surrogate that JSON wrote alone": '{"level":30,"time":1,"msg":"\\ud83d Origin not allowed","url":"/\\udc00"}',
    "JSON as deep as a well": '{"msg":' + "[" * 100_000,
    "a number without end": '{"level":' + "9" * 5000 + ',"time":1e999,"msg":"x","status":' + "9" * 400 + "}",
    "an escape without end": '1.2.3.4 - - [21/Nov/2026:07:10:13 +0000] "' + "\\x4" * 30_000 + '" 400 0 "-" "-"',
}


@pytest.mark.parametrize("form", FORMATS, ids=NAMES)
def test_a_format_reads_its_own_lines(form: Format) -> None:
    lines = lines_in(HERE / form.name / "accepts.log")
    unread = [row for row in read(form, *lines) if KIND.name not in row]
    assert unread == []


@pytest.mark.parametrize("form", FORMATS, ids=NAMES)
def test_a_format_leaves_lines_that_are_not_its_own(form: Format) -> None:
    lines = lines_in(HERE / form.name / "rejects.log")
    assert all(row == {} for row in read(form, *lines))


@pytest.mark.parametrize("owner", FORMATS, ids=NAMES)
def test_nobody_is_surer_of_a_log_than_its_owner(owner: Format) -> None:
    sample = pl.Series(lines_in(HERE / owner.name / "accepts.log"))
    others = {form.name: form.affinity(sample) for form in FORMATS if form is not owner}
    assert owner.affinity(sample) > max(others.values()), others


@pytest.mark.parametrize("form", FORMATS, ids=NAMES)
def test_every_format_gives_the_same_columns(form: Format) -> None:
    for texts in ([], ["x"], [None]):
        records = pl.DataFrame({RAW.name: texts}, schema={RAW.name: pl.String})
        assert form.read(records).schema == schema_of(PARSED)
        assert form.read(records).height == len(texts)


@pytest.mark.parametrize("form", FORMATS, ids=NAMES)
@pytest.mark.parametrize("trouble", HOSTILE, ids=list(HOSTILE))
def test_no_line_stalls_a_format(form: Format, trouble: str) -> None:
    lines = pl.DataFrame(
        {LINE.name: [1], RAW.name: [HOSTILE[trouble]]}, schema={LINE.name: pl.Int64, RAW.name: pl.String}
    )
    started = time.process_time()
    records, carry = assemble(lines, form, None)
    read_ = form.read(pl.concat([records, finish(form, carry)]))
    form.affinity(lines[RAW.name])
    assert read_.height == 1
    assert time.process_time() - started < 5


PROSE = """The quick brown fox. It said that the client is connected, and went on; nobody listened on port 80.
# Deploying
- name: api
  image: example/api:1.2
  ports: ["5006:5006"]
id,path,status
1,/ws,404
import { WebSocketServer } from 'ws';
server.on('upgrade', (request, socket, head) => {
  console.log('🔌 WebSocket upgrade request:', { pathname, origin });
});
def accept(self) -> None:
    return None
server { listen 80; location /ws { proxy_pass http://127.0.0.1:5006; } }
| path | status |
"""


@pytest.mark.parametrize("form", FORMATS, ids=NAMES)
def test_prose_and_code_and_tables_are_no_log(form: Format) -> None:
    assert form.affinity(pl.Series(PROSE.split("\n"))) < 0.1


@pytest.mark.parametrize("form", FORMATS, ids=NAMES)
def test_nothing_is_no_log(form: Format) -> None:
    assert form.affinity(pl.Series([], dtype=pl.String)) == 0
    assert form.affinity(pl.Series(["", "  "])) == 0


@pytest.mark.parametrize("form", FORMATS, ids=NAMES)
def test_every_field_of_a_formats_own_lines_is_what_somebody_read_there(form: Format) -> None:
    folder = HERE / form.name
    rows = read(form, *lines_in(folder / "accepts.log"))
    told = (json.dumps(row, ensure_ascii=False, default=str) for row in rows)
    assert_golden("fields.ndjson", "".join(f"{row}\n" for row in told), folder)


@pytest.mark.parametrize("form", FORMATS, ids=NAMES)
def test_of_every_format_it_is_told_where_its_lines_come_from(form: Format) -> None:
    origin = tomllib.loads((HERE / form.name / "origin.toml").read_text(encoding="utf-8"))
    assert set(origin) == {"obtained", "from"}
    assert origin["obtained"] in {"recorded", "documented", "handed in"}
    assert origin["from"]
