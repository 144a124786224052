"""A log without a zone is compared with all the parts of a rotated access log, and not with the largest alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analyzer.pipeline import analyze

YESTERDAY, TODAY = datetime(2026, 3, 1, 20, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)
ASKED = (("198.51.100.7", "/upload/a"), ("198.51.100.9", "/upload/b"))


def access(at: datetime, client: str, path: str, status: int) -> str:
    return f'{client} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "POST {path} HTTP/1.1" {status} 5 "-" "okhttp/4.12.0"\n'


def error(at: datetime, client: str, path: str) -> str:
    return (
        f"{at:%Y/%m/%d %H:%M:%S} [error] 7#7: *3 client intended to send too large body: 7340032 bytes,"
        f' client: {client}, server: shop.example.com, request: "POST {path} HTTP/1.1", host: "shop.example.com"\n'
    )


def every_five_minutes(begin: datetime) -> Iterator[tuple[datetime, str, str]]:
    yield from ((begin + timedelta(minutes=5 * nth), *asked) for nth, asked in enumerate(ASKED))


def test_what_both_days_could_explain_is_not_taken_for_another_zone(tmp_path: Path) -> None:
    others = (access(YESTERDAY + timedelta(seconds=9 * nth), "192.0.2.1", f"/p/{nth}x", 200) for nth in range(200))
    worked = (access(*each, 200) for each in every_five_minutes(YESTERDAY))
    (tmp_path / "access.log.1").write_text("".join((*others, *worked)))
    (tmp_path / "access.log").write_text("".join(access(*each, 413) for each in every_five_minutes(TODAY)))
    (tmp_path / "error.log").write_text("".join(error(*each) for each in every_five_minutes(TODAY)))
    report = analyze([str(tmp_path)])
    (error_log,) = (row for row in report.sources if row.path == "error.log")
    assert (error_log.clock_offset_s or 0.0, error_log.first and error_log.first.day) == (0.0, TODAY.day)
    assert {(each.cause, each.first_seen and each.first_seen.day) for each in report.incidents} == {
        ("body-too-large", TODAY.day)
    }
