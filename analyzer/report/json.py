"""The report as data: the contract that programs read.

In comes a Report, out goes the JSON of schema version 1 (DESIGN, "The command"): keys are added within a version, never
renamed, and what is not known is null. The hard thing is that log text is data here and must come through unchanged,
yet somebody prints the file to a terminal: `json_text` takes care of that.
"""

from analyzer.report.figures import Reach, Timeline
from analyzer.report.grounds import LedgerRow, NotChecked, Problem, Shape, UnparsedSample
from analyzer.report.json_text import SCHEMA_VERSION, Json, json_text
from analyzer.report.model import (
    Arrivals,
    AskedAbout,
    Consequence,
    Contrast,
    Evidence,
    Fix,
    HopRecord,
    HopView,
    Incident,
    Inconclusive,
    NextStep,
    Report,
    Routing,
    Target,
    Watch,
)
from analyzer.report.routes import as_values
from analyzer.report.times import iso

__all__ = ["as_json", "contents", "problem_contents", "source_contents", "to_json"]


def to_json(report: Report) -> str:
    """Write the report as JSON text, emoji readable, hidden characters escaped."""
    return json_text(contents(report))


def as_json(report: Report) -> dict[str, object]:
    """Return the report as the values of its JSON form."""
    return {**contents(report)}


def contents(report: Report) -> dict[str, Json]:
    """Return the same, typed for the outputs that carry it inside their own."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "lasthop", "version": report.tool_version},
        "bundle": report.bundle,
        "window": {"start": iso(report.window_start), "end": iso(report.window_end)},
        "requests_seen": report.requests_seen,
        "incidents": [_incident(incident) for incident in report.incidents],
        "incidents_beyond": [
            {"cause": each.cause, "incidents": each.incidents, "requests": each.requests} for each in report.beyond
        ],
        "inconclusive": [_inconclusive(question) for question in report.inconclusive],
        "not_checked": [_not_checked(cause) for cause in report.not_checked],
        "missing_logs": [{"log": each.log, "command": each.command} for each in report.missing_logs],
        "sources": [source_contents(row) for row in report.sources],
        "problems": [problem_contents(problem) for problem in report.problems],
        "notes": list(report.notes),
        "asked": None if report.asked is None else _asked(report.asked),
        "reach": None if report.reach is None else _reach(report.reach),
        "timeline": None if report.timeline is None else _timeline(report.timeline),
        "redacted": [
            {"source": each.source, "line": each.line, "kind": each.kind, "number": each.number}
            for each in report.redacted
        ],
    }


def _asked(about: AskedAbout) -> dict[str, Json]:
    return {
        "since": about.since,
        "until": about.until,
        "start": iso(about.start),
        "end": iso(about.end),
        "records_outside": about.records_outside,
        "requests_outside": about.requests_outside,
        "untimed": about.untimed,
    }


def _reach(reach: Reach) -> dict[str, Json]:
    return {
        "rows": [
            {
                "path": row.path,
                "requests": row.requests,
                "reached": {hop.value: count for hop, count in zip(reach.hops, row.reached, strict=True)},
                "served": row.served,
                "missed": row.missed,
            }
            for row in reach.rows
        ],
        "more": reach.more,
    }


def _timeline(timeline: Timeline) -> dict[str, Json]:
    return {
        "start": iso(timeline.start),
        "end": iso(timeline.end),
        "hop": timeline.hop.value,
        "step_s": timeline.step_s,
        "bars": [
            {
                "start": iso(bar.start),
                "served": bar.served,
                "refused": bar.refused,
                "failed": bar.failed,
                "left": bar.left,
            }
            for bar in timeline.bars
        ],
        "marks": [
            {"time": iso(mark.time), "says": mark.says, "source": mark.source, "line": mark.line}
            for mark in timeline.marks
        ],
    }


def _incident(incident: Incident) -> dict[str, Json]:
    return {
        "id": incident.id,
        "fingerprint": incident.fingerprint,
        "cause": incident.cause,
        "title": incident.title,
        "hop": incident.hop.value,
        "reached": incident.reached.value,
        "confidence": incident.confidence.value,
        "confidence_why": incident.confidence_why,
        "target": _target(incident.target),
        "also_failing": list(incident.also_failing),
        "requests": incident.requests,
        "clients": incident.clients,
        "first_seen": iso(incident.first_seen),
        "last_seen": iso(incident.last_seen),
        "explanation": incident.explanation,
        "hops": [_hop(view) for view in incident.hops],
        "evidence": [_evidence(evidence) for evidence in incident.evidence],
        "contrast": None if incident.contrast is None else _contrast(incident.contrast),
        "routing": None if incident.routing is None else _routing(incident.routing),
        "alternatives": [{"cause": other.cause, "ruled_out_by": other.ruled_out_by} for other in incident.alternatives],
        "fix": _fix(incident.fix),
        "next": None if incident.next is None else _next(incident.next),
        "consequences": [_consequence(consequence) for consequence in incident.consequences],
        "notes": list(incident.notes),
        "records": [_record(record) for record in incident.records],
        "arrivals": None if incident.arrivals is None else _arrivals(incident.arrivals),
        "watch": None if incident.watch is None else _watch(incident.watch),
    }


def _arrivals(arrivals: Arrivals) -> dict[str, Json]:
    return {"asked": arrivals.asked, "arrived": arrivals.arrived, "after": arrivals.after}


def _watch(watch: Watch) -> dict[str, Json]:
    return {"alert": watch.alert, "check": watch.check, "rings_at": iso(watch.rings_at)}


def _record(record: HopRecord) -> dict[str, Json]:
    return {
        "hop": record.hop.value,
        "time": iso(record.time),
        "source": record.source,
        "line": record.line,
        "last_line": record.last_line,
        "text": record.text,
    }


def _target(target: Target) -> dict[str, Json]:
    return {"scheme": target.scheme, "host": target.host, "path": target.path}


def _hop(view: HopView) -> dict[str, Json]:
    return {
        "hop": view.hop.value,
        "label": view.label,
        "seen": view.seen.value,
        "detail": view.detail,
        "is_break": view.is_break,
    }


def _evidence(evidence: Evidence) -> dict[str, Json]:
    return {
        "source": evidence.source,
        "line": evidence.line,
        "last_line": evidence.last_line,
        "text": evidence.text,
        "says": evidence.says,
    }


def _contrast(contrast: Contrast) -> dict[str, Json]:
    return {
        "path": contrast.path,
        "difference": contrast.difference,
        "rows": [
            {"compared": what, "failing": failing, "working": working} for what, failing, working in contrast.rows
        ],
        "evidence": [_evidence(evidence) for evidence in contrast.evidence],
        "hops": [_hop(view) for view in contrast.hops],
        "records": [_record(record) for record in contrast.records],
    }


def _routing(routing: Routing) -> dict[str, Json]:
    working = None if routing.working is None else as_values(routing.working)
    return {"failing": as_values(routing.failing), "working": working}


def _fix(fix: Fix) -> dict[str, Json]:
    return {
        "summary": fix.summary,
        "patch": fix.patch,
        "verified_by_model": fix.verified_by_model,
        "reaches_after": fix.reaches_after,
        "apply": fix.apply,
        "verify": list(fix.verify),
        "expect": list(fix.expect),
        "if_it_still_fails": list(fix.if_it_still_fails),
        "expected_lines": [
            {"text": each.text, "path": each.path, "source": each.source, "line": each.line}
            for each in fix.expected_lines
        ],
    }


def _next(step: NextStep) -> dict[str, Json]:
    return {"ask": step.ask, "why": step.why, "command": step.command}


def _consequence(consequence: Consequence) -> dict[str, Json]:
    return {
        "text": consequence.text,
        "source": consequence.source,
        "line": consequence.line,
        "why": consequence.why,
    }


def _inconclusive(question: Inconclusive) -> dict[str, Json]:
    return {
        "path": question.path,
        "question": question.question,
        "needed": list(question.needed),
        "evidence": [_evidence(evidence) for evidence in question.evidence],
        "command": question.command,
    }


def _not_checked(cause: NotChecked) -> dict[str, Json]:
    return {"cause": cause.cause, "missing": list(cause.missing)}


def source_contents(row: LedgerRow) -> dict[str, Json]:
    """Return a row of the parse ledger as the values of its JSON form."""
    return {
        "path": row.path,
        "service": row.service,
        "format": row.format,
        "why": row.why,
        "lines": row.lines,
        "parsed": row.parsed,
        "unparsed": row.unparsed,
        "first": iso(row.first),
        "last": iso(row.last),
        "clock_offset_s": row.clock_offset_s,
        "clock_spread_s": row.clock_spread_s,
        "clock_matches": row.clock_matches,
        "samples": [_sample(sample) for sample in row.samples],
        "by_features": row.by_features,
        "shapes": [_shape(shape) for shape in row.shapes],
        "more_shapes": row.more_shapes,
    }


def _shape(shape: Shape) -> dict[str, Json]:
    return {"template": shape.template, "count": shape.count, "line": shape.line, "example": shape.example}


def _sample(sample: UnparsedSample) -> dict[str, Json]:
    return {"line": sample.line, "text": sample.text, "reason": sample.reason}


def problem_contents(problem: Problem) -> dict[str, Json]:
    """Return a problem as the values of its JSON form."""
    return {"path": problem.path, "what": problem.what, "hint": problem.hint}
