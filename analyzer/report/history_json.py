"""A history as data: the contract that programs read.

In comes a History, out goes the JSON of history schema version 1: keys are added within a version, never renamed, and
what is not known is null. Moments are in UTC, durations in seconds.
"""

from analyzer.report.history import Episode, History, Recurring
from analyzer.report.json import problem_contents, source_contents
from analyzer.report.json_text import SCHEMA_VERSION, Json, json_text
from analyzer.report.times import iso

__all__ = ["history_json"]


def history_json(history: History) -> str:
    """Write a history as JSON text."""
    return json_text(_contents(history))


def _contents(history: History) -> dict[str, Json]:
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "lasthop", "version": history.tool_version},
        "store": history.store,
        "window": {"start": iso(history.window_start), "end": iso(history.window_end)},
        "requests_seen": history.requests_seen,
        "lines": history.lines,
        "incidents": [_recurring(incident) for incident in history.incidents],
        "inconclusive": [
            {"path": each.path, "question": each.question, "days": each.days, "report": each.report}
            for each in history.questions
        ],
        "days": [
            {
                "day": each.day.isoformat(),
                "requests": each.requests,
                "served": each.served,
                "refused": each.refused,
                "failed": each.failed,
                "left": each.left,
                "incidents": each.incidents,
                "report": each.report,
            }
            for each in history.days
        ],
        "gaps": [{"first": each.first.isoformat(), "last": each.last.isoformat()} for each in history.gaps],
        "sources": [source_contents(row) for row in history.sources],
        "problems": [problem_contents(problem) for problem in history.problems],
        "notes": list(history.notes),
    }


def _recurring(incident: Recurring) -> dict[str, Json]:
    target = incident.target
    return {
        "fingerprint": incident.fingerprint,
        "cause": incident.cause,
        "title": incident.title,
        "hop": incident.hop.value,
        "confidence": incident.confidence.value,
        "target": {"scheme": target.scheme, "host": target.host, "path": target.path},
        "requests": incident.requests,
        "first_seen": iso(incident.first_seen),
        "last_seen": iso(incident.last_seen),
        "explanation": incident.explanation,
        "fix": incident.fix,
        "episodes": [_episode(each) for each in incident.episodes],
    }


def _episode(episode: Episode) -> dict[str, Json]:
    recovered = episode.recovered
    return {
        "first_seen": iso(episode.first),
        "last_seen": iso(episode.last),
        "requests": episode.requests,
        "recovered_at": iso(recovered),
        "recovered_after_s": None if recovered is None else int((recovered - episode.first).total_seconds()),
        "reports": list(episode.reports),
    }
