import json
from dataclasses import replace
from typing import Any

import pytest

from analyzer.report.json import as_json
from analyzer.report.model import Confidence, Report
from analyzer.report.sarif import to_sarif
from analyzer.report.visible import hidden
from tests.report.reports import ALL, HEALTHY, HOSTILE, INCONCLUSIVE, MISSING_LOCATION, SEVERAL

every_report = pytest.mark.parametrize("report", ALL.values(), ids=ALL)


def _run(report: Report) -> dict[str, Any]:
    log = json.loads(to_sarif(report))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_an_editor_opens_the_line_that_proves_it() -> None:
    (result,) = _run(MISSING_LOCATION)["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "nginx/error.log"}
    assert location["physicalLocation"]["region"]["startLine"] == 118
    assert [line["physicalLocation"]["region"]["endLine"] for line in result["relatedLocations"]] == [402, 90]


def test_how_sure_and_how_bad_are_two_things() -> None:
    incident = MISSING_LOCATION.incidents[0]
    results = [
        _run(replace(MISSING_LOCATION, incidents=(replace(incident, confidence=confidence),)))["results"][0]
        for confidence in Confidence
    ]
    assert [result["level"] for result in results] == ["error"] * 3
    assert [result["rank"] for result in results] == [100, 66, 33]


def test_every_result_names_a_rule_that_the_tool_declares() -> None:
    run = _run(SEVERAL)
    declared = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == declared == {"missing-location", "origin-rejected"}


@every_report
def test_no_fact_of_the_json_is_missing(report: Report) -> None:
    properties = _run(report)["properties"]
    assert {key: properties[key] for key in properties} == {
        key: value for key, value in as_json(report).items() if key not in {"schema_version", "tool"}
    }


def test_a_healthy_bundle_has_no_results() -> None:
    assert _run(HEALTHY)["results"] == []


def test_what_could_not_be_read_is_told_too() -> None:
    ((notification,),) = (part["toolExecutionNotifications"] for part in _run(INCONCLUSIVE)["invocations"])
    assert notification["message"]["text"].startswith("core.dump.gz: is cut off after 4,096 bytes. Send it")


def test_a_file_name_becomes_an_address_that_stays_relative() -> None:
    incident = MISSING_LOCATION.incidents[0]
    named = replace(incident.evidence[0], source="pod: a/b c#1.log")
    (result,) = _run(replace(MISSING_LOCATION, incidents=(replace(incident, evidence=(named,)),)))["results"]
    address = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert address == "pod%3A%20a/b%20c%231.log"


def test_printing_it_cannot_move_the_cursor() -> None:
    assert hidden(to_sarif(HOSTILE), lambda _: "") == to_sarif(HOSTILE)
