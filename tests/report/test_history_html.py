"""A history as a page: to the standards of a report, whole where it is small, bounded where it is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.languages import language_of
from analyzer.report.history import History
from analyzer.report.history_html import history_html
from analyzer.report.history_links import base_of, links_to
from analyzer.report.html import GENERATOR_MARK
from analyzer.report.visible import hidden
from tests.golden import assert_golden
from tests.report.histories import ALL, CALM, EMPTY, HOSTILE, MANY, OFTEN, SMALL, hostile_history
from tests.report.pages import Page, read_page
from tests.report.payloads import PAYLOADS

FRENCH = language_of("fr")
_TWO_MEGABYTES = 2_000_000
every_history = pytest.mark.parametrize("history", ALL.values(), ids=ALL)


def page_of(history: History, base: str = "") -> Page:
    return read_page(history_html(history, base=base))


def words_of(history: History) -> str:
    return " ".join(page_of(history).text.split())


def shown(history: History, language: str = "en") -> str:
    lines = read_page(history_html(history, language_of(language))).text.split("\n")
    return "\n".join(line.strip(" ") for line in lines if line.strip(" ")) + "\n"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_history_reads_as_it_did_when_it_was_reviewed(language: str) -> None:
    assert_golden(f"history.{language}.page.txt", shown(SMALL, language))


@every_history
def test_the_page_links_to_nothing_but_itself_and_the_days_reports(history: History) -> None:
    addresses = page_of(history).values("href")
    assert [each for each in addresses if not each.startswith(("#", "reports/2026-03-"))] == []


def test_the_first_lines_say_what_came_how_often_and_what_is_new() -> None:
    words = words_of(SMALL)
    first = words[: words.index("Day by day")]
    for fact in (
        "290,012 requests in 290,012 lines of 2 sources; 28 days, 2026-03-01 00:00 to 2026-03-31 23:59 UTC",
        "3 incidents in 5 episodes; the gravest: Nothing listens where nginx sends /orders",
        "In the last seven days, since 2026-03-24 23:59 UTC: 1 new incident, 1 that had come before, 1 not seen",
        "requests failed 1,315",
        "of 28 days with an incident 5",
        "median time to recovery 34 min",
    ):
        assert fact in first


def test_each_time_that_it_came_is_told_with_its_recovery_and_linked_to_its_days() -> None:
    words = words_of(SMALL)
    assert "3 episodes, first seen 2026-03-02 09:14, last seen 2026-03-28 10:05 UTC." in words
    assert "2026-03-14 23:50 to 2026-03-15 00:20 30 min 1,200 34 min 2026-03-14, 2026-03-15" in words
    assert "2026-03-28 10:00 to 10:05 5 min 64 not seen 2026-03-28" in words
    assert set(page_of(SMALL).values("href")) >= {
        "reports/2026-03-14-846d0c90.html",
        "reports/2026-03-15-846d0c90.html",
    }


def test_who_suffered_most_comes_first() -> None:
    words = words_of(SMALL)
    by_cause = words[words.index("By cause") : words.index("By path")]
    assert by_cause.index("upstream-refused 1,301 1 3 52 min") < by_cause.index("missing-location 12 1 1")
    assert "a host that no log names 2 1 0 —" in words


def test_days_without_logs_are_marked_and_named() -> None:
    assert "No log tells of 2026-03-05 to 2026-03-06. No log tells of 2026-03-20." in words_of(SMALL)
    gaps = [each for each in page_of(SMALL).all("path") if each.attributes.get("class") == "gap"]
    assert gaps
    assert 'class="gap"' not in history_html(CALM)


def test_a_calm_month_is_told_calmly_and_what_was_looked_at() -> None:
    words = words_of(CALM)
    assert "Nothing was found that stopped a request." in words
    assert "Nothing failed in the last seven days" in words
    assert "Who suffered most" not in words


def test_a_store_without_times_has_no_time_line() -> None:
    assert "Day by day" not in words_of(EMPTY)
    assert "the logs carry no full time" in words_of(EMPTY)


@pytest.mark.parametrize("history", [MANY, OFTEN], ids=["incidents", "episodes"])
def test_ten_thousand_of_them_are_a_page_of_less_than_two_megabytes(history: History) -> None:
    assert len(history_html(history).encode()) < _TWO_MEGABYTES


def test_the_page_says_what_it_leaves_out() -> None:
    words = words_of(MANY)
    assert "10,000 incidents in 30,000 episodes" in words
    assert (
        "Left out here, and told in the JSON: 9,700 incidents, the episodes of 270 incidents, 550 open questions,"
        " 800 sources, 200 problems."
    ) in words
    assert "and 690 earlier episodes" in words_of(OFTEN)
    assert "not drawn: 9,980 more incidents" in words


def test_links_lead_to_the_store_wherever_the_page_lies(tmp_path: Path) -> None:
    store = tmp_path / "the store"
    assert base_of(str(store), store / "history.html") == ""
    assert base_of(str(store), tmp_path / "a" / "b" / "page.html") == "../../the%20store/"
    assert base_of(str(store), None) == f"{store.as_uri()}/"
    assert base_of("s3://logs/our nginx/", tmp_path / "page.html") == "s3://logs/our%20nginx/"
    page = page_of(SMALL, base_of(str(store), tmp_path / "page.html"))
    assert "the%20store/reports/2026-03-28-846d0c90.html" in page.values("href")


@pytest.mark.parametrize(
    "name",
    [
        "javascript:window.pwned=1",
        "//evil.example/x.html",
        "reports/../../x.html",
        "https://evil.example/reports/x.html",
        "reports/a\n.html",
        "reports/<b>.html",
        "",
    ],
)
def test_what_is_not_named_as_a_report_is_no_link(name: str) -> None:
    assert links_to((name,), "") == ()


def test_a_link_says_which_time_its_report_tells_of() -> None:
    names = ("reports/2026-03-14-846d0c90.html", "reports/2026-03-14T09-846d0c90.html", "reports/undated-846d0c90.html")
    assert [link.day for link in links_to(names, "")] == ["2026-03-14", "2026-03-14T09", "undated"]


def test_no_word_of_a_hostile_history_hides_or_turns_the_text() -> None:
    html = history_html(HOSTILE)
    assert hidden(html, lambda _: "") == html
    assert "<script>alert(1)</script>{{7*7}}{% raw %}\"'><img src=x onerror=alert(1)>" in read_page(html).text


def _elements(history: History) -> list[tuple[str, list[str]]]:
    """The elements with the names of their attributes, but for what marks words."""
    told = (each for each in page_of(history).elements if each.tag not in {"span", "code"})
    return [(each.tag, sorted(each.attributes)) for each in told]


_PLAIN = _elements(hostile_history("plain"))


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: f"{ascii(payload)[1:40]} {len(payload)}")
def test_the_page_gets_no_element_and_no_attribute_of_a_payload(payload: str) -> None:
    assert _elements(hostile_history(payload)) == _PLAIN


def test_a_page_says_early_who_wrote_it_so_that_it_is_never_read_as_a_log() -> None:
    assert GENERATOR_MARK + '0.1.0">' in history_html(SMALL)[:200]


def test_a_french_page_speaks_french() -> None:
    page = read_page(history_html(SMALL, FRENCH))
    assert next(page.all("html")).attributes["lang"] == "fr"
    assert "Qui a le plus souffert" in page.text


def test_an_incident_keeps_its_address_on_the_page() -> None:
    again = replace(SMALL, incidents=SMALL.incidents[::-1])
    assert "i-d4bd3d890088" in page_of(SMALL).values("id")
    assert "i-d4bd3d890088" in page_of(again).values("id")
