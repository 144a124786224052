"""Four times the log costs four times the time and no more memory, whatever log it is."""

import pytest

from tests.benchmarks.measure import cost_of

LINES = {"access": 150_000, "error": 120_000, "uvicorn": 250_000, "node": 300_000}  # some blocks each: one is no bound


@pytest.mark.parametrize("kind", LINES)
def test_a_log_four_times_as_long_takes_no_more_memory_and_time_in_proportion(kind: str) -> None:
    short, long = cost_of(kind, LINES[kind]), cost_of(kind, 4 * LINES[kind])
    assert long.peak < 1.5 * short.peak
    assert long.seconds < 6 * short.seconds


@pytest.mark.parametrize("kind", ["uvicorn", "node", "error"])
def test_the_words_of_all_causes_cost_little_more_than_reading_a_log_that_has_none(kind: str) -> None:
    plain, spoken = cost_of("access", 200_000), cost_of(kind, 200_000)
    assert spoken.seconds < 5 * plain.seconds


def test_a_scanner_who_never_asks_twice_for_a_path_takes_time_in_proportion() -> None:
    short, long = cost_of("scanner", 60_000), cost_of("scanner", 240_000)
    assert long.seconds < 6 * short.seconds
