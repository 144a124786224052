"""The table tells the truth about the analysis. The reports here are written by hand; no program runs."""

from typing import Any

from tests.lab.judging import FAILED, SILENT, Judgement, false_alarms, judged
from tests.lab.tables import table

TRUTH = {"cause": "missing-location", "hop": "nginx", "path": "/ws/chat", "decidable": True, "accepts": []}


def incident(cause: str, confidence: str = "certain", path: str = "/ws/chat", hop: str = "nginx") -> dict[str, Any]:
    return {"cause": cause, "confidence": confidence, "hop": hop, "target": {"path": path}, "also_failing": []}


def report(*incidents: dict[str, Any]) -> dict[str, Any]:
    return {"incidents": list(incidents), "inconclusive": []}


def judge(*incidents: dict[str, Any], **other: object) -> Judgement:
    return judged({**TRUTH, **other}, report(*incidents))


def test_the_cause_the_path_and_the_hop_are_right() -> None:
    verdict = judge(incident("missing-location"))
    assert verdict.right
    assert verdict.certain
    assert not verdict.certain_and_wrong


def test_another_cause_in_first_place_is_wrong_and_worse_when_it_is_certain() -> None:
    assert not judge(incident("origin-rejected", "possible")).right
    assert not judge(incident("origin-rejected", "possible")).certain_and_wrong
    assert judge(incident("origin-rejected")).certain_and_wrong


def test_a_certain_wrong_verdict_in_second_place_is_one_too() -> None:
    verdict = judge(incident("missing-location"), incident("origin-rejected"))
    assert verdict.first_right
    assert verdict.certain_and_wrong
    assert not verdict.right


def test_the_right_cause_of_the_wrong_path_or_hop_is_not_right() -> None:
    assert not judge(incident("missing-location", path="/other")).right
    assert not judge(incident("missing-location", hop="backend")).right


def test_a_path_that_fails_along_with_the_first_is_named_too() -> None:
    assert judge({**incident("missing-location", path="/ws/events"), "also_failing": ["/ws/chat"]}).right


def test_a_family_of_paths_names_every_path_of_it() -> None:
    assert judge(incident("missing-location", path="/ws/rooms/{id}"), path="/ws/rooms/7f3a").right
    assert not judge(incident("missing-location", path="/ws/{id}"), path="/ws/rooms/7f3a").right


def test_a_cause_that_would_be_no_error_counts_as_right() -> None:
    assert judge(incident("backend-route-missing", hop="backend"), accepts=["backend-route-missing"]).right


def test_silence_is_a_miss_where_the_logs_suffice_and_right_where_they_do_not() -> None:
    assert judge().named == SILENT
    assert not judge().right
    assert judge(decidable=False).right


def test_where_the_deciding_log_is_withheld_the_cause_may_be_guessed_and_not_be_certain() -> None:
    assert judge(incident("missing-location", "probable"), decidable=False).right
    assert not judge(incident("missing-location", "certain"), decidable=False).right
    assert not judge(incident("origin-rejected", "possible"), decidable=False).right


def test_an_analysis_that_fails_is_a_miss_and_an_alarm() -> None:
    assert judged(TRUTH, None).named == FAILED
    assert not judged(TRUTH, None).right
    assert not judged({**TRUTH, "decidable": False}, None).right
    assert false_alarms(None) == [FAILED]


def test_every_incident_on_a_twin_is_a_false_alarm() -> None:
    assert false_alarms(report()) == []
    assert false_alarms(report(incident("redirected", "possible"))) == ["redirected (possible)"]


def test_the_table_counts_by_cause_and_names_the_folder_of_each_miss() -> None:
    judgements = {
        "0000-missing-location-uvicorn": judge(incident("missing-location")),
        "0001-missing-location-tornado": judge(incident("origin-rejected")),
        "0002-missing-location-daphne": judge(decidable=False),
    }
    alarms = {"0000-missing-location-uvicorn": ["redirected (possible)"], "0001-missing-location-tornado": []}
    page = table(judgements, alarms, {"0003-rate-limited-uvicorn": "did not fail"}, "3 incidents")
    row = next(line for line in page.split("\n") if line.startswith("| missing-location | 3"))
    assert row.split(" | ")[2:] == [
        "1 of 2 (50%)",
        "2 of 2 (100%)",
        "1",
        "2 of 2 (100%)",
        "2 of 2 (100%)",
        "1 of 1 (100%)",
        "1 of 2 |",
    ]
    assert "| missing-location | origin-rejected | 1 | 0001-missing-location-tornado |" in page
    assert "- 0000-missing-location-uvicorn: redirected (possible)" in page
    assert "- 0003-rate-limited-uvicorn: did not fail" in page
