"""However much there is to tell, the page stays one that can be mailed, and says what it leaves out."""

from dataclasses import replace
from time import process_time

import pytest

from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.markdown import render_markdown
from analyzer.report.model import Beyond, Report
from tests.report.pages import read_page
from tests.report.reports import MISSING_LOCATION, SEVERAL

_INCIDENT = MISSING_LOCATION.incidents[0]
MANY = replace(
    MISSING_LOCATION,
    incidents=tuple(
        replace(_INCIDENT, fingerprint=f"{number:012x}", title=f"Nothing sends /path-{number} on")
        for number in range(500)
    ),
    beyond=(Beyond("missing-location", 9500, 12_345),),
    inconclusive=SEVERAL.inconclusive * 200,
    sources=MISSING_LOCATION.sources * 100,
)
_TWO_MEGABYTES = 2_000_000


def words_of(report: Report) -> str:
    return " ".join(read_page(render_html(report)).text.split())


def test_ten_thousand_incidents_are_a_page_of_less_than_two_megabytes() -> None:
    assert len(render_html(MANY).encode()) < _TWO_MEGABYTES
    assert len(render_markdown(MANY).encode()) < _TWO_MEGABYTES


def test_the_page_says_how_many_incidents_it_tells_in_a_line_and_how_many_not_at_all() -> None:
    words = words_of(MANY)
    assert "Nothing sends /path-0 on (and 9,999 further incidents)" in read_page(render_html(MANY)).text
    assert "10,000 incidents, 200 open questions" in words
    assert "480 further incidents" in words
    assert "Nothing sends /path-499 on" in words
    assert "9,500 more incidents of missing-location (12,345 requests)" in words
    assert "150 more questions" in words


def test_markdown_says_so_too() -> None:
    told = render_markdown(MANY)
    assert "Nothing sends /path-499 on" in told
    assert "9,500 more incidents of missing-location (12,345 requests)" in told


def test_json_has_all_that_are_told_and_the_counts_of_the_others() -> None:
    told = to_json(MANY)
    assert told.count('"fingerprint"') == 500
    assert '"incidents": 9500' in told


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_a_hundred_times_as_many_incidents_do_not_take_a_hundred_times_as_long(render: object) -> None:
    assert callable(render)
    few = replace(MANY, incidents=MANY.incidents[:20], beyond=())
    took = []
    for report in (few, MANY):
        runs = []
        for _ in range(3):
            start = process_time()
            render(report)
            runs.append(process_time() - start)
        took.append(min(runs))
    assert took[1] < 10 * took[0]


def test_every_incident_has_an_anchor_of_its_own_even_where_fingerprints_are_equal() -> None:
    twins = replace(MISSING_LOCATION, incidents=(_INCIDENT, _INCIDENT, _INCIDENT))
    ids = read_page(render_html(twins)).values("id")
    assert len(ids) == len(set(ids))
    assert {f"i-{_INCIDENT.fingerprint}", f"i-{_INCIDENT.fingerprint}-2", f"i-{_INCIDENT.fingerprint}-3"} <= set(ids)
