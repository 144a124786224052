"""The words for a window are the same as those that `analyze` takes; a time without a zone is the server's own."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from analyzer.collecting import read_window

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def _in_kolkata(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("this system cannot be told another zone")
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_in_kolkata")
@pytest.mark.parametrize(
    ("since", "begins"),
    [
        ("yesterday", "2026-11-27T18:30:00+00:00"),
        ("today 09:30", "2026-11-29T04:00:00+00:00"),
        ("18:00", "2026-11-28T12:30:00+00:00"),
        ("2026-11-29T10:00", "2026-11-29T04:30:00+00:00"),
        ("2026-11-29T10:00Z", "2026-11-29T10:00:00+00:00"),
        ("1h 30 min", "2026-11-29T10:30:00+00:00"),
    ],
)
def test_a_moment_is_the_servers_own_unless_it_names_a_zone(since: str, begins: str) -> None:
    window = read_window(since, None, NOW)
    assert (window.since.isoformat(), window.until) == (begins, NOW)
