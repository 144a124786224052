"""What happened when: requests counted once, by time, however long the logs and wherever their clocks stood."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import histogram
from analyzer.histogram import Histogram
from analyzer.pipeline import analyze
from analyzer.report.figures import Bar, Mark, Timeline
from analyzer.schema import ANSWER, COUNT, EVENTS, HOP, KIND, SOURCE, STATUS, TIME, Answer, Hop, Kind, schema_of
from analyzer.shipped import shipped
from tests.analysed import analysed

pytestmark = pytest.mark.xdist_group("analysed")
NOON = datetime(2026, 1, 12, 12, tzinfo=UTC)


def timeline_of(bundle: Path) -> Timeline:
    timeline = analyze([str(bundle)]).timeline
    assert timeline is not None
    return timeline


def answered(
    *answers: tuple[datetime, int | None], kind: Kind = Kind.REQUEST, source: str = "access.log"
) -> pl.DataFrame:
    told = pl.DataFrame(
        [(when, status, kind.value, source, Hop.NGINX.value) for when, status in answers],
        schema=schema_of((TIME, STATUS, KIND, SOURCE, HOP)),
        orient="row",
    )
    return pl.concat([pl.DataFrame(schema=schema_of(EVENTS)), told], how="diagonal")


def by_answer(counted: Histogram) -> dict[str, int]:
    return dict(counted.counts().group_by(ANSWER.name).agg(COUNT.col.sum()).iter_rows())


def total(bar: Bar) -> int:
    return bar.served + bar.refused + bar.failed + bar.left


def test_one_hop_counts_so_that_no_request_is_counted_at_each_of_them() -> None:
    timeline = timeline_of(shipped("samples") / "incident-1a")
    assert timeline.hop is Hop.NGINX
    assert sum(map(total, timeline.bars)) == 45
    assert sum(bar.refused for bar in timeline.bars) == 13


def test_the_whole_of_the_outage_lies_within_the_timeline() -> None:
    report = analysed(shipped("samples") / "incident-3b")
    (incident,) = report.incidents
    assert report.timeline is not None
    assert incident.first_seen is not None
    assert incident.last_seen is not None
    assert report.timeline.start <= incident.first_seen <= incident.last_seen <= report.timeline.end


@pytest.mark.parametrize(
    ("status", "answer"),
    [(101, "served"), (204, "served"), (304, "served"), (404, "refused"), (499, "left"), (502, "failed")],
)
def test_an_answer_is_called_by_the_class_of_its_status(status: int, answer: str) -> None:
    counted = Histogram()
    counted.add(answered((NOON, status)))
    assert by_answer(counted) == {answer: 1}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (Kind.OPENED, Answer.SERVED),
        (Kind.HANDSHAKE_ACCEPTED, Answer.SERVED),
        (Kind.ORIGIN_REJECTED, Answer.REFUSED),
        (Kind.HANDSHAKE_FAILED, Answer.FAILED),
    ],
)
def test_a_handshake_counts_by_what_became_of_it(kind: Kind, answer: Answer) -> None:
    counted = Histogram()
    counted.add(answered((NOON, None), kind=kind))
    assert by_answer(counted) == {answer.value: 1}


def test_what_tells_of_no_answer_is_not_counted() -> None:
    counted = Histogram()
    counted.add(answered((NOON, None)))
    counted.add(answered((NOON, None), kind=Kind.MESSAGE))
    counted.add(answered((NOON, 200), kind=Kind.NGINX_ERROR))
    assert by_answer(counted) == {}


def test_months_need_no_more_rows_than_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histogram, "_MOST_ROWS", 200)
    counted = Histogram()
    for day in range(90):
        counted.add(answered(*((NOON + timedelta(days=day, minutes=minute), 200) for minute in range(30))))
    assert counted.counts().height <= 200
    assert by_answer(counted) == {"served": 2700}
    assert counted.step_s == 900


@given(st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from([200, 404, 500])), max_size=60), st.integers(1, 20))
def test_the_counts_do_not_depend_on_where_a_block_ends(requests: list[tuple[int, int]], size: int) -> None:
    told = [(NOON + timedelta(seconds=second), status) for second, status in requests]
    at_once, in_blocks = Histogram(), Histogram()
    at_once.add(answered(*told))
    for start in range(0, len(told), size):
        in_blocks.add(answered(*told[start : start + size]))
    assert at_once.counts().equals(in_blocks.counts())


def access(when: datetime, path: str = "/api", status: int = 200) -> str:
    return f'203.0.113.9 - - [{when:%d/%b/%Y:%H:%M:%S %z}] "GET {path} HTTP/1.1" {status} 12 "-" "curl/8.5.0"\n'


def test_a_few_pasted_lines_have_no_timeline(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text("".join(access(NOON + timedelta(minutes=n)) for n in range(5)))
    assert analyze([str(tmp_path)]).timeline is None


def test_a_log_whose_clock_is_told_moves_its_bars_too(tmp_path: Path) -> None:
    lines = (f"{NOON + timedelta(minutes=n):%Y-%m-%d %H:%M:%S} GET /api/{n} 200 12 ms\n" for n in range(12))
    (tmp_path / "app.log").write_text("".join(lines))
    as_written = analyze([str(tmp_path / "app.log")]).timeline
    told = analyze([str(tmp_path / "app.log")], zones=["Asia/Kolkata"]).timeline
    assert as_written is not None
    assert told is not None
    assert as_written.start - told.start == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize("every_s", [1, 7, 30, 240, 1800])
def test_what_comes_evenly_is_drawn_evenly(tmp_path: Path, every_s: int) -> None:
    noon = datetime(2026, 1, 5, tzinfo=UTC)
    lines = (access(noon + timedelta(seconds=every_s * number)) for number in range(6000))
    (tmp_path / "access.log").write_text("".join(lines))
    counts = [bar.served for bar in timeline_of(tmp_path).bars][1:-1]
    assert sum(counts) > 5000
    assert max(counts) - min(counts) <= 1


def test_starts_and_reloads_are_marked_once_however_many_workers_say_it(tmp_path: Path) -> None:
    asked = [access(NOON + timedelta(seconds=10 * n), f"/api/{n}", 502 if n in {9, 20} else 200) for n in range(60)]
    (tmp_path / "access.log").write_text("".join(asked))
    refused = (
        "connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.9, server: _, "
        'request: "GET /api/{n} HTTP/1.1", upstream: "http://127.0.0.1:5000/api/{n}", host: "api.example.com"'
    )
    notices = (
        f"2026/01/12 12:01:30 [error] 31#31: *9 {refused.format(n=9)}\n"
        f"2026/01/12 12:03:20 [error] 31#31: *20 {refused.format(n=20)}\n"
        "2026/01/12 12:04:00 [notice] 31#31: signal 1 (SIGHUP) received from 40, reconfiguring\n"
        "2026/01/12 12:04:00 [notice] 31#31: reconfiguring\n"
        '2026/01/12 12:04:00 [notice] 31#31: using the "epoll" event method\n'
        "2026/01/12 12:04:00 [notice] 31#31: start worker processes\n"
        "2026/01/12 12:06:00 [notice] 31#31: exit\n"
        "2026/01/12 12:06:30 [notice] 52#52: start worker processes\n"
    )
    (tmp_path / "error.log").write_text(notices)
    assert timeline_of(tmp_path).marks == (
        Mark(NOON + timedelta(minutes=4), "nginx read its config anew", "error.log", 4),
        Mark(NOON + timedelta(minutes=6), "nginx ended", "error.log", 7),
        Mark(NOON + timedelta(minutes=6, seconds=30), "nginx started", "error.log", 8),
    )
