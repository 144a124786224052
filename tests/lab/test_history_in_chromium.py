"""A history's page in real Chromium: read by everybody, on any screen and on paper, with and without scripts; and what
attackers wrote into it is text and nothing else.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from analyzer.languages import language_of
from analyzer.report.history import History
from analyzer.report.history_html import history_html
from analyzer.report.history_words import history_headline, lately
from tests.lab.reader import (
    Reader,
    attributes_around_words,
    barriers,
    kept_to_itself,
    overflow,
    readable,
    seen_without_scrolling,
    show,
    skeleton,
)
from tests.report.histories import CALM, EMPTY, SMALL, hostile_history
from tests.report.payloads import PAYLOADS

pytestmark = [pytest.mark.lab, pytest.mark.xdist_group("reports in chromium")]
WIDE, PHONE, NARROW = (1280, 800), (390, 844), (320, 800)
LONG_PATHS = replace(
    SMALL,
    incidents=tuple(
        replace(each, title=f"{each.title} {'/a-path-that-goes-on' * 9}", fingerprint=f"{number}")
        for number, each in enumerate(SMALL.incidents * 12)
    ),
)
HISTORIES = {"small": SMALL, "calm": CALM, "empty": EMPTY, "long paths": LONG_PATHS}
each_history = pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def test_the_first_screen_says_what_came_how_often_and_what_is_new(reader: Reader, tmp_path: Path) -> None:
    with reader.screen(*WIDE) as (page, said):
        show(page, tmp_path, history_html(SMALL))
        seen = seen_without_scrolling(page)
        for told in (history_headline(SMALL), lately(SMALL), "34 min", "1,315"):
            assert "".join(told.split()) in seen
        assert said.console == []


@each_history
@pytest.mark.parametrize("tag", ["en", "fr"])
def test_nobody_is_kept_from_reading_it(reader: Reader, tmp_path: Path, history: History, tag: str) -> None:
    with reader.screen(*WIDE) as (page, said):
        show(page, tmp_path, history_html(history, language_of(tag)))
        unfold(page)
        for width, height in (WIDE, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                assert barriers(page) == [], (width, theme)
        assert said.console == []


@each_history
@pytest.mark.parametrize("tag", ["en", "fr"])
def test_no_screen_is_too_narrow_or_too_wide(reader: Reader, tmp_path: Path, history: History, tag: str) -> None:
    with reader.screen(*WIDE) as (page, _):
        show(page, tmp_path, history_html(history, language_of(tag)))
        unfold(page)
        for width in (320, 390, 768, 840, 1024, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) == 0, width
            assert cut_off(page) == [], width


def cut_off(page: Page) -> list[str]:
    """The tables that reach beyond the part that holds them: what lies there is clipped, and nobody sees it."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll('table')].filter(
            (each) => each.getBoundingClientRect().right > each.parentElement.getBoundingClientRect().right + 1
        ).map((each) => each.className)"""
    )
    return found


def test_without_scripts_everything_is_read_that_is_read_with_them(reader: Reader, tmp_path: Path) -> None:
    told = []
    for scripts in (True, False):
        with reader.screen(*WIDE, scripts=scripts) as (page, said):
            show(page, tmp_path, history_html(SMALL))
            told.append(readable(page))
            assert said.console == []
    assert told[0] == told[1]


def test_the_keyboard_reaches_each_incident_and_each_day(reader: Reader, tmp_path: Path) -> None:
    with reader.screen(*WIDE) as (page, _):
        show(page, tmp_path, history_html(SMALL))
        reached = set()
        for _step in range(80):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.getAttribute('href')"))
        assert {"#verdict", "#i-d4bd3d890088", "reports/2026-03-14-846d0c90.html"} <= reached


def test_a_link_opens_the_days_own_report(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "2026-03-28-846d0c90.html").write_text("<!doctype html><title>that day</title>")
    with reader.screen(*WIDE) as (page, _):
        show(page, tmp_path, history_html(SMALL))
        page.locator(".glance").get_by_role("link", name="2026-03-28 10:05").click()
        assert page.title() == "that day"


def test_the_days_are_zoomed_and_shown_whole_again(reader: Reader, tmp_path: Path) -> None:
    with reader.screen(*WIDE) as (page, said):
        show(page, tmp_path, history_html(SMALL))
        ticks = page.locator(".axis").inner_html()
        page.get_by_role("button", name="Zoom in").click()
        assert page.locator(".lane").first.get_attribute("viewBox") == "250 0 500 100"
        page.get_by_role("button", name="All").click()
        assert page.locator(".axis").inner_html() == ticks
        assert said.console == []


def test_on_paper_it_is_text_on_a_few_pages_and_no_table_is_cut_off(reader: Reader, tmp_path: Path) -> None:
    with reader.screen(*WIDE) as (page, _):
        show(page, tmp_path, history_html(SMALL))
        printed = page.pdf(format="A4")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 680, "height": 1000})  # A4 between its margins
        assert cut_off(page) == []
    assert 1 <= len(re.findall(rb"/Type /Page\b", printed)) <= 10
    assert b"/ToUnicode" in printed


def history_on(payloads: tuple[str, ...]) -> History:
    """A history with incidents, questions, sources and the rest for each text, in every place of them."""
    told = [hostile_history(text) for text in payloads]
    return replace(
        told[0],
        incidents=tuple(replace(each.incidents[0], fingerprint=f"{at}") for at, each in enumerate(told)),
        questions=tuple(question for each in told for question in each.questions),
        sources=tuple(row for each in told for row in each.sources),
        problems=tuple(problem for each in told for problem in each.problems),
        notes=tuple(note for each in told for note in each.notes),
    )


_IN_ONE = 12


@pytest.mark.parametrize("first", range(0, len(PAYLOADS), _IN_ONE))
def test_each_payload_in_every_place_is_text_and_nothing_else(reader: Reader, tmp_path: Path, first: int) -> None:
    payloads = PAYLOADS[first : first + _IN_ONE]
    with reader.screen(*NARROW) as (page, said):
        show(page, tmp_path, history_html(history_on(tuple(f"plain{number:03}" for number in range(len(payloads))))))
        innocuous, around = skeleton(page), set(attributes_around_words(page))
        show(page, tmp_path, history_html(history_on(payloads)))
        assert skeleton(page) == innocuous
        assert set(attributes_around_words(page)) <= around | {"class", "title"}
        assert kept_to_itself(page, said)
        assert overflow(page) == 0
