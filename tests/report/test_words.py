import doctest
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from analyzer.report import diff, quote, reading, times, visible, words
from analyzer.schema import Hop
from tests.report.reports import HEALTHY, INCONCLUSIVE, MISSING_LOCATION, SEVERAL

_NOON = datetime(2026, 1, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize("module", [diff, quote, visible, words])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.parametrize(
    ("lasted", "said"),
    [
        (timedelta(milliseconds=5), "(over less than a second)"),
        (timedelta(seconds=90), "(over 90 s)"),
        (timedelta(minutes=2), "(over 2 min)"),
        (timedelta(hours=5), "(over 5 h)"),
        (timedelta(days=3), "last seen 2026-01-15 12:00:00 UTC (over 3 d)"),
    ],
)
def test_how_long_it_lasted_is_said_in_the_unit_that_fits(lasted: timedelta, said: str) -> None:
    assert times.span(_NOON, _NOON + lasted).endswith(said)


def test_a_time_that_is_half_known_is_half_said() -> None:
    assert times.span(_NOON, None) == "first seen 2026-01-12 12:00:00 UTC, last seen unknown"
    assert times.span(None, _NOON) == "last seen 2026-01-12 12:00:00 UTC, first seen unknown"
    assert times.span(_NOON, _NOON) == "seen once, at 2026-01-12 12:00:00 UTC"


def test_every_hop_can_be_said() -> None:
    for hop in Hop:
        incident = replace(MISSING_LOCATION.incidents[0], hop=hop, reached=hop)
        assert words.broke(incident).startswith("broke ")
        assert words.last_seen_at(incident).startswith("last hop reached: ")


def test_the_headline_is_the_verdict() -> None:
    assert words.headline(MISSING_LOCATION) == MISSING_LOCATION.incidents[0].title
    assert words.headline(SEVERAL).endswith("(and 1 further incident)")
    assert words.headline(INCONCLUSIVE) == "Something failed, and what was handed in does not say why."
    assert words.headline(HEALTHY) == "Nothing was found that stopped a request."


def test_a_patch_that_was_not_tried_is_not_praised() -> None:
    fix = replace(MISSING_LOCATION.incidents[0].fix, verified_by_model=False)
    assert words.model_verdict(fix) == "This patch has not been tried: read it before you apply it."


def test_what_was_not_looked_at_is_counted() -> None:
    assert reading.left_open(INCONCLUSIVE) == "1 cause not checked, 2 lines not understood, 1 file not read."
    assert reading.left_open(replace(HEALTHY, not_checked=())) == ""
