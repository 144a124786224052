"""How many arrive, before and after; and when an alert would have told somebody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.arrivals import ALARM_AFTER, ALARM_WITHIN_S, watch_for
from analyzer.catalogue import own_causes
from analyzer.pipeline import analyze
from analyzer.report.model import Arrivals
from analyzer.schema import TIME, TIME_LACKS, schema_of
from analyzer.shipped import shipped
from tests.analysed import analysed

pytestmark = pytest.mark.xdist_group("analysed")
NOON = datetime(2026, 1, 12, 12, tzinfo=UTC)
RULE = next(cause.rule for cause in own_causes() if cause.rule.slug == "missing-location")


def arrivals_in(sample: str) -> Arrivals | None:
    return analysed(shipped("samples") / sample).incidents[0].arrivals


def test_with_the_tried_patch_all_arrive() -> None:
    assert arrivals_in("incident-1a") == Arrivals(asked=12, arrived=0, after=12)


def test_without_a_patch_nothing_is_promised() -> None:
    arrivals = arrivals_in("incident-4")
    assert arrivals is not None
    assert arrivals.after is None
    assert (arrivals.arrived, arrivals.asked) == (5, 13)


def test_of_ten_thousand_that_are_only_counted_the_share_is_right(tmp_path: Path) -> None:
    lines = []
    for number in range(4000):
        when = NOON + timedelta(seconds=number)
        status = 502 if number % 4 == 3 else 200
        lines.append(
            f'203.0.113.9 - - [{when:%d/%b/%Y:%H:%M:%S} +0000] "GET /api/rooms HTTP/1.1" {status} 12 "-" "-"\n'
        )
    (tmp_path / "access.log").write_text("".join(lines))
    (tmp_path / "error.log").write_text(
        "".join(
            f"{NOON + timedelta(seconds=number):%Y/%m/%d %H:%M:%S} [error] 31#31: *{number} connect() failed (111:"
            " Connection refused) while connecting to upstream, client: 203.0.113.9, server: api.example.com, request:"
            ' "GET /api/rooms HTTP/1.1", upstream: "http://127.0.0.1:5000/api/rooms", host: "api.example.com"\n'
            for number in range(3, 4000, 4)
        )
    )
    (incident,) = analyze([str(tmp_path)]).incidents
    assert incident.arrivals == Arrivals(asked=4000, arrived=3000, after=None)


def rings_at(*seconds: int) -> datetime | None:
    failed = pl.DataFrame({TIME.name: [NOON + timedelta(seconds=s) for s in seconds]}).with_columns(
        pl.lit(None, dtype=pl.String).alias(TIME_LACKS.name)
    )
    watch = watch_for(RULE, failed.cast({TIME.name: TIME.dtype}), {"path": "/ws"})
    assert watch is not None
    return watch.rings_at


def test_four_failures_ring_no_bell_and_the_fifth_does() -> None:
    assert rings_at(0, 1, 2, 3) is None
    assert rings_at(0, 1, 2, 3, 4) == NOON + timedelta(seconds=4)


def test_failures_far_apart_ring_no_bell() -> None:
    assert rings_at(*range(0, 4000, 100)) is None


def test_what_has_no_time_rings_no_bell() -> None:
    watch = watch_for(RULE, pl.DataFrame(schema=schema_of((TIME, TIME_LACKS))), {})
    assert watch is not None
    assert watch.rings_at is None


@given(st.lists(st.integers(0, 3000), max_size=40))
def test_the_bell_rings_at_the_first_moment_at_which_enough_lie_close_behind(seconds: list[int]) -> None:
    close = [s for s in sorted(seconds) if sum(s - ALARM_WITHIN_S <= other <= s for other in seconds) >= ALARM_AFTER]
    assert rings_at(*seconds) == (NOON + timedelta(seconds=close[0]) if close else None)
