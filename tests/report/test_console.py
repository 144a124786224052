import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from analyzer.report.console import render_console
from analyzer.report.model import Report
from analyzer.report.visible import hidden
from tests.golden import assert_golden
from tests.report.reports import ALL, HEALTHY, HOSTILE, LONG, MISSING_LOCATION, NASTY, SEVERAL, hostile_with

every_report = pytest.mark.parametrize("report", ALL.values(), ids=ALL)


def _printed(report: Report, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        render_console(report, console)
    return capture.get()


def _coloured(report: Report) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="truecolor", legacy_windows=False)
    with console.capture() as capture:
        render_console(report, console)
    return capture.get()


@pytest.mark.parametrize("name", ["missing_location", "origin_rejected", "healthy", "inconclusive", "several"])
def test_the_terminal_reads_as_it_did_when_it_was_reviewed(name: str) -> None:
    assert_golden(f"{name}.txt", _printed(ALL[name]))


def test_the_break_is_marked_between_the_hops() -> None:
    assert "  browser ── nginx ✗ ┄┄ backend (127.0.0.1:5006) (absent)\n" in _printed(MISSING_LOCATION)


def test_a_healthy_bundle_takes_two_lines() -> None:
    assert _printed(HEALTHY, width=200).count("\n") == 2


@every_report
@pytest.mark.parametrize("width", [80, 60])
def test_what_is_read_fits_the_terminal_and_only_what_is_copied_may_be_longer(report: Report, width: int) -> None:
    to_copy = {
        line.strip()
        for incident in report.incidents
        for line in [*(incident.fix.patch or "").split("\n"), *incident.fix.verify, incident.fix.apply or ""]
    }
    to_copy |= {question.command for question in report.inconclusive if question.command}
    long = [row for row in _printed(report, width).split("\n") if len(row) > width and report is not HOSTILE]
    assert [row for row in long if not any(text and text in row for text in to_copy)] == []


def test_a_patch_can_be_copied_out_of_the_terminal() -> None:
    patch = MISSING_LOCATION.incidents[0].fix.patch
    assert patch
    assert "".join(f"  {line}\n" for line in patch.splitlines()) in _printed(MISSING_LOCATION, width=30)


def test_log_text_is_no_markup_and_no_control_sequence() -> None:
    printed = _printed(HOSTILE)
    assert "[red]markup[/red]" in printed
    assert "\x1b" not in printed
    assert "<U+202E>gnp.exe" in printed


def test_colour_adds_nothing_that_is_not_also_in_words() -> None:
    assert re.sub(r"\x1b\[[0-9;]*m", "", _coloured(SEVERAL)) == _printed(SEVERAL)
    assert "\x1b[" in _coloured(SEVERAL)


def test_log_text_cannot_add_colours_of_its_own() -> None:
    colour = re.compile(r"\x1b\[[0-9;]*m")
    without_its_colours = hostile_with(NASTY.replace("\x1b", ""), LONG)
    assert set(colour.findall(_coloured(HOSTILE))) == set(colour.findall(_coloured(without_its_colours)))
    assert "\x1b" not in colour.sub("", _coloured(HOSTILE))


@every_report
def test_a_terminal_that_knows_ascii_alone_gets_ascii(report: Report) -> None:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding="ascii"), width=80, color_system=None)
    render_console(report, console)
    console.file.flush()
    assert raw.getvalue().isascii()
    if report is MISSING_LOCATION:
        assert b"  browser -- nginx X .. backend (127.0.0.1:5006) (absent)\n" in raw.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_text_whatever_reaches_the_terminal_as_a_command(text: str) -> None:
    printed = _printed(hostile_with(text))
    assert hidden(printed, lambda _: "") == printed
