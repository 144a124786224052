"""`lasthop events` and `lasthop journeys`: a room's table on the terminal and in files."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analyzer import analyze
from analyzer.schema import JOURNEYS
from analyzer.shipped import shipped
from tests.command import Command

CHECKOUT = Path(__file__).parents[1]
BROKEN = str(shipped("samples") / "incident-1a")
ATTACK = '203.0.113.7 - - [21/Nov/2026:09:51:53 +0000] "GET /\x1b[2J\u202e?token=s3cr3tvalue9 HTTP/1.1" 404 1 "-" "x"\n'


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return Command(capsys, monkeypatch)


def test_journeys_are_shown_with_what_came_of_them_and_where_it_stands(run: Command) -> None:
    assert run("journeys", BROKEN, "--limit", "5") == 0
    heading, *rows = run.out.splitlines()
    assert heading.split() == [
        "time", "method", "target", "outcome", "status", "answered", "by", "nginx", "backend", "at",
    ]  # fmt: skip
    assert len(rows) == 5
    (failed, *_) = [row for row in rows if "/frontend-audio" in row]
    assert failed.split() == [
        "11-21", "09:51:03", "GET", "/frontend-audio", "failed", "404", "nginx", "seen", "absent", "nginx/access.log:3",
    ]  # fmt: skip
    assert "48 of 53 rows are not shown: --limit N shows more" in run.err


def test_events_are_shown_in_their_order_and_none_is_withheld_where_all_are_shown(run: Command) -> None:
    assert run("events", BROKEN, "--limit", "1000") == 0
    assert len(run.out.splitlines()) == 1 + analyze(BROKEN).events.height
    assert 'open() "/usr/share/nginx' in run.out
    assert run.err == ""


def test_a_parquet_file_holds_the_table_as_the_library_has_it(run: Command) -> None:
    assert run("journeys", BROKEN, "-o", "journeys.parquet") == 0
    assert_frame_equal(pl.read_parquet("journeys.parquet"), analyze(BROKEN).journeys)
    assert run.out == ""
    assert "53 rows written to journeys.parquet" in run.err


def test_csv_holds_every_column_places_as_grep_writes_them_and_moments_in_utc(run: Command) -> None:
    assert run("journeys", BROKEN, "-o", "journeys.csv") == 0
    assert run("journeys", BROKEN, "-o", "-") == 0
    text = Path("journeys.csv").read_text(encoding="utf-8")
    assert run.out == text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == [column.name for column in JOURNEYS]
    (first, *_) = [row for row in rows if row["url.path"] == "/frontend-audio"]
    assert first["time"] == "2026-11-21T09:51:03.000000Z"
    assert (first["lasthop.access_at"], first["lasthop.backend_at"]) == ("nginx/access.log:3", "")
    assert first["lasthop.client_at"] == "browser/desk.example.com-1795254714755.log:4-6"
    lacks = next(row["lasthop.route_lacks"] for row in rows if row["lasthop.route_lacks"])
    assert "Upgrade" in json.loads(lacks)


def test_json_lines_hold_a_record_each(run: Command) -> None:
    assert run("events", BROKEN, "-o", "events.jsonl") == 0
    rows = [json.loads(line) for line in Path("events.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == analyze(BROKEN).events.height
    assert rows[0]["time"] == "2026-11-21T09:51:01.000000Z"


def test_the_same_bundle_gives_the_same_bytes(run: Command) -> None:
    for name in ("one.csv", "two.csv", "one.jsonl", "two.jsonl", "one.parquet", "two.parquet"):
        assert run("events", BROKEN, "-o", name) == 0
    for ending in ("csv", "jsonl", "parquet"):
        assert Path(f"one.{ending}").read_bytes() == Path(f"two.{ending}").read_bytes()


@pytest.mark.parametrize("room", ["events", "journeys"])
@pytest.mark.parametrize("output", [(), ("-o", "-"), ("-o", "t.csv"), ("-o", "t.jsonl"), ("-o", "t.parquet")])
def test_secrets_are_left_out_of_every_table_unless_they_are_asked_for(
    run: Command, room: str, output: tuple[str, ...]
) -> None:
    Path("access.log").write_text(ATTACK, encoding="utf-8")

    def shown(*arguments: str) -> str:
        assert run(room, "access.log", *output, *arguments) == 0
        file = Path(output[-1]) if output and output[-1] != "-" else None
        if file is None:
            return run.out
        return pl.read_parquet(file).write_json() if file.suffix == ".parquet" else file.read_text(encoding="utf-8")

    assert "s3cr3tvalue9" not in shown()
    assert "token=REDACTED-1" in shown()
    assert "s3cr3tvalue9" in shown("--no-redact")


def test_what_an_attacker_sent_moves_no_terminal(run: Command) -> None:
    Path("access.log").write_text(ATTACK, encoding="utf-8")
    assert run("events", "access.log") == 0
    assert "\x1b" not in run.out
    assert "\u202e" not in run.out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_csv_on_a_terminal_moves_it_no_more_than_a_table_does(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415  not on Windows

    (tmp_path / "access.log").write_text(ATTACK, encoding="utf-8")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "analyzer.cli", "events", str(tmp_path / "access.log"), "-o", "-"]
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
        process = subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment)
        process.wait(timeout=120)
        os.close(theirs)
        shown = terminal.read(65536)
    assert b"log.file.path" in shown
    assert b"\x1b" not in shown


def test_a_period_and_a_zone_count_as_they_do_for_the_verdict(run: Command) -> None:
    assert run("events", BROKEN, "--since", "2026-11-21T09:51:50", "-o", "late.parquet") == 0
    times = pl.read_parquet("late.parquet")["time"].drop_nulls()
    assert (str(times.min()), times.len() < 20) == ("2026-11-21 09:51:50+00:00", True)


def test_of_a_long_log_it_is_said_how_many_records_stand_in_no_table(run: Command) -> None:
    line = '203.0.113.7 - - [21/Nov/2026:09:51:53 +0000] "GET /ok HTTP/1.1" 200 1 "-" "x"\n'
    Path("access.log").write_text(line * 250, encoding="utf-8")
    assert run("events", "access.log", "-o", "events.csv") == 0
    kept = len(Path("events.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert 0 < kept < 250
    assert f"{250 - kept} more records were counted and stand in no table" in " ".join(run.err.split())


@pytest.mark.parametrize("room", ["events", "journeys"])
def test_a_table_that_is_shared_holds_pseudonyms_as_the_report_does(run: Command, room: str) -> None:
    assert run(room, BROKEN, "--anonymize", "-o", "-") == 0
    assert "/frontend-audio" in run.out
    for real in ("api-calls.harx.ai", "203.0.113.23", "desk.example.com", "telephony"):
        assert real not in run.out
    assert run(room, BROKEN, "--anonymize", "--no-redact") == 2


def test_an_ending_that_no_table_has_is_wrong_use_before_anything_is_read(run: Command) -> None:
    assert run("events", "gone.log", "-o", "events.xlsx") == 2
    assert "events.xlsx: a table is written as .parquet, .csv, .jsonl" in " ".join(run.err.split())
    assert run("events", BROKEN, "-o", "no/such/folder.csv") == 2
    assert "cannot be written: no such file or directory" in " ".join(run.err.split())
    assert run("events", "gone.log") == 3
