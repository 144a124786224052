"""Logs whose clocks stand apart tell of the same requests: that settles by how much, and nothing else does."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from analyzer.bundle import open_bundle
from analyzer.events import read_events
from analyzer.journeys.clocks import in_step, read_zones
from analyzer.pipeline import analyze
from analyzer.report.grounds import LedgerRow
from analyzer.report.json import to_json
from analyzer.schema import LINE, SOURCE, TIME
from analyzer.shipped import shipped
from analyzer.sources import recognise

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CALLS = ((0, "/api/calls"), (3, "/ws"), (7, "/api/agents?page=2"), (20, "/ws"), (31, "/login"), (55, "/api/calls/9"))


class Bundle:
    """Logs in a folder, written line by line as the programs write them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def read(self, *zones: str) -> tuple[dict[str, LedgerRow], pl.DataFrame, tuple[str, ...]]:
        with open_bundle([str(self.folder)], None) as bundle:
            events, notes = in_step(read_events(recognise(bundle)), read_zones(zones))
        return {row.path: row for row in events.ledger}, events.kept, notes

    def clock(self, name: str, *zones: str) -> float | None:
        return self.read(*zones)[0][name].clock_offset_s

    def time_of(self, name: str, line: int, *zones: str) -> datetime | None:
        kept = self.read(*zones)[1]
        moment: datetime | None = kept.filter(SOURCE.col == name, LINE.col == line)[TIME.name].item()
        return moment


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return Bundle(tmp_path)


def access(at: datetime, target: str, status: int = 404, client: str = "203.0.113.23") -> str:
    return f'{client} - - [{at:%d/%b/%Y:%H:%M:%S %z}] "GET {target} HTTP/1.1" {status} 153 "-" "Mozilla/5.0"'


def error(at: datetime, target: str, client: str = "203.0.113.23") -> str:
    return (
        f'{at:%Y/%m/%d %H:%M:%S} [error] 71#71: *9 open() "/usr/share/nginx/html{target}" failed (2: No such file or '
        f'directory), client: {client}, server: app.example.com, request: "GET {target} HTTP/1.1", '
        f'host: "app.example.com"'
    )


def pino(at: datetime, target: str, status: int = 404) -> str:
    milliseconds = int(at.timestamp() * 1000)
    return (
        f'{{"level":30,"time":{milliseconds},"pid":28073,"hostname":"api-1","req":{{"method":"GET","url":"{target}"}},'
        f'"res":{{"statusCode":{status}}},"responseTime":3,"msg":"request completed"}}'
    )


def refused(at: datetime, target: str) -> tuple[str, str]:
    failed = f"WebSocket connection to 'wss://app.example.com{target}' failed"
    why = "Error during WebSocket handshake: Unexpected response code: 404"
    return f"{at:%H:%M:%S}.062 app.js:13 {failed}: {why}", "connect @ app.js:13"


def after(seconds: float, since: datetime = NOON) -> datetime:
    return since + timedelta(seconds=seconds)


def write_access(bundle: Bundle) -> None:
    bundle.write("access.log", *(access(after(s), target) for s, target in CALLS))


def test_an_error_log_in_indian_time_is_moved_with_the_lines_that_belong_to_no_request(bundle: Bundle) -> None:
    write_access(bundle)
    ahead = 19_800
    told = [error(after(s + ahead), target) for s, target in CALLS if target != "/login"]
    alone = f"{after(40 + ahead):%Y/%m/%d %H:%M:%S} [alert] 71#71: worker process 72 exited on signal 9"
    bundle.write("error.log", *told, alone)
    rows, _, notes = bundle.read()
    row = rows["error.log"]
    assert (row.clock_offset_s, row.clock_spread_s, row.clock_matches) == (ahead, 0.0, 5)
    assert (row.first, row.last) == (after(0), after(55))
    assert bundle.time_of("error.log", 6) == after(40)
    assert not notes


def test_a_backend_that_is_95_seconds_ahead_is_set_back(bundle: Bundle) -> None:
    write_access(bundle)
    bundle.write("app.log", *(pino(after(s + 95.2), target) for s, target in CALLS))
    rows, kept, notes = bundle.read()
    row = rows["app.log"]
    assert (row.clock_offset_s, row.clock_matches) == (95, 6)
    assert notes == ("The clock of app.log is 95 s ahead, 6 requests say: its times are set right.",)
    assert kept.filter(SOURCE.col == "app.log").select((TIME.col.min() - after(0)).abs()).item() < timedelta(seconds=1)
    assert rows["access.log"].clock_offset_s == 0


def test_a_backend_in_step_is_said_to_be_in_step_and_not_moved(bundle: Bundle) -> None:
    write_access(bundle)
    bundle.write("app.log", *(pino(after(s + 0.4), target) for s, target in CALLS))
    assert bundle.clock("app.log") == 0
    assert bundle.time_of("app.log", 1) == after(0.4)


def test_a_browser_that_writes_the_time_of_day_gets_the_date_and_the_zone_of_the_access_log(bundle: Bundle) -> None:
    late = datetime(2026, 11, 21, 18, 29, 50, tzinfo=UTC)  # half a minute before midnight in India
    bundle.write("access.log", *(access(after(s, late), target) for s, target in CALLS))
    bundle.write("console.log", *(line for s, target in CALLS for line in refused(after(s + 19_800, late), target)))
    rows, _, notes = bundle.read()
    row = rows["console.log"]
    assert (row.clock_offset_s, row.clock_matches) == (19_800, 6)
    assert bundle.time_of("console.log", 11) == after(55.062, late)
    assert (row.first, row.last) == (after(0.062, late), after(55.062, late))
    assert not notes


def test_a_browser_whose_requests_no_other_log_has_keeps_its_order_and_gets_no_date(bundle: Bundle) -> None:
    write_access(bundle)
    bundle.write("console.log", *refused(NOON, "/elsewhere"), *refused(after(9), "/nowhere"))
    rows, _, notes = bundle.read()
    assert rows["console.log"].clock_offset_s is None
    assert bundle.time_of("console.log", 1) is None
    assert notes == ("console.log writes no dates, and nothing else settles them: its lines stand in their own order.",)


def test_one_error_among_retries_every_ten_seconds_is_not_taken_for_another_retry(bundle: Bundle) -> None:
    bundle.write("access.log", *(access(after(10 * k), "/ws") for k in range(30)))
    bundle.write("error.log", error(after(3 * 3600 + 50), "/ws"))
    assert bundle.time_of("error.log", 1) == after(50)


def test_retries_that_each_log_has_at_another_minute_move_no_clock(bundle: Bundle) -> None:
    bundle.write("access.log", *(access(after(10 * k), "/ws") for k in range(12)))
    bundle.write("app.log", *(pino(after(300 + 10 * k), "/ws") for k in range(12)))
    assert bundle.clock("app.log") is None
    assert bundle.time_of("app.log", 1) == after(300)


def test_what_agrees_with_the_backend_agrees_through_it_with_nginx(bundle: Bundle) -> None:
    write_access(bundle)
    inside = [(s, f"/internal{target}") for s, target in CALLS]
    bundle.write("app.log", *(pino(after(s + 40), target) for s, target in (*CALLS, *inside)))
    bundle.write("worker.log", *(pino(after(s + 40 + 200), target) for s, target in inside))
    rows, _, _ = bundle.read()
    assert (rows["app.log"].clock_offset_s, rows["worker.log"].clock_offset_s) == (40, 240)


def test_summer_time_that_ends_within_the_error_log_is_seen_and_said(bundle: Bundle) -> None:
    turn = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    asked = [(60 * k, f"/page/{k}") for k in range(-5, 6) if k]
    bundle.write("access.log", *(access(after(s, turn), target) for s, target in asked))
    bundle.write("error.log", *(error(after(s + (7200 if s < 0 else 3600), turn), target) for s, target in asked))
    rows, _, notes = bundle.read()
    assert rows["error.log"].clock_offset_s == 7200
    assert [bundle.time_of("error.log", line) for line in (1, 5, 6, 10)] == [
        after(s, turn) for s in (-300, -60, 60, 300)
    ]
    (note,) = notes
    assert note.startswith("The clock of error.log was set by an hour at line 6")


def test_an_error_log_and_access_lines_in_one_file_have_a_clock_each(bundle: Bundle) -> None:
    lines = [line for s, target in CALLS for line in (access(after(s), target), error(after(s - 18_000), target))]
    bundle.write("nginx.log", *lines)
    rows, kept, _ = bundle.read()
    assert rows["nginx.log"].clock_offset_s == -18_000
    assert kept[TIME.name].min() == after(0)
    assert kept[TIME.name].max() == after(55)


def test_the_window_of_the_report_is_in_utc(bundle: Bundle) -> None:
    write_access(bundle)
    bundle.write("error.log", *(error(after(s - 28_800), target) for s, target in CALLS))
    report = analyze([str(bundle.folder)])
    assert (report.window_start, report.window_end) == (after(0), after(55))


def test_an_error_log_alone_keeps_its_times_as_written_and_says_so(bundle: Bundle) -> None:
    bundle.write("error.log", error(NOON, "/ws"))
    rows, _, notes = bundle.read()
    assert rows["error.log"].clock_offset_s is None
    assert bundle.time_of("error.log", 1) == NOON
    assert notes == ("error.log names no time zone, and nothing else settles it: its times are as written.",)


@pytest.mark.parametrize("sample", ["incident-1a", "incident-4"])
def test_the_zone_of_the_machine_that_analyses_changes_nothing(sample: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    for zone in ("UTC", "Asia/Kathmandu", "America/St_Johns"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        told.append(to_json(analyze([str(shipped("samples") / sample)])))
    monkeypatch.undo()
    time.tzset()
    assert told[0] == told[1] == told[2]


def balanced(at: datetime, target: str, status: int = 404) -> str:
    return (
        f"haproxy[3813]: 203.0.113.23:50006 [{at:%d/%b/%Y:%H:%M:%S}.470] web app/one 0/0/0/0/0 {status} 51 - - ---- "
        f'1/1/0/0/0 0/0 {{app.example.com|Mozilla/5.0 (X11)}} "GET {target} HTTP/1.1"'
    )


def exported(asked: Sequence[tuple[datetime, str]]) -> str:
    entries = [
        {
            "startedDateTime": f"{at:%Y-%m-%dT%H:%M:%S}.120Z",
            "time": 14.2,
            "request": {"method": "GET", "url": f"https://app.example.com{target}", "headers": []},
            "response": {"status": 404, "statusText": "Not Found", "headers": []},
        }
        for at, target in asked
    ]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": entries}})


def test_a_load_balancer_that_writes_local_time_without_a_zone_is_set_right(bundle: Bundle) -> None:
    write_access(bundle)
    bundle.write("haproxy.log", *(balanced(after(s - 18_000), target) for s, target in CALLS))
    row = bundle.read()[0]["haproxy.log"]
    assert (row.clock_offset_s, row.clock_matches) == (-18_000, 6)


def test_a_browser_whose_clock_is_two_minutes_slow_is_set_right(bundle: Bundle) -> None:
    write_access(bundle)
    bundle.write("app.example.com.har", exported([(after(s - 120), target) for s, target in CALLS]))
    row = bundle.read()[0]["app.example.com.har"]
    assert (row.clock_offset_s, row.clock_matches) == (-120, 6)


def test_a_backend_that_saw_the_end_of_the_path_only_is_set_right_by_that(bundle: Bundle) -> None:
    paths = ["/api/v1/calls", "/api/v1/agents?page=2", "/api/v1/login", "/api/v1/ws/chat"]
    bundle.write("access.log", *(access(after(9 * k), path) for k, path in enumerate(paths)))
    arrived = [path.removeprefix("/api/v1") for path in paths]
    bundle.write("app.log", *(pino(after(9 * k + 33), path) for k, path in enumerate(arrived)))
    assert bundle.clock("app.log") == 33


def test_a_backend_that_writes_its_local_time_is_brought_to_utc(bundle: Bundle) -> None:
    write_access(bundle)
    seen = [(s, target) for s, target in CALLS if "ws" in target]
    bundle.write(
        "app.log",
        *(f"{after(s + 3600):%Y-%m-%d %H:%M:%S},125 INFO: WebSocket upgrade request: {target}" for s, target in seen),
    )
    assert bundle.clock("app.log") == 3600


def test_a_client_that_left_before_the_answer_is_the_request_that_the_backend_answered(bundle: Bundle) -> None:
    bundle.write("access.log", *(access(after(s), target, 499) for s, target in CALLS))
    bundle.write("app.log", *(pino(after(s - 41), target, 403) for s, target in CALLS))
    assert bundle.clock("app.log") == -41
