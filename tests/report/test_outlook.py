"""What comes after: the share that arrives, the alert that would have rung, and what happened when."""

from dataclasses import replace
from datetime import UTC, datetime

from analyzer.report.beside import ways
from analyzer.report.chronicle import chronicle
from analyzer.report.html import render_html
from analyzer.report.model import Arrivals
from analyzer.report.outlook import arrive, would_have_rung
from analyzer.report.plotting import plot_of
from tests.report.pages import read_page
from tests.report.reports import HEALTHY, MISSING_LOCATION, SEVERAL

INCIDENT = MISSING_LOCATION.incidents[0]


def words_of_page() -> str:
    return " ".join(read_page(render_html(MISSING_LOCATION)).text.split())


def test_the_first_screen_says_what_to_do_and_leads_to_the_patch() -> None:
    words = words_of_page()
    before_the_picture = words[: words.index("How far it came")]
    assert "What to do: Give /frontend-audio a location of its own" in before_the_picture
    page = read_page(render_html(MISSING_LOCATION))
    assert f"#i-{INCIDENT.fingerprint}-fix" in page.values("href")


def test_each_hop_that_wrote_something_leads_to_what_it_wrote() -> None:
    page = read_page(render_html(MISSING_LOCATION))
    anchor = f"i-{INCIDENT.fingerprint}"
    assert {f"#{anchor}-nginx", f"#{anchor}-works-nginx", f"#{anchor}-works-backend"} <= set(page.values("href"))
    assert f"#{anchor}-backend" not in page.values("href")


def test_no_failure_is_rounded_away() -> None:
    assert arrive(Arrivals(100_000, 99_999, None), 99_999) == "99,999 of 100,000 requests come through (99 %)"


def test_the_alert_is_told_by_when_it_would_have_rung_and_how_long_before_the_end() -> None:
    assert would_have_rung(INCIDENT) == (
        "An alert on five failures within five minutes would have rung at 2026-01-12 09:15:20 UTC, 16 min before the"
        " last failure."
    )


def test_two_requests_for_one_path_are_told_apart_by_what_differs() -> None:
    assert INCIDENT.contrast is not None
    same = replace(
        INCIDENT.contrast, path="/frontend-audio", rows=(("a", "\u2014", "x"), ("Origin", "https://a", "https://b"))
    )
    assert ways(replace(INCIDENT, contrast=same)) == (
        "/frontend-audio, Origin https://a",
        "/frontend-audio, Origin https://b",
    )
    assert ways(INCIDENT) == ("/frontend-audio", "/call-events")


def test_what_happened_is_told_in_the_order_of_time() -> None:
    told = chronicle(MISSING_LOCATION)
    assert [(each.time.strftime("%H:%M"), each.says) for each in told] == [
        ("09:12", "nginx read its config anew"),
        ("09:14", "/frontend-audio: the first failure"),
        ("09:15", "/frontend-audio: an alert would have rung"),
        ("09:31", "/frontend-audio: the last of 37 failures"),
    ]
    assert chronicle(SEVERAL)[1].says.startswith("Incident 1, ")


def test_a_report_without_times_has_no_plot() -> None:
    assert plot_of(HEALTHY) is None


def test_one_failure_among_ten_thousand_answers_can_be_seen() -> None:
    timeline = MISSING_LOCATION.timeline
    assert timeline is not None
    crowded = replace(timeline, bars=(replace(timeline.bars[0], served=10_000, failed=1),))
    plot = plot_of(replace(MISSING_LOCATION, timeline=crowded))
    assert plot is not None
    (failed,) = (shape for answer, shape in plot.bars if answer == "failed")
    assert "v3h" in failed


def test_a_plot_of_months_has_few_ticks_and_names_days() -> None:
    timeline = MISSING_LOCATION.timeline
    assert timeline is not None
    months = replace(timeline, start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2026, 6, 30, tzinfo=UTC))
    plot = plot_of(replace(MISSING_LOCATION, timeline=months))
    assert plot is not None
    assert 3 <= len(plot.ticks) <= 7
    assert all(len(tick.text) == len("01-31") for tick in plot.ticks)
    assert plot.moment(datetime(2026, 2, 3, 4, 5, tzinfo=UTC)) == "02-03 04:05"
