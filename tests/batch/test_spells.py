"""When an outage began, ended and came again."""

from datetime import UTC, datetime, timedelta

from analyzer.batch.spells import Asked, Failure, spells_of

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def minutes(*counts: float) -> list[datetime]:
    return [NOON + timedelta(minutes=count) for count in counts]


def failures(*at: float) -> list[Failure]:
    return [Failure(moment, moment, 1) for moment in minutes(*at)]


def test_failures_close_together_are_one_outage() -> None:
    (spell,) = spells_of(failures(0, 5, 12), Asked(minutes(3, 20)))
    assert (spell.first, spell.last, spell.requests) == (NOON, minutes(12)[0], 3)
    assert spell.recovered == minutes(20)[0]


def test_where_nobody_asked_in_between_it_goes_on() -> None:
    assert len(spells_of(failures(0, 300), Asked(minutes(400)))) == 1


def test_where_something_was_served_in_between_it_came_again() -> None:
    first, second = spells_of(failures(0, 300), Asked(minutes(60, 400)))
    assert (first.recovered, second.recovered) == tuple(minutes(60, 400))


def test_after_a_day_of_silence_it_came_again() -> None:
    assert len(spells_of(failures(0, 60 * 25), Asked([]))) == 2


def test_what_was_never_served_again_is_not_over() -> None:
    (spell,) = spells_of(failures(0), Asked(minutes(-10)))
    assert spell.recovered is None


def test_the_minute_of_the_last_failure_proves_nothing() -> None:
    (spell,) = spells_of([Failure(NOON, NOON + timedelta(seconds=30), 9)], Asked(minutes(0)))
    assert spell.recovered is None


def test_what_was_only_counted_lasts_as_long_as_its_records() -> None:
    start, end = minutes(0, 55)
    counted = Failure(start, end, 4000)
    (spell,) = spells_of([counted, *failures(20)], Asked())
    assert (spell.last, spell.requests) == (minutes(55)[0], 4001)


def test_nothing_failed() -> None:
    assert spells_of([], Asked(minutes(0))) == ()


def test_whoever_asks_in_vain_all_day_is_in_the_same_outage() -> None:
    all_day = minutes(*(60 * hour for hour in range(1, 30)))
    assert len(spells_of(failures(0, 60 * 30), Asked(in_vain=all_day))) == 1
    assert len(spells_of(failures(0, 60 * 60), Asked(in_vain=all_day))) == 2
