"""Whatever is drawn, an offset that is claimed is the true one; and logs that share no request agree about nothing.

Two logs of an even pace of retries that hold none of the same ones cannot be told from two that do: so what is drawn is
drawn the same on every run.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.journeys.clocks.agreement import agreement
from analyzer.journeys.clocks.moments import BEGUN, BY_CLIENT, ENDED, TAIL, WHOLE
from analyzer.schema import LINE, STATUS, Lacks

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RESOLUTION_S = 2
PATHS = st.sampled_from(["/ws", "/api/calls", "/health", "/favicon.ico"])


@dataclass(frozen=True)
class Asked:
    """A request: when, in seconds, and what for."""

    at: float
    path: str


def moments(requests: list[Asked], ahead_s: float) -> pl.DataFrame:
    """What a log tells of these requests whose clock is ahead."""
    rows = [
        (number, 404, f"GET {one.path}", None, f"GET {one.path.rpartition('/')[2]} ", at, at)
        for number, one in enumerate(sorted(requests, key=lambda each: each.at), 1)
        for at in [NOON + timedelta(seconds=one.at + ahead_s)]
    ]
    moment = pl.Datetime("us", "UTC")
    return pl.DataFrame(
        rows,
        schema={
            LINE.name: pl.Int64(), STATUS.name: pl.Int64(), WHOLE: pl.String(), BY_CLIENT: pl.String(),
            TAIL: pl.String(), BEGUN: moment, ENDED: moment,
        },
        orient="row",
    )  # fmt: skip


@st.composite
def asked(draw: st.DrawFn) -> list[Asked]:
    """Requests over some hours: of pages, of retries at an even pace, of addresses that nobody asks for twice."""
    times = st.floats(0, 4 * 3600)
    single = draw(st.lists(st.builds(Asked, times, PATHS), max_size=12))
    once = [Asked(at, f"/calls/{number}") for number, at in enumerate(draw(st.lists(times, max_size=6)))]
    bursts = draw(st.lists(st.tuples(times, PATHS, st.floats(1, 60), st.integers(2, 15)), max_size=2))
    again = [Asked(start + pace * k, path) for start, path, pace, count in bursts for k in range(count)]
    return [*single, *once, *again]


@st.composite
def seen_of(draw: st.DrawFn, requests: list[Asked]) -> list[Asked]:
    """What one log has of them: some are missing, each is told a little early or late."""
    told = draw(st.lists(st.booleans(), min_size=len(requests), max_size=len(requests)))
    late = draw(st.lists(st.floats(-0.9, 0.9), min_size=len(requests), max_size=len(requests)))
    share = draw(st.sampled_from(["all", "all", "some"]))
    return [
        Asked(one.at + by, one.path)
        for one, here, by in zip(requests, told, late, strict=True)
        if here or share == "all"
    ]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data(), asked(), st.floats(-800, 800))
def test_a_skew_that_is_claimed_is_the_true_one(data: st.DataObject, requests: list[Asked], skew_s: float) -> None:
    seen, others = data.draw(seen_of(requests)), data.draw(seen_of(requests))
    found = agreement(moments(seen, skew_s), moments(others, 0), None)
    if found is not None:
        assert abs(found.offset_s - skew_s) <= found.spread_s + RESOLUTION_S


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data(), asked(), st.integers(-48, 56), st.floats(-90, 90))
def test_a_zone_that_is_claimed_is_the_true_one(
    data: st.DataObject, requests: list[Asked], quarters: int, skew_s: float
) -> None:
    ahead = quarters * 900 + skew_s
    seen, others = data.draw(seen_of(requests)), data.draw(seen_of(requests))
    found = agreement(moments(seen, ahead), moments(others, 0), Lacks.ZONE)
    if found is not None:
        assert abs(found.offset_s - ahead) <= found.spread_s + RESOLUTION_S


@settings(max_examples=50, deadline=None, derandomize=True)
@given(asked(), asked(), st.sampled_from([None, Lacks.ZONE, Lacks.DATE]))
def test_logs_that_share_no_request_agree_about_nothing(
    one: list[Asked], other: list[Asked], lacks: Lacks | None
) -> None:
    elsewhere = [Asked(each.at, f"/elsewhere{each.path}/there") for each in other]
    assert agreement(moments(one, 0), moments(elsewhere, 0), lacks) is None


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data(), st.lists(st.floats(0, 3600), min_size=3, max_size=20), st.integers(-48, 56), st.floats(-90, 90))
def test_three_addresses_that_nobody_asks_for_twice_are_enough(
    data: st.DataObject, times: list[float], quarters: int, skew_s: float
) -> None:
    requests = [Asked(at, f"/calls/{number}") for number, at in enumerate(times)]
    ahead = quarters * 900 + skew_s
    late = data.draw(st.lists(st.floats(-0.9, 0.9), min_size=len(times), max_size=len(times)))
    told = [Asked(one.at + by, one.path) for one, by in zip(requests, late, strict=True)]
    found = agreement(moments(told, ahead), moments(requests, 0), Lacks.ZONE)
    assert found is not None
    assert abs(found.offset_s - ahead) <= found.spread_s + RESOLUTION_S
    assert found.matches == len(times)
