"""Formats of one's own: a grammar, a log_format, a table in formats.toml; and what `lasthop formats` shows."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzer.cli import app
from analyzer.errors import GrammarError, NothingReadError, UsageError
from analyzer.events import Events
from analyzer.formats import Format
from analyzer.own_formats import own_formats
from analyzer.pipeline import analyze
from tests.formats.reading import events_in

GATEWAY = """// hop: load-balancer
// time: %d.%m.%Y %H:%M:%S%.3f
// marks: start
start: time " gw> " method " " path " = " status " in " duration_ms "ms"
time: /[0-9.]+ [0-9:.]+/
method: /[A-Z]+/
path: /\\/[^ ]*/
status: /[0-9]{3}/
duration_ms: /[0-9]+/
"""
GATEWAY_LINES = """21.11.2026 07:22:43.123 gw> GET /ws/chat = 502 in 31ms
21.11.2026 07:22:44.001 gw> GET /health = 200 in 2ms
"""
OURS = (
    '{"at": "2026-11-21 07:22:43", "req": {"uri": "/ws/chat", "verb": "GET"}, "res": {"code": 403},'
    ' "who": "10.0.0.9"}\n'
)
TABLE = """[ours]
hop = "backend"
title = "our service's log"
[ours.json]
time = "at"
path = "req.uri"
method = "req.verb"
status = "res.code"
client = "who"
"""
NO_FOLDER = Path("/nonexistent")


@pytest.fixture
def grammar(tmp_path: Path) -> str:
    path = tmp_path / "gateway.lark"
    path.write_text(GATEWAY, encoding="utf-8")
    return str(path)


def events_of(tmp_path: Path, text: str, own: tuple[Format, ...]) -> Events:
    log = tmp_path / "x.txt"
    log.write_text(text, encoding="utf-8")
    return events_in(log, own=own)


def test_a_grammar_of_ones_own_reads_lines_that_nobody_else_knows(tmp_path: Path, grammar: str) -> None:
    events = events_of(tmp_path, GATEWAY_LINES, own_formats(NO_FOLDER, [grammar]))
    first = {name: value for name, value in events.kept.row(0, named=True).items() if value is not None}
    assert (first["lasthop.format"], first["lasthop.hop"], first["lasthop.kind"]) == (
        "gateway",
        "load-balancer",
        "request",
    )
    assert (first["http.request.method"], first["url.path"], first["http.response.status_code"]) == (
        "GET",
        "/ws/chat",
        502,
    )
    assert first["time"].isoformat() == "2026-11-21T07:22:43.123000+00:00"
    assert (first["lasthop.time_lacks"], first["lasthop.time_marks"], first["lasthop.duration"]) == (
        "zone",
        "start",
        31_000,
    )
    assert [(row.format, row.parsed, row.unparsed) for row in events.ledger] == [("gateway", 2, 0)]


def test_the_formats_that_the_guide_writes_out_work(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "writing-a-grammar.md").read_text(encoding="utf-8")
    for name, language in (("gateway.lark", "lark"), ("formats.toml", "toml")):
        (tmp_path / name).write_text(guide.split(f"```{language}\n")[1].split("```")[0], encoding="utf-8")
    gateway, edge, ours = own_formats(tmp_path)
    assert [gateway.hop, edge.hop, ours.hop] == ["load-balancer", "nginx", "backend"]
    events = events_of(tmp_path, GATEWAY_LINES, (gateway, edge, ours))
    assert events.kept["http.response.status_code"].to_list() == [502, 200]


def test_without_it_nothing_of_that_log_is_understood(tmp_path: Path) -> None:
    events = events_of(tmp_path, GATEWAY_LINES, ())
    assert "gateway" not in events.kept["lasthop.format"].to_list()


def test_fields_of_ones_own_json_are_told_in_formats_toml(tmp_path: Path) -> None:
    (tmp_path / "formats.toml").write_text(TABLE, encoding="utf-8")
    events = events_of(tmp_path, OURS * 3, own_formats(tmp_path))
    row = events.kept.row(0, named=True)
    assert (row["lasthop.format"], row["url.path"], row["http.response.status_code"], row["client.address"]) == (
        "ours",
        "/ws/chat",
        403,
        "10.0.0.9",
    )
    assert row["lasthop.time_lacks"] == "zone"


def test_words_of_ones_own_log_tell_what_they_tell_elsewhere(tmp_path: Path) -> None:
    text = 'start: level "|" message\nlevel: /[A-Z]+/\nmessage: /.+/\n'
    (tmp_path / "pipes.lark").write_text(text, encoding="utf-8")
    own = own_formats(NO_FOLDER, [str(tmp_path / "pipes.lark")])
    events = events_of(tmp_path, "WARN|Origin https://evil.test not allowed\nINFO|nothing to see\n" * 3, own)
    kinds = events.kept.select("lasthop.format", "lasthop.kind", "http.request.header.origin").rows()
    assert kinds[0] == ("pipes", "origin_rejected", "https://evil.test")
    assert kinds[1] == ("pipes", "message", None)


def test_a_log_format_of_ones_own_is_read_without_the_config(tmp_path: Path) -> None:
    line = "203.0.113.7|2026-11-21T07:22:43+00:00|GET /ws/chat HTTP/1.1|502|app.example.com\n"
    told = "$remote_addr|$time_iso8601|$request|$status|$host"
    events = events_of(tmp_path, line * 3, own_formats(NO_FOLDER, (), [told]))
    row = events.kept.row(0, named=True)
    assert (row["url.path"], row["http.response.status_code"], row["server.address"]) == (
        "/ws/chat",
        502,
        "app.example.com",
    )


def test_a_formats_toml_that_lies_in_a_bundle_is_never_obeyed(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "formats.toml").write_text(TABLE, encoding="utf-8")
    (bundle / "gateway.lark").write_text(GATEWAY, encoding="utf-8")
    (bundle / "app.log").write_text(OURS * 3, encoding="utf-8")
    with pytest.raises(NothingReadError):
        analyze([str(bundle)])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("[a]\ngrammar = 'a.lark'\nlog_format = '$request'\n", "holds 2"),
        ("[a]\nhop = 'nginx'\n", "holds 0"),
        ("[a]\nlog_format = '$request'\ncolour = 'red'\n", "colour is nothing that is known"),
        ("[a]\nhop = 'moon'\n[a.json]\npath = 'p'\n", "moon is no hop"),
        ("[a.json]\nfoo = 'p'\n", "captures foo"),
        ("[a]\ngrammar = 'missing.lark'\n", "missing.lark cannot be read"),
        ("[nginx_access]\nlog_format = '$request'\n", "there is a format nginx_access already"),
        ("a = 1\n", "is no table"),
        ("[a\n", "cannot be read"),
        ("[a]\nlog_format = 3\n", "3 is no text"),
    ],
)
def test_what_is_wrong_with_a_formats_toml_is_told(tmp_path: Path, table: str, told: str) -> None:
    (tmp_path / "formats.toml").write_text(table, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        own_formats(tmp_path)


def test_a_grammar_that_only_one_engine_would_understand_is_told_by_name_and_rule(tmp_path: Path) -> None:
    (tmp_path / "bad.lark").write_text("start: path\npath: /(?=x)./\n", encoding="utf-8")
    with pytest.raises(GrammarError, match="bad"):
        own_formats(NO_FOLDER, [str(tmp_path / "bad.lark")])


def test_the_command_takes_a_grammar_and_says_so_where_it_is_broken(tmp_path: Path, grammar: str) -> None:
    log = tmp_path / "x.log"
    log.write_text(GATEWAY_LINES, encoding="utf-8")
    listed = CliRunner().invoke(app, ["formats", "--grammar", grammar])
    assert listed.stdout.splitlines()[1].split() == ["gateway", "load-balancer", "gateway", "(yours)"]
    tried = CliRunner().invoke(app, ["formats", "test", str(log), "--grammar", grammar])
    assert tried.exit_code == 0
    assert "2 records were understood, 0 were not" in tried.stdout


def test_a_line_that_is_not_understood_shows_the_column_and_what_was_expected_there(tmp_path: Path) -> None:
    log = tmp_path / "error.log"
    log.write_text(
        '2026/11/21 07:09:43 [error] 7#7: *1 open() "/x" failed (2: No such file or directory)\n'
        "2026/11/21 07:09:43 [eror] 7#7: *1 connect() failed\n",
        encoding="utf-8",
    )
    tried = CliRunner().invoke(app, ["formats", "test", str(log)])
    lines = tried.stdout.splitlines()
    assert lines[1].split()[:3] == ["1", "nginx_error", "nginx_error"]
    assert lines[2].startswith("      2  not understood  closest is nginx_error: column 22: expected level")
    assert lines[4].index("^") - 9 == lines[3][9:].index("eror")
    assert lines[-1] == "1 records were understood, 1 by general features alone, 0 were not"


def test_only_what_was_not_understood_is_shown_when_that_is_asked(tmp_path: Path) -> None:
    log = tmp_path / "error.log"
    log.write_text(
        "2026/11/21 07:09:43 [error] 7#7: *1 x\n2026/11/21 07:09:43 [eror] 7#7: *1 x\n" * 50, encoding="utf-8"
    )
    tried = CliRunner().invoke(app, ["formats", "test", str(log), "--unread"])
    assert tried.stdout.count("not understood") == 50
    assert "nginx_error nginx_error" not in tried.stdout


def test_a_file_of_which_nothing_is_understood_ends_with_3(tmp_path: Path) -> None:
    prose = tmp_path / "prose.txt"
    prose.write_text("The quick brown fox.\nIt jumped.\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["formats", "test", str(prose)]).exit_code == 3


def test_a_file_can_be_read_as_a_format_that_is_named(tmp_path: Path) -> None:
    log = tmp_path / "x.txt"
    log.write_text("INFO:     connection open\n", encoding="utf-8")
    assert "read as HAProxy log" in CliRunner().invoke(app, ["formats", "test", str(log), "--format", "haproxy"]).stdout
    with pytest.raises(UsageError, match="moon: there is no such format"):
        CliRunner().invoke(app, ["formats", "test", str(log), "--format", "moon"], catch_exceptions=False)


def test_hostile_lines_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    log = tmp_path / "x.txt"
    log.write_text(
        "\x1b]0;owned\x07[red]x[/red]\n2026/11/21 07:09:43 [error] 7#7: *1 a\x1b[2Jb, client: 1.2.3.4\n",
        encoding="utf-8",
    )
    tried = CliRunner().invoke(app, ["formats", "test", str(log)])
    assert "\x1b" not in tried.stdout
    assert "[red]x[/red]" in tried.stdout
