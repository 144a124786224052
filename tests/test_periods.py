"""`--since` and `--until`: only the period asked about is judged, and what lies outside still proves what it proves."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from analyzer.bundle import open_bundle
from analyzer.cli import run as run_command
from analyzer.cutting import within
from analyzer.errors import NothingReadError, UsageError
from analyzer.events import read_events
from analyzer.journeys import trace_journeys
from analyzer.journeys.clocks import in_step, setting_right
from analyzer.periods import read_period
from analyzer.pipeline import analyze
from analyzer.report.json import to_json
from analyzer.report.model import Report
from analyzer.schema import NGINX_SEEN, TARGET, Seen
from analyzer.shipped import shipped
from analyzer.sources import recognise
from tests.journeys.test_balancers import BALANCER, GAVE_UP, NGINX
from tests.test_schema_of_reports import validate

LAST = datetime(2026, 1, 12, 9, 14, 3, tzinfo=UTC)
BROKEN, OTHER = (str(shipped("samples") / name) for name in ("incident-1a", "healthy"))


def start_of(words: str) -> datetime | None:
    asked = read_period(words, None)
    assert asked
    return asked.before(LAST).start


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2026-01-11", "2026-01-11T00:00:00"),
        ("2026-01-11T09:30", "2026-01-11T09:30:00"),
        ("2026-01-11 09:30:01.5", "2026-01-11T09:30:01.500000"),
        ("2026-01-11T09:30:00Z", "2026-01-11T09:30:00"),
        ("2026-01-11T09:30:00+05:30", "2026-01-11T04:00:00"),
        ("2026-01-11t09:30-0800", "2026-01-11T17:30:00"),
        ("2h", "2026-01-12T07:14:03"),
        ("2 hours ago", "2026-01-12T07:14:03"),
        ("30 min", "2026-01-12T08:44:03"),
        ("1h30m", "2026-01-12T07:44:03"),
        ("1 day 12 hours ago", "2026-01-10T21:14:03"),
        ("3 days ago", "2026-01-09T09:14:03"),
        ("2w", "2025-12-29T09:14:03"),
        ("90 s", "2026-01-12T09:12:33"),
        ("yesterday", "2026-01-11T00:00:00"),
        ("Yesterday 23:15", "2026-01-11T23:15:00"),
        ("today", "2026-01-12T00:00:00"),
        ("today 09:30", "2026-01-12T09:30:00"),
        ("09:10", "2026-01-12T09:10:00"),
        ("9:10", "2026-01-12T09:10:00"),
        ("09:30", "2026-01-11T09:30:00"),  # the last time that it was half past nine
        ("09:30+05:30", "2026-01-12T04:00:00"),
        ("yesterday 01:00 +05:30", "2026-01-10T19:30:00"),
    ],
)
def test_moments_are_read_as_a_person_means_them_counted_from_the_last_event(words: str, moment: str) -> None:
    assert start_of(words) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_until_a_day_means_to_its_end_and_until_a_time_means_that_moment() -> None:
    asked = [read_period(None, words) for words in ("2026-01-11", "yesterday", "yesterday 12:00")]
    ends = [each.before(LAST).end for each in asked if each]
    midnight = datetime(2026, 1, 12, tzinfo=UTC)
    assert ends == [midnight - timedelta(microseconds=1)] * 2 + [midnight - timedelta(hours=12)]


@pytest.mark.parametrize(
    "words", ["tomorrow", "2 fortnights", "2026-13-01", "2026-02-30", "25:00", "", "soon", "2h later", "999999w", "ago"]
)
def test_what_is_no_moment_is_refused_with_what_is_accepted(words: str) -> None:
    with pytest.raises(UsageError, match=r"^--since ") as refused:
        start_of(words)
    assert "Accepted are 2026-01-12, 2026-01-12T09:14:03+01:00 (without a zone: UTC), 2h" in refused.value.hint


def test_a_period_that_ends_before_it_begins_is_wrong_use_and_says_what_both_words_came_to() -> None:
    asked = read_period("1h", "2h")
    assert asked
    with pytest.raises(UsageError, match="--until is 2026-01-12 07:14:03 UTC, before --since: 2026-01-12 08:14:03 UTC"):
        asked.before(LAST)


def test_words_need_a_line_with_a_time_and_dates_do_not() -> None:
    words, date = read_period("2h", None), read_period("2026-01-12", None)
    assert words
    assert date
    with pytest.raises(UsageError, match="no line tells a time to count back from"):
        words.before(None)
    assert date.before(None).start == datetime(2026, 1, 12, tzinfo=UTC)


BEGAN = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)
KOLKATA = timedelta(hours=5, minutes=30)
CONFIG = "server { listen 80; location / { proxy_pass http://127.0.0.1:3000; } }\n"


def access(at: datetime, path: str, status: int, client: str = "198.51.100.7") -> str:
    return f'{client} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" {status} 157 "-" "Firefox/140.0"\n'


def refused(at: datetime, path: str, number: int) -> str:
    return (
        f"{at:%Y/%m/%d %H:%M:%S} [error] 7#7: *{number} connect() failed (111: Connection refused) while connecting to "
        f'upstream, client: 198.51.100.7, server: _, request: "GET {path} HTTP/1.1", '
        f'upstream: "http://127.0.0.1:3000{path}", host: "shop.example.com"\n'
    )


def every(seconds: int, times: int) -> Iterator[tuple[int, datetime]]:
    return ((number, BEGAN + timedelta(seconds=seconds * number)) for number in range(times))


@pytest.fixture
def long_outage(tmp_path: Path) -> Path:
    """Two hours in which a request every two seconds fails; the error log writes the local time of Kolkata."""
    (tmp_path / "nginx.conf").write_text(CONFIG)
    (tmp_path / "access.log").write_text(
        "".join(access(at, f"/api/orders/{4711 + number}", 502) for number, at in every(2, 3600))
    )
    errors = (refused(at + KOLKATA, f"/api/orders/{4711 + number}", number) for number, at in every(2, 3600))
    (tmp_path / "error.log").write_text("".join(errors))
    return tmp_path


def told(path: Path, since: str | None = None, until: str | None = None) -> Report:
    return analyze([str(path)], since=since, until=until)


def test_of_a_long_outage_exactly_the_requests_of_the_period_are_counted(long_outage: Path) -> None:
    (whole,) = told(long_outage).incidents
    report = told(long_outage, "1h")
    (incident,) = report.incidents
    assert (whole.cause, whole.requests) == ("upstream-refused", 3600)
    assert (incident.cause, incident.requests) == ("upstream-refused", 1801)
    assert incident.first_seen == datetime(2026, 11, 21, 8, 59, 58, tzinfo=UTC)
    assert report.requests_seen == 1801
    assert report.asked
    assert (report.asked.records_outside, report.asked.requests_outside) == (3598, 1799)
    assert "08:59:58 UTC to the last (`--since 1h`): 3,598 records and 1,799 requests lie outside" in report.notes[0]


def test_the_clocks_are_set_by_the_whole_bundle_whatever_is_asked_about(long_outage: Path) -> None:
    whole, cut = told(long_outage), told(long_outage, "20 min", "09:50")
    assert [(row.path, row.clock_offset_s) for row in cut.sources] == [
        (row.path, row.clock_offset_s) for row in whole.sources
    ]
    (incident,) = cut.incidents
    assert incident.requests == 302
    assert (incident.first_seen, incident.last_seen) == (
        datetime(2026, 11, 21, 9, 39, 58, tzinfo=UTC),
        datetime(2026, 11, 21, 9, 50, 0, tzinfo=UTC),
    )


def test_the_same_bundle_and_words_give_the_same_bytes(long_outage: Path) -> None:
    assert to_json(told(long_outage, "30 min")) == to_json(told(long_outage, "30 min"))
    moment = told(long_outage, "2026-11-21T09:29:58")
    assert told(long_outage, "30 min").incidents == moment.incidents


def test_an_outage_outside_the_period_is_no_incident_of_it(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text(CONFIG)
    lines = [access(at, "/api/orders", 502 if number < 50 else 200) for number, at in every(60, 100)]
    (tmp_path / "access.log").write_text("".join(lines))
    errors = (refused(at, "/api/orders", number) for number, at in every(60, 50))
    (tmp_path / "error.log").write_text("".join(errors))
    assert [each.requests for each in told(tmp_path).incidents] == [50]
    assert told(tmp_path, "08:50").incidents == ()
    assert told(tmp_path, "08:50").requests_seen == 50
    assert [each.requests for each in told(tmp_path, "08:10", "08:19").incidents] == [10]


def test_silence_is_absence_where_the_log_covers_the_moment_with_lines_outside_the_period(tmp_path: Path) -> None:
    """nginx's log has nothing in the seconds asked about; what stands around them shows that it was there."""
    (tmp_path / "haproxy.log").write_text("\n".join((*BALANCER, GAVE_UP)) + "\n")
    (tmp_path / "access.log").write_text("\n".join(NGINX) + "\n")
    with open_bundle([str(tmp_path)]) as bundle:
        sources = recognise(bundle)
        written = read_events(sources)
        asked = read_period("2026-11-23T08:45:15", "2026-11-23T08:45:20")
        events, _ = in_step(written)
        of_period = within(events, asked, partial(read_events, sources), partial(setting_right, written, ()))
        (row,) = of_period.journeys(trace_journeys(of_period.events, None)).journeys.to_dicts()
    assert (row[TARGET.name], row[NGINX_SEEN.name]) == ("/ws/chat", Seen.ABSENT)


def test_what_has_no_time_stays_and_a_note_says_so(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text("".join(access(at, "/api/orders", 200) for _, at in every(60, 100)))
    (tmp_path / "uvicorn.log").write_text('INFO:     127.0.0.1:5000 - "GET /api/orders HTTP/1.1" 200 OK\n' * 3)
    report = told(tmp_path, "10 min")
    assert report.asked
    assert report.asked.untimed == 3
    assert "3 records without a time may lie outside as well, and stayed." in report.notes


def test_a_period_of_which_no_line_tells_is_never_all_fine(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text("".join(access(at, "/api/orders", 200) for _, at in every(60, 100)))
    (tmp_path / "uvicorn.log").write_text('INFO:     127.0.0.1:5000 - "GET /api/orders HTTP/1.1" 200 OK\n' * 3)
    with pytest.raises(NothingReadError, match="nothing in the bundle is of the period asked about") as nothing:
        told(tmp_path, "2026-11-22")
    assert "Its logs tell of 2026-11-21 08:00:00 UTC to 2026-11-21 09:39:00 UTC" in nothing.value.hint


def test_a_report_says_as_data_what_was_asked_about(long_outage: Path) -> None:
    report = json.loads(to_json(told(long_outage, "1h", "09:30")))
    validate()(report)
    assert report["asked"] == {
        "since": "1h",
        "until": "09:30",
        "start": "2026-11-21T08:59:58Z",
        "end": "2026-11-21T09:30:00Z",
        "records_outside": 5396,
        "requests_outside": 2698,
        "untimed": 0,
    }


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["lasthop", *arguments])
    with pytest.raises(SystemExit) as end:
        run_command()
    out, err = capsys.readouterr()
    return int(end.value.code or 0), " ".join(out.split()), " ".join(err.split())


def test_the_command_tells_the_period_and_a_wrong_one_is_wrong_use(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, monkeypatch, "analyze", BROKEN, "--since", "09:51:45")
    assert code == 0
    assert "Asked about 2026-11-21 09:51:45 UTC to the last (`--since 09:51:45`)" in err
    assert "Asked about 2026-11-21 09:51:45 UTC" in (tmp_path / "report.html").read_text(encoding="utf-8")
    code, _, err = run(capsys, monkeypatch, "analyze", BROKEN, "--until", "teatime")
    assert code == 2
    assert "--until teatime: is no moment, column 1" in err
    assert "Accepted are" in err
    assert run(capsys, monkeypatch, "analyze", BROKEN, "--since", "2030-01-01")[0] == 3


def test_a_comparison_asks_both_bundles_about_the_same_words_and_cuts_no_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys, monkeypatch, "compare", BROKEN, OTHER, "--since", "20s")
    assert code == 0
    assert "Gone No nginx location sends /frontend-audio" in out
    (tmp_path / "before.json").write_text(to_json(analyze([BROKEN])))
    code, _, err = run(capsys, monkeypatch, "compare", "before.json", OTHER, "--since", "20s")
    assert code == 2
    assert "before.json: of a report no period can be cut" in err
