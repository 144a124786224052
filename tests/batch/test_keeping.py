"""`lasthop batch`, night after night: nothing is read twice, nothing is lost, the same store tells the same history."""

import gzip
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from analyzer.batch.executors import Handle
from analyzer.batch.inputs import Unit
from analyzer.batch.lock import locked
from analyzer.batch.place import place_of
from analyzer.batch.reading import read_pieces
from analyzer.errors import UsageError
from analyzer.report.history import Episode
from tests.batch.keeping import Inline, Kept, keep_in
from tests.batch.year import Planted, write_logs

FIRST = date(2026, 3, 1)
OUTAGES = (
    Planted("upstream-refused", "/api/", datetime(2026, 3, 2, 10, 15, tzinfo=UTC), timedelta(minutes=40)),
    Planted("upstream-refused", "/api/", datetime(2026, 3, 3, 23, 30, tzinfo=UTC), timedelta(minutes=90)),
    Planted("body-too-large", "/upload", datetime(2026, 3, 2, 8, tzinfo=UTC), timedelta(hours=3)),
)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    write_logs(folder, FIRST, 4, OUTAGES)
    return folder


@pytest.fixture(scope="module")
def whole(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep_in(tmp_path_factory.mktemp("whole") / "store", logs)


def copy(logs: Path, to: Path) -> Path:
    return Path(shutil.copytree(logs, to / "logs"))


def test_each_outage_is_found_when_it_was_and_nothing_else(whole: Kept) -> None:
    told = {incident.cause: incident for incident in whole.history.incidents}
    assert sorted(told) == ["body-too-large", "upstream-refused"]
    for cause, incident in told.items():
        planted = [each for each in OUTAGES if each.cause == cause]
        assert len(incident.episodes) == len(planted)
        for episode, outage in zip(incident.episodes, planted, strict=True):
            assert outage.start <= episode.first <= episode.last < outage.start + outage.lasts
            assert episode.recovered is not None
            assert episode.recovered >= outage.start + outage.lasts - timedelta(minutes=1)


def test_an_outage_that_lasts_over_midnight_is_one(whole: Kept) -> None:
    (refused,) = (each for each in whole.history.incidents if each.cause == "upstream-refused")
    over_midnight = refused.episodes[-1]
    assert (over_midnight.first.day, over_midnight.last.day) == (3, 4)
    assert len(over_midnight.reports) == 2


def test_what_is_known_is_not_read_again(logs: Path, whole: Kept, tmp_path: Path) -> None:
    store = Path(shutil.copytree(whole.store, tmp_path / "store"))
    again = keep_in(store, logs)
    assert (again.done.read, again.done.judged) == (0, 0)
    assert again.json == whole.json


def test_a_log_that_was_renamed_and_compressed_counts_once(logs: Path, whole: Kept, tmp_path: Path) -> None:
    here = copy(logs, tmp_path)
    store = keep_in(tmp_path / "store", here).store
    for plain in ("access.log", "error.log"):
        if (here / plain).exists():
            (here / f"{plain}-20260304.gz").write_bytes(gzip.compress((here / plain).read_bytes()))
            (here / plain).unlink()
    again = keep_in(store, here)
    assert again.done.read == 0
    assert again.json == whole.json


def test_a_log_that_has_grown_is_read_on(logs: Path, whole: Kept, tmp_path: Path) -> None:
    here = copy(logs, tmp_path)
    growing = here / "access.log"
    lines = growing.read_bytes()
    growing.write_bytes(lines[: len(lines) // 2])  # in the middle of a line
    store = tmp_path / "store"
    keep_in(store, here, piece_bytes=20_000)
    growing.write_bytes(lines)
    again = keep_in(store, here, piece_bytes=20_000)
    fresh = keep_in(tmp_path / "fresh", here, piece_bytes=20_000)
    assert 0 < again.done.read < fresh.done.read
    assert again.json == fresh.json
    assert again.history.requests_seen == whole.history.requests_seen


def test_a_log_that_was_begun_anew_under_its_name_is_another_one(tmp_path: Path) -> None:
    here, store = tmp_path / "logs", tmp_path / "store"
    write_logs(here, FIRST, 1, ())
    before = keep_in(store, here)
    write_logs(here, FIRST + timedelta(days=1), 1, ())
    after = keep_in(store, here)
    assert {row.path for row in after.history.sources} == {"access.log", "access.log (2)"}
    assert after.history.requests_seen > before.history.requests_seen


def test_small_pieces_tell_the_same(logs: Path, whole: Kept, tmp_path: Path) -> None:
    small = keep_in(tmp_path / "store", logs, piece_bytes=8_000)
    assert small.done.read > 2 * whole.done.read
    assert _episodes(small) == _episodes(whole)
    assert small.history.requests_seen == whole.history.requests_seen


def _episodes(kept: Kept) -> list[list[Episode]]:
    """The episodes of each incident; the pages of small pieces bear other names."""
    return [[replace(each, reports=()) for each in incident.episodes] for incident in kept.history.incidents]


def test_a_new_version_judges_anew_without_the_logs(
    whole: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Path(shutil.copytree(whole.store, tmp_path / "store"))
    monkeypatch.setattr("analyzer.batch.settings.version", lambda _: "9.9.9")
    again = keep_in(store)
    assert (again.done.read, again.done.judged) == (0, 4)
    assert again.causes == whole.causes
    assert again.history.requests_seen == whole.history.requests_seen


def test_what_is_older_than_it_is_to_be_kept_is_dropped_and_not_read_again(
    logs: Path, whole: Kept, tmp_path: Path
) -> None:
    store = Path(shutil.copytree(whole.store, tmp_path / "store"))
    again = keep_in(store, logs, days=2)
    assert [each.day.day for each in again.history.days] == [3, 4]
    assert not list(store.glob("*/**/day=2026-03-0[12]/*"))
    assert keep_in(store, logs, days=2).done.read == 0


def test_a_second_run_is_turned_away(logs: Path, whole: Kept, tmp_path: Path) -> None:
    store = Path(shutil.copytree(whole.store, tmp_path / "store"))
    with locked(place_of(str(store))), pytest.raises(UsageError, match="another run"):
        keep_in(store, logs)


def test_a_folder_that_is_no_store_is_left_alone(logs: Path, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear reader")
    with pytest.raises(UsageError, match="no store, and not empty"):
        keep_in(tmp_path, logs)


def test_the_store_is_open_to_others(whole: Kept) -> None:
    events = pl.scan_parquet(whole.store / "events/**/*.parquet", hive_partitioning=True)
    refused = events.filter(pl.col("http.response.status_code") == 502, pl.col("service") == "nginx").collect()
    assert refused.height > 0
    assert refused.select(
        pl.col("lasthop.hour").dt.date().cast(pl.String).eq(pl.col("day").cast(pl.String)).all()
    ).item()


class _Unlucky(Inline):
    """Comes to nothing with one kind of file."""

    def submit(self, function: Callable[..., object], *values: object) -> Handle:
        unlucky = function is read_pieces and isinstance(values[0], Unit) and "error" in values[0].name
        return object() if unlucky else super().submit(function, *values)

    def result(self, handle: Handle) -> object:
        if type(handle) is object:
            raise RuntimeError("out of luck")
        return super().result(handle)


def test_a_file_that_cannot_be_read_is_told_and_tried_again_the_next_time(
    logs: Path, whole: Kept, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    failed = keep_in(store, logs, executor=_Unlucky())
    assert any(problem.what == "cannot be read: out of luck" for problem in failed.history.problems)
    assert keep_in(store, logs).json == whole.json


def test_what_is_amiss_with_a_file_is_told_by_every_run(logs: Path, tmp_path: Path) -> None:
    here = copy(logs, tmp_path)
    (here / "backend.log").touch()
    first, second = (keep_in(tmp_path / "store", here) for _ in range(2))
    assert second.done.read == 0
    assert [each.path for each in second.history.problems] == ["backend.log"]
    assert second.json == first.json


def test_two_nginx_in_one_history_are_told(logs: Path, tmp_path: Path) -> None:
    here = copy(logs, tmp_path)
    for machine in ("edge", "core"):
        (here / machine).mkdir()
        server = f"server {{\n        listen 80;\n        server_name {machine}.example.com;\n    }}"
        (here / machine / "nginx.conf").write_text(
            f"user www-data;\nevents {{\n    worker_connections 768;\n}}\nhttp {{\n    {server}\n}}\n"
        )
    told = [each.what for each in keep_in(tmp_path / "store", here).history.problems]
    assert any("is one of 2 nginx configs" in what for what in told)
