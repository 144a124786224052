import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.json import as_json, to_json
from analyzer.report.model import Report
from analyzer.report.visible import hidden
from tests.golden import assert_golden
from tests.report.reports import ALL, HOSTILE, MISSING_LOCATION, ORIGIN_REJECTED, hostile_with

every_report = pytest.mark.parametrize("report", ALL.values(), ids=ALL)

# DESIGN, "The command": these keys are never renamed within schema version 1; others may stand beside them.
_CONTRACT = {
    "": "schema_version tool window incidents inconclusive not_checked sources",
    "tool": "name version",
    "window": "start end",
    "incidents": (
        "id fingerprint cause title hop confidence target requests clients first_seen last_seen explanation evidence "
        "contrast alternatives fix reached next consequences"
    ),
    "target": "scheme host path",
    "evidence": "source line last_line text says",
    "contrast": "path difference",
    "alternatives": "cause ruled_out_by",
    "fix": "summary patch verified_by_model reaches_after apply verify",
    "next": "ask why command",
    "consequences": "text source line",
    "inconclusive": "path question needed",
    "not_checked": "cause missing",
    "sources": "path service format lines parsed unparsed first last clock_offset_s clock_spread_s clock_matches",
}


def _keys(value: object, name: str = "") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    inner = value if isinstance(value, list) else [value]
    for part in inner:
        if isinstance(part, dict):
            found[name] = found.get(name, set()) | set(part)
            for key, below in part.items():
                for where, keys in _keys(below, key).items():
                    found[where] = found.get(where, set()) | keys
    return found


def test_the_keys_that_programs_read_are_all_there() -> None:
    found = _keys(json.loads(to_json(ALL["several"])))
    missing = {name: set(keys.split()) - found.get(name, set()) for name, keys in _CONTRACT.items()}
    assert {name: keys for name, keys in missing.items() if keys} == {}


@pytest.mark.parametrize("name", ["missing_location", "healthy", "inconclusive"])
def test_the_json_reads_as_it_did_when_it_was_reviewed(name: str) -> None:
    assert_golden(f"{name}.json", to_json(ALL[name]))


@every_report
def test_the_text_holds_the_very_same_values(report: Report) -> None:
    assert json.loads(to_json(report)) == as_json(report)


def test_what_is_not_known_is_null() -> None:
    (incident,) = json.loads(to_json(ORIGIN_REJECTED))["incidents"]
    assert [incident[key] for key in ("clients", "first_seen", "last_seen", "contrast", "next")] == [None] * 5
    assert incident["fix"]["patch"] is None


def test_a_time_is_written_in_utc_whatever_zone_it_came_in() -> None:
    in_paris = datetime(2026, 1, 12, 10, 14, 3, 250_000, tzinfo=timezone(timedelta(hours=1)))
    report = replace(MISSING_LOCATION, window_start=in_paris, window_end=datetime(2026, 1, 12, 9, tzinfo=UTC))
    assert as_json(report)["window"] == {"start": "2026-01-12T09:14:03.250000Z", "end": "2026-01-12T09:00:00Z"}


def test_printing_the_json_cannot_move_the_cursor() -> None:
    assert hidden(to_json(HOSTILE), lambda _: "") == to_json(HOSTILE)
    assert "\\u202egnp.exe" in to_json(HOSTILE)


def test_a_file_name_that_is_no_valid_utf_8_can_still_be_written() -> None:
    report = replace(MISSING_LOCATION, bundle="caf\udce9")
    assert json.loads(to_json(report).encode("utf-8"))["bundle"] == "caf\udce9"


@given(st.text())
def test_log_text_comes_through_unchanged(text: str) -> None:
    (incident, _) = json.loads(to_json(hostile_with(text)))["incidents"]
    assert incident["evidence"][0]["text"] == text
