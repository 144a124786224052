"""Every sample's report, opened by somebody in real Chromium: it says the most on the first screen, all that can be
pressed works, without scripts and without a network everything is still read, by everybody, on any screen and on paper.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from analyzer.report.html import render_html
from analyzer.report.model import Report
from analyzer.report.times import span
from analyzer.report.words import headline, plain, plural
from analyzer.shipped import shipped
from tests.analysed import analysed
from tests.lab.reader import Reader, barriers, overflow, readable, seen_without_scrolling

pytestmark = [pytest.mark.lab, pytest.mark.xdist_group("reports in chromium")]
SAMPLES = sorted(path for path in shipped("samples").iterdir() if path.is_dir())
WIDE, PHONE = (1280, 800), (390, 844)
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """The address of each sample's report."""
    folder = tmp_path_factory.mktemp("reports")
    for sample in SAMPLES:
        (folder / f"{sample.name}.html").write_text(render_html(analysed(sample)), encoding="utf-8")
    return {sample: (folder / f"{sample.name}.html").as_uri() for sample in SAMPLES}


def without_blanks(text: str) -> str:
    return "".join(plain(text).split())


def first_words(report: Report) -> list[str]:
    """What somebody must see before scrolling: what, how sure, how many, since when, and what to do."""
    incident = report.incidents[0]
    todo = re.split(r"[,.;:] ", incident.fix.summary)[0]
    times = span(incident.first_seen, incident.last_seen)
    counted = plural(incident.requests, "request")
    return [headline(report), incident.confidence.value.capitalize(), counted, times, todo]


@each_sample
def test_the_first_screen_says_what_how_sure_how_many_since_when_and_what_to_do(
    reader: Reader, pages: dict[Path, str], sample: Path
) -> None:
    report = analysed(sample)
    wanted = first_words(report) if report.incidents else [headline(report)]
    with reader.screen(*WIDE) as (page, _):
        page.goto(pages[sample])
        seen = seen_without_scrolling(page)
        assert [each for each in wanted if without_blanks(each) not in seen] == []
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        seen = seen_without_scrolling(page)
        assert [each for each in wanted[:2] if without_blanks(each) not in seen] == []


@each_sample
def test_every_link_leads_to_where_it_says(reader: Reader, pages: dict[Path, str], sample: Path) -> None:
    with reader.screen(*WIDE) as (page, said):
        page.goto(pages[sample])
        inner = page.locator("a[href^='#']").all()
        assert inner
        for link in inner:
            link.evaluate("(each) => each.click()")
            target = page.locator(f"[id='{(link.get_attribute('href') or '#')[1:]}']")
            top, height = target.evaluate("(each) => [each.getBoundingClientRect().top, each.offsetHeight ?? 1]")
            assert -1 <= top < WIDE[1]
            assert height > 0
        assert (said.console, [each for each in said.asked if not each.startswith("file:")]) == ([], [])


@each_sample
def test_the_patch_is_saved_as_it_is(reader: Reader, pages: dict[Path, str], sample: Path) -> None:
    patches = [each.fix.patch for each in analysed(sample).incidents if each.fix.patch]
    with reader.screen(*WIDE) as (page, _):
        page.goto(pages[sample])
        saved = []
        for link in page.locator("a[download]").all():
            with page.expect_download() as downloading:
                link.click()
            saved.append(Path(downloading.value.path()).read_bytes().decode())
    assert saved == patches


@each_sample
def test_every_button_does_what_it_is_called(reader: Reader, pages: dict[Path, str], sample: Path) -> None:
    with reader.screen(*WIDE) as (page, said):
        page.goto(pages[sample])
        text = page.evaluate("document.body.textContent")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        for button in page.get_by_role("button", name=re.compile("^Copy")).all():
            button.click()
            copied = page.evaluate("navigator.clipboard.readText()")
            assert copied.strip()
            assert [line for line in copied.splitlines() if line not in text] == []
        assert said.console == []


def part_shown(page: Page) -> tuple[int, int]:
    """Where the time line begins and how much of it is shown, in thousandths."""
    box = page.locator(".lane").first.get_attribute("viewBox")
    assert box
    left, _, width, _ = map(float, box.split())
    return round(left), round(width)


def test_the_time_line_is_zoomed_and_moved_by_its_buttons(reader: Reader, pages: dict[Path, str]) -> None:
    with reader.screen(*WIDE) as (page, said):
        page.goto(pages[SAMPLES[0]])
        ticks = page.locator(".axis").inner_html()
        for button, part in (
            ("Zoom in", (250, 500)),
            ("Zoom in", (375, 250)),
            ("Later", (500, 250)),
            ("Earlier", (375, 250)),
            ("Zoom out", (250, 500)),
            ("Earlier", (0, 500)),
            ("Earlier", (0, 500)),
            ("All", (0, 1000)),
        ):
            page.get_by_role("button", name=button).click()
            assert part_shown(page) == part
            as_at_first = page.locator(".axis").inner_html() == ticks
            assert as_at_first is (part == (0, 1000))
        assert said.console == []


def test_the_time_line_is_zoomed_to_what_is_drawn_over(reader: Reader, pages: dict[Path, str]) -> None:
    with reader.screen(*WIDE) as (page, _):
        page.goto(pages[SAMPLES[0]])
        lane = page.locator(".answers")
        lane.scroll_into_view_if_needed()
        box = lane.bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 10)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 10)
        page.mouse.up()
        left, width = part_shown(page)
        assert abs(left - 200) < 5
        assert abs(width - 500) < 5
        lane.dblclick()
        assert part_shown(page) == (0, 1000)


@each_sample
def test_without_scripts_everything_is_read_that_is_read_with_them(
    reader: Reader, pages: dict[Path, str], sample: Path
) -> None:
    with reader.screen(*WIDE) as (page, said):
        page.goto(pages[sample])
        with_scripts = readable(page)
    with reader.screen(*WIDE, scripts=False) as (page, said):
        page.goto(pages[sample])
        without = readable(page)
        assert said.console == []
    assert without_blanks(headline(analysed(sample))) in without
    assert without == with_scripts


@each_sample
def test_nobody_is_kept_from_reading_it(reader: Reader, pages: dict[Path, str], sample: Path) -> None:
    with reader.screen(*WIDE) as (page, said):
        page.goto(pages[sample])
        for width, height in (WIDE, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                assert barriers(page) == [], (width, theme)
        assert said.console == []


def test_the_same_look_finds_a_barrier_where_there_is_one(reader: Reader) -> None:
    with reader.screen(*WIDE) as (page, _):
        page.set_content("<!doctype html><title>x</title><img src='x.png'><button></button>")
        found = {each.partition(":")[0] for each in barriers(page)}
    assert {"image-alt", "button-name", "html-has-lang"} <= found


@each_sample
def test_no_screen_is_too_narrow_or_too_wide(reader: Reader, pages: dict[Path, str], sample: Path) -> None:
    with reader.screen(*WIDE) as (page, _):
        page.goto(pages[sample])
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        for width in (320, 390, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) == 0, width


@each_sample
def test_on_paper_it_is_text_on_a_few_pages(reader: Reader, pages: dict[Path, str], sample: Path) -> None:
    with reader.screen(*WIDE) as (page, _):
        page.goto(pages[sample])
        printed = page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type /Page\b", printed)) <= 20
    assert b"/ToUnicode" in printed  # letters that can be searched and copied, and no picture of them
