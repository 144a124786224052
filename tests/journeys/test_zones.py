"""`--tz` says the zone of logs that name none; what it does not fit is told, and a zone in the lines stands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer.errors import UsageError
from analyzer.journeys.clocks import read_zones
from tests.journeys.test_clocks import CALLS, NOON, Bundle, access, after, error, pino


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return Bundle(tmp_path)


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Asia/Kolkata", datetime(2026, 11, 21, 6, 30, tzinfo=UTC)),
        ("+05:30", datetime(2026, 11, 21, 6, 30, tzinfo=UTC)),
        ("-0800", datetime(2026, 11, 21, 20, 0, tzinfo=UTC)),
        ("Z", NOON),
        ("error.log=Europe/Berlin", datetime(2026, 11, 21, 11, 0, tzinfo=UTC)),
        ("*.log=Europe/Berlin", datetime(2026, 11, 21, 11, 0, tzinfo=UTC)),
    ],
)
def test_the_zone_of_an_error_log_alone_can_be_told(bundle: Bundle, zone: str, moment: datetime) -> None:
    bundle.write("error.log", error(NOON, "/ws"))
    rows, _, notes = bundle.read(zone)
    assert bundle.time_of("error.log", 1, zone) == moment
    assert rows["error.log"].clock_offset_s == (NOON - moment).total_seconds()
    assert (rows["error.log"].first, rows["error.log"].clock_matches) == (moment, None)
    assert not notes


def test_summer_time_is_minded_line_by_line(bundle: Bundle) -> None:
    june, december = datetime(2026, 6, 1, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)
    bundle.write("error.log", error(june, "/ws"), error(december, "/ws"))
    assert bundle.time_of("error.log", 1, "Europe/Berlin") == june.replace(hour=10)
    assert bundle.time_of("error.log", 2, "Europe/Berlin") == december.replace(hour=11)


def test_an_hour_that_never_was_is_read_as_of_a_clock_that_was_not_put_forward(bundle: Bundle) -> None:
    bundle.write("error.log", error(datetime(2026, 3, 29, 2, 30, tzinfo=UTC), "/ws"))
    assert bundle.time_of("error.log", 1, "Europe/Berlin") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_what_is_told_of_one_log_goes_before_what_is_told_of_all(bundle: Bundle) -> None:
    bundle.write("a.log", error(NOON, "/ws"))
    bundle.write("b.log", error(NOON, "/ws"))
    told = ("a.log=+02:00", "+05:00")
    assert bundle.time_of("a.log", 1, *told) == NOON.replace(hour=10)
    assert bundle.time_of("b.log", 1, *told) == NOON.replace(hour=7)


def test_a_clock_that_is_off_beside_its_zone_is_still_set_right(bundle: Bundle) -> None:
    bundle.write("access.log", *(access(after(s), target) for s, target in CALLS))
    bundle.write("error.log", *(error(after(s + 19_800 + 70), target) for s, target in CALLS))
    assert bundle.clock("error.log", "error.log=Asia/Kolkata") == 19_870
    assert bundle.time_of("error.log", 1, "error.log=Asia/Kolkata") == NOON


def test_a_zone_in_the_lines_stands_and_that_is_said(bundle: Bundle) -> None:
    bundle.write("access.log", *(access(after(s), target) for s, target in CALLS))
    bundle.write("app.log", *(pino(after(s), target) for s, target in CALLS))
    told = ("app.log=Asia/Tokyo",)
    assert bundle.clock("app.log", *told) == 0
    assert bundle.read(*told)[2] == ("app.log names its zone itself: --tz app.log=Asia/Tokyo changes nothing there.",)
    assert bundle.read("Asia/Tokyo")[2] == ()


@pytest.mark.parametrize(
    "zone", ["Asia/Kolkatta", "", "error.log=", "+25:00", "localtime", "../../etc/passwd", "05:30"]
)
def test_what_is_no_zone_is_refused_by_its_name(zone: str) -> None:
    with pytest.raises(UsageError, match="is no time zone") as refused:
        read_zones([zone])
    assert "Asia/Kolkata" in refused.value.hint


def test_a_source_that_is_not_there_is_refused_with_those_that_are(bundle: Bundle) -> None:
    bundle.write("error.log", error(NOON, "/ws"))
    with pytest.raises(UsageError, match=r"no log is called nginx/\*") as refused:
        bundle.read("nginx/*=Asia/Kolkata")
    assert refused.value.hint == "There are: error.log."
