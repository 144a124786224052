"""The report as SARIF, for editors and code hosts that show findings beside the lines they are about.

In comes a Report, out goes SARIF 2.1.0 (OASIS, 2020): one run, one result for each incident, located at its first
line of evidence, the other lines beside it. The hard thing is that SARIF has no words for most of what a report says;
so each incident stands whole, as in the JSON, among the properties of its result.
"""

import re
from urllib.parse import quote

from analyzer.report import words
from analyzer.report.grounds import Problem
from analyzer.report.json import contents
from analyzer.report.json_text import Json, json_text
from analyzer.report.model import Confidence, Evidence, Incident, Report

__all__ = ["to_sarif"]

_ARGUMENT = re.compile(r"\{([0-9]+)\}")
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

# 3.27.25: how sure a result is, from 0 to 100; its level says how bad it is, and a request that failed is an error.
_RANK = {Confidence.CERTAIN: 100.0, Confidence.PROBABLE: 66.0, Confidence.POSSIBLE: 33.0}


def to_sarif(report: Report) -> str:
    """Write the report as SARIF text."""
    log: dict[str, Json] = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return json_text(log)


def _run(report: Report) -> dict[str, Json]:
    said = contents(report)
    causes = sorted({incident.cause for incident in report.incidents})
    rules: list[Json] = [{"id": cause} for cause in causes]
    results: list[Json] = [_result(incident) for incident in report.incidents]
    whole: dict[str, Json] = {key: said[key] for key in said if key not in {"schema_version", "tool"}}
    return {
        "tool": {"driver": {"name": "lasthop", "version": report.tool_version, "rules": rules}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(report.problems)}],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": whole,
    }


def _result(incident: Incident) -> dict[str, Json]:
    first, *others = incident.evidence
    related: list[Json] = [{"id": number, **_location(evidence)} for number, evidence in enumerate(others, 1)]
    return {
        "ruleId": incident.cause,
        "level": "error",
        "rank": _RANK[incident.confidence],
        "message": _message(f"{words.clause(words.plain(incident.title))} {words.plain(incident.explanation)}"),
        "locations": [_location(first)],
        "relatedLocations": related,
        "partialFingerprints": {"lasthop/v1": incident.fingerprint},
        "occurrenceCount": max(1, incident.requests),
    }


def _location(evidence: Evidence) -> dict[str, Json]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(evidence.source)},
            "region": {
                "startLine": evidence.line,
                "endLine": evidence.last_line,
                "snippet": {"text": evidence.text},
            },
        },
        "message": _message(words.plain(evidence.says)),
    }


def _notifications(problems: tuple[Problem, ...]) -> list[Json]:
    return [
        {"level": "warning", "message": _message(f"{problem.path}: {words.clause(problem.what)} {problem.hint}")}
        for problem in problems
    ]


def _message(text: str) -> dict[str, Json]:
    """Write words that are no link (3.11.6: `[text](address)`) and hold no place for an argument (3.11.5: `{0}`)."""
    return {"text": _ARGUMENT.sub(r"{{\1}}", text.replace("](", "\\]("))}


def _uri(source: str) -> str:
    """Write a source's name as a relative reference (RFC 3986, 4.2): no colon may stand in its first segment."""
    return quote(source, safe="/!", errors="surrogateescape")
