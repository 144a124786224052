import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.report.html import GENERATOR_MARK, render_html
from analyzer.report.json import as_json
from analyzer.report.model import Contrast, Evidence, Report
from analyzer.report.visible import hidden, visible
from analyzer.report.words import plain
from tests.report.pages import Page, read_page
from tests.report.reports import (
    ALL,
    HEALTHY,
    HOSTILE,
    INCONCLUSIVE,
    MISSING_LOCATION,
    NASTY,
    ORIGIN_REJECTED,
    SEVERAL,
    hostile_with,
)

every_report = pytest.mark.parametrize("report", ALL.values(), ids=ALL)


def _page(report: Report) -> Page:
    return read_page(render_html(report))


def _words_of(page: Page) -> str:
    return " ".join(page.text.split())


@every_report
def test_the_page_links_to_nothing_but_itself_and_its_patches(report: Report) -> None:
    assert all(address.startswith(("#", "data:text/x-diff")) for address in _page(report).values("href"))


def _leaves(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, name)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _leaves(inner, key)
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        yield key, f"{value:,}" if isinstance(value, int) else value


_TOLD_IN_OTHER_WORDS = {
    "hop",
    "reached",
    "seen",
    "patch",
    "start",
    "end",
    "time",
    "rings_at",
    "first_seen",
    "last_seen",
    "first",
    "last",
    "outcome",
    "websocket",
}


@pytest.mark.parametrize("report", [MISSING_LOCATION, ORIGIN_REJECTED, INCONCLUSIVE, HEALTHY, SEVERAL])
def test_no_fact_of_the_json_is_missing_on_the_page(report: Report) -> None:
    words = _words_of(_page(report)).casefold()
    facts = [fact for fact in _leaves(as_json(report)) if fact[0] not in _TOLD_IN_OTHER_WORDS and fact[1] != "-"]
    assert len(facts) > 10
    assert [fact for fact in facts if " ".join(plain(fact[1]).split()).rstrip(".").casefold() not in words] == []


def test_the_first_lines_say_what_how_sure_how_many_and_since_when() -> None:
    words = _words_of(_page(MISSING_LOCATION))
    before_the_picture = words[: words.index("How far it came")]
    assert "nginx has no location that sends /frontend-audio to the backend" in before_the_picture
    assert "Certain: nginx says itself" in before_the_picture
    assert "37 requests from 4 clients for wss://api-calls.harx.ai/frontend-audio" in before_the_picture
    assert "first seen 2026-01-12 09:14:03, last seen 09:31:40 UTC (over 17 min)" in before_the_picture


def test_the_picture_tells_seen_absent_and_the_break_in_words_too() -> None:
    words = _words_of(_page(MISSING_LOCATION))
    assert "browser seen WebSocket to /frontend-audio failed" in words
    assert "nginx seen, stopped here GET /frontend-audio" in words
    assert "backend (127.0.0.1:5006) absent no record" in words
    assert "hosting platform unknown no log of it" in _words_of(_page(ORIGIN_REJECTED))


def test_the_patch_that_the_page_saves_is_the_patch_byte_for_byte() -> None:
    with_carriage_returns = "--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\u202e\r\n+\N{ELECTRIC PLUG}\r\n"
    incident = MISSING_LOCATION.incidents[0]
    fix = replace(incident.fix, patch=with_carriage_returns)
    page = _page(replace(MISSING_LOCATION, incidents=(replace(incident, fix=fix),)))
    (link,) = (element for element in page.all("a") if "download" in element.attributes)
    assert base64.b64decode(link.attributes["href"].partition(",")[2]).decode() == with_carriage_returns


def test_a_line_of_the_log_can_be_found_by_its_number() -> None:
    page = _page(MISSING_LOCATION)
    assert "backend.log:87-90" in page.text
    assert [number for number in page.values("data-line") if number in {"87", "88", "89", "90"}] == [
        "87", "88", "89", "90",
    ]  # fmt: skip


def test_what_matters_in_a_line_is_marked_and_nothing_else() -> None:
    html = render_html(MISSING_LOCATION)
    assert set(re.findall(r"<mark>(.*?)</mark>", html)) == {"/frontend-audio", "/call-events", "frontend-audio"}


def test_what_is_not_known_is_said_and_never_printed_as_none() -> None:
    words = _words_of(_page(ORIGIN_REJECTED))
    assert "2 requests from an unknown number of clients" in words
    assert "the logs do not tell when" in words
    assert "None" not in words


def test_a_healthy_bundle_is_told_calmly_what_was_looked_at() -> None:
    words = _words_of(_page(HEALTHY))
    assert "Nothing was found that stopped a request." in words
    assert "Looked at: 48,210 requests in 48,210 lines of 1 source; 2026-01-12 00:00:00 to 23:59:59 UTC." in words
    assert "1 cause could not be checked" in words
    assert "Would need a browser console or HAR export intermediary-dropped" in words


def test_an_open_question_comes_with_what_to_send() -> None:
    words = _words_of(_page(INCONCLUSIVE))
    assert "Something failed, and what was handed in does not say why." in words
    assert "Did the handshake reach nginx?" in words
    assert "Send nginx access log covering 2026-01-12 09:10 to 09:20 UTC" in words
    assert "core.dump.gz is cut off after 4,096 bytes. Send it again" in words


def test_what_an_attacker_wrote_is_shown_and_does_nothing() -> None:
    html = render_html(HOSTILE)
    page = read_page(html)
    assert "<script>alert(1)</script>{{7*7}}{% raw %}\"'><img src=x onerror=alert(1)>" in page.text
    assert "[red]markup[/red]" in page.text
    assert {name for element in page.elements for name in element.attributes} <= {
        "lang", "charset", "name", "content", "http-equiv", "class", "href", "id", "aria-labelledby", "aria-label",
        "aria-hidden", "viewbox", "width", "height", "focusable", "d", "cx", "cy", "r", "tabindex", "data-line",
        "data-of", "scope", "title", "download", "preserveaspectratio", "role", "x1", "x2", "y1", "y2", "x", "y",
        "text-anchor", "data-start", "data-end",
    }  # fmt: skip


@every_report
def test_no_character_on_the_page_hides_or_turns_the_text(report: Report) -> None:
    html = render_html(report)
    assert hidden(html, lambda _: "") == html


def test_a_hidden_character_is_written_out_where_it_stood() -> None:
    assert "<U+202E>gnp.exe<U+202C>" in _page(HOSTILE).text
    assert "<ESC>red<ESC>" in _page(HOSTILE).text


_MARKS = {"span", "mark", "code"}


def _skeleton(page: Page) -> list[str]:
    return [element.tag for element in page.elements if element.tag not in _MARKS]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200).map(lambda text: f"x{text}"))
def test_no_text_whatever_changes_the_structure_of_the_page(text: str) -> None:
    page = _page(hostile_with(text))
    assert _skeleton(page) == _skeleton(_page(hostile_with("plain")))
    first = visible(text.replace("\r", "\n").split("\n")[0])
    assert " ".join(first.split()) in " ".join(page.text.replace("<ESC>", "").split()) or "`" in text


def test_a_page_says_early_who_wrote_it() -> None:
    assert GENERATOR_MARK + '0.1.0">' in render_html(MISSING_LOCATION)[:200]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render_html(SEVERAL) == render_html(SEVERAL)


def _luminance(colour: str) -> float:
    full = "".join(digit * 2 for digit in colour) if len(colour) == 3 else colour
    channels = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_ON = {"mark-ink": "mark", "added-ink": "added", "removed-ink": "removed"}


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
def test_every_colour_of_text_can_be_read_on_its_ground(theme: int) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    roots = re.findall(r":root \{(.*?)\}", _page(HEALTHY).style, re.DOTALL)
    assert len(roots) == 3
    colours = dict(re.findall(r"--([\w-]+): #([0-9a-f]{3,6});", roots[theme]))
    for ink, ground in [(ink, ground) for ink in ("ink", "quiet", "bad", "link") for ground in ("paper", "box")] + [
        *_ON.items()
    ]:
        lighter, darker = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ink, ground)


def test_a_very_long_line_scrolls_in_its_own_box() -> None:
    page = _page(HOSTILE)
    long = [element for element in page.all("pre") if element.attributes.get("class") == "long"]
    assert long
    assert all(element.attributes["tabindex"] == "0" for element in long)


def test_rows_that_differ_are_told_from_rows_that_are_the_same() -> None:
    words = _words_of(_page(MISSING_LOCATION))
    assert "≠answer (differs)" in words
    assert "=server (the same)" in words


def test_a_contrast_without_rows_needs_no_table() -> None:
    incident = replace(MISSING_LOCATION.incidents[0], contrast=Contrast("/ok", "it has a `location`"), routing=None)
    page = _page(replace(MISSING_LOCATION, incidents=(incident,)))
    assert [table.attributes["class"] for table in page.all("table")] == ["written", "figures", "ledger"]


def test_lines_that_were_joined_do_not_get_numbers_of_their_own() -> None:
    piece = Evidence("wrapped.log", 5, 6, "one record\nthat stood on\nother lines", "it was unwrapped")
    incident = replace(MISSING_LOCATION.incidents[0], evidence=(piece,))
    page = _page(replace(MISSING_LOCATION, incidents=(incident,)))
    assert page.values("data-line")[:3] == ["5", "", ""]


def test_the_hostile_report_is_hostile() -> None:
    assert "\u202e" in NASTY
    assert "<script>" in NASTY
