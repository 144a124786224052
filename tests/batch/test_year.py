"""Months of logs with outages planted in them: each is found, when it was and for how long, and nothing else is.

`LASTHOP_DAYS=365` makes it a year; the suite takes less.
"""

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from analyzer.report.history import Recurring
from tests.batch.keeping import Kept, keep_in
from tests.batch.year import Planted, write_logs

DAYS = int(os.environ.get("LASTHOP_DAYS", "30"))
FIRST = date(2026, 1, 1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, 1, hour, minute, tzinfo=UTC) + timedelta(days=day)


ALL = (
    Planted("upstream-refused", "/api/", at(2, 10, 15), timedelta(minutes=40)),
    Planted("missing-location", "/ws/live", at(4, 9), timedelta(hours=30)),
    Planted("body-too-large", "/upload", at(6, 8), timedelta(hours=5)),
    Planted("upstream-refused", "/api/", at(11, 23, 30), timedelta(minutes=90)),
    Planted("rate-limited", "/ws/live", at(13, 15), timedelta(hours=1)),
    Planted("backend-timeout", "/api/orders", at(17, 12), timedelta(hours=2)),
    Planted("upstream-refused", "/api/", at(20, 11), timedelta(hours=3)),
    Planted("body-too-large", "/upload", at(150, 9), timedelta(hours=3)),
    Planted("missing-location", "/ws/live", at(201, 9), timedelta(hours=50)),
    Planted("rate-limited", "/ws/live", at(275, 20), timedelta(hours=2)),
    Planted("backend-timeout", "/api/orders", at(330, 9), timedelta(hours=1)),
    Planted("upstream-refused", "/api/", at(358, 10), timedelta(hours=6)),
)
PLANTED = tuple(each for each in ALL if each.start.date() < FIRST + timedelta(days=DAYS - 3))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("year")
    write_logs(folder / "logs", FIRST, DAYS, PLANTED)
    return keep_in(folder / "store", folder / "logs")


def of(cause: str, kept: Kept) -> Recurring:
    (incident,) = (each for each in kept.history.incidents if each.cause == cause)
    return incident


@pytest.mark.parametrize("cause", sorted({each.cause for each in PLANTED}))
def test_each_outage_is_found_when_it_was(kept: Kept, cause: str) -> None:
    planted = [each for each in PLANTED if each.cause == cause]
    episodes = of(cause, kept).episodes
    assert len(episodes) == len(planted)
    for episode, outage in zip(episodes, planted, strict=True):
        end = outage.start + outage.lasts
        assert outage.start <= episode.first < outage.start + timedelta(minutes=30)
        assert end - timedelta(minutes=30) < episode.last < end
        assert episode.recovered is not None
        assert end - timedelta(minutes=1) <= episode.recovered < end + timedelta(minutes=45)


def test_nothing_else_is_found(kept: Kept) -> None:
    assert sorted(kept.causes) == sorted({each.cause for each in PLANTED})


def test_every_day_is_told(kept: Kept) -> None:
    days = kept.history.days
    assert [each.day for each in days] == [FIRST + timedelta(days=number) for number in range(DAYS)]
    hit = {each.day for each in days if each.incidents}
    assert hit == {
        (each.start + timedelta(days=number)).date()
        for each in PLANTED
        for number in range((each.start + each.lasts).date().toordinal() - each.start.date().toordinal() + 1)
    }


def test_each_episode_leads_to_the_pages_of_its_days(kept: Kept) -> None:
    pages = [page for each in kept.history.incidents for episode in each.episodes for page in episode.reports]
    assert pages
    assert all((kept.store / page).is_file() for page in pages)
