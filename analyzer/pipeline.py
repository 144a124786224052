"""The stages in order: the table of contents of the program.

bundle -> sources -> events -> journeys -> findings -> incidents -> report
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import BinaryIO

import polars as pl

from analyzer.analysis import Analysis
from analyzer.bundle import Bundle, open_bundle
from analyzer.catalogue import load_causes
from analyzer.causation import explained, group_claims
from analyzer.cutting import requests_told, within
from analyzer.doubts import config_doubts
from analyzer.errors import NothingReadError
from analyzer.events import Events, read_events
from analyzer.findings import find_causes
from analyzer.formats import Format
from analyzer.formats.generic import BY_FEATURES
from analyzer.incidents import gather_incidents, gravest
from analyzer.inquiry import Inquiry
from analyzer.journeys import trace_journeys
from analyzer.journeys.clocks import in_step, read_zones, setting_right
from analyzer.needed import missing_logs
from analyzer.overflow import not_kept
from analyzer.pastes import Paste
from analyzer.periods import read_period
from analyzer.progress import SILENT, Progress
from analyzer.questions import no_request_read, open_questions
from analyzer.quoting import Quotes
from analyzer.reach import reach_of
from analyzer.redaction import Redaction
from analyzer.report.grounds import LedgerRow, Problem
from analyzer.report.model import Report
from analyzer.report.reading import asked_in_words
from analyzer.report.undecodable import without_undecodable_patches
from analyzer.report.words import source_name
from analyzer.rule import Input
from analyzer.said import said
from analyzer.schema import HOP, KIND, TIME, Hop, Kind
from analyzer.showing import CONFIG_FORMAT, as_handed_in, patch_shown, problems_shown, rows_shown, sources_shown
from analyzer.signs import signs_of
from analyzer.sources import Sources, recognise
from analyzer.timeline import timeline_of


def analyze(  # noqa: PLR0913  all that can be told of a bundle
    paths: Sequence[str],
    *,
    configs: Sequence[str] = (),
    rule_folders: Sequence[str] = (),
    formats: Sequence[Format] = (),
    zones: Sequence[str] = (),
    since: str | None = None,
    until: str | None = None,
    stdin: BinaryIO | None = None,
    redaction: Redaction | None = None,
) -> Report:
    """Say of a bundle which was the last hop its requests reached, and why they went no further: see `Inquiry`."""
    told = Inquiry(paths, configs, rule_folders, formats, zones, since, until, stdin, redaction or Redaction())
    return investigate(told).report


def investigate(inquiry: Inquiry, progress: Progress = SILENT) -> Analysis:
    """Go through the rooms with what is asked of a bundle; `progress` hears which one is at work.

    Raises NothingReadError where nothing at all could be read or parsed, or nothing of the period; UsageError where a
    rule's file cannot be loaded, a zone or its source is unknown, or a moment is none.
    """
    zones, asked, shown = read_zones(inquiry.zones), read_period(inquiry.since, inquiry.until), inquiry.redaction
    progress.enters("bundle")
    with open_bundle(inquiry.paths, inquiry.stdin) as bundle:
        progress.enters("sources")
        rules = tuple(cause.rule for cause in load_causes(inquiry.rule_folders))
        signs = signs_of(rules)
        sources = recognise(bundle, inquiry.configs, signs, inquiry.formats)
        progress.enters("events")
        written = _without_config_lines(read_events(sources, signs, None, progress), sources.pastes)
        shown.acquaint(written.kept, sources.config, [file.name for file in bundle.files])
        written = replace(written, ledger=rows_shown(written.ledger, shown))
        _demand_something_read(bundle, sources, written, shown)
        timed, clock_notes = in_step(written, zones, shown.source)
        again = partial(read_events, sources, signs, progress=progress)
        of_period = within(timed, asked, again, partial(setting_right, written, zones))
        events = of_period.events
        progress.enters("journeys")
        journeys = of_period.journeys(trace_journeys(events, sources.config))
        inputs = _inputs(events.kept, sources)
        progress.enters("findings")
        findings = find_causes(journeys, inputs, rules)
        groups = group_claims(findings, journeys.journeys, rules)
        progress.enters("incidents")
        quotes = Quotes(events.kept, sources.config, shown)
        told, beyond = gravest(groups, journeys.counted)
        incidents = gather_incidents(told, findings, journeys, quotes)
        questions = open_questions(journeys, explained(groups), inputs, quotes)
        named = tuple(file.name for file in sources.config_files)
        progress.enters("report")
        judged = of_period.judged
        seen = judged.kept.filter(HOP.col.is_not_null())
        unread = (*bundle.problems, *sources.problems, *_config_problems(sources), *events.problems)
        report = Report(
            bundle=shown.source(bundle.title),
            tool_version=version("lasthop"),
            window_start=_first(seen),
            window_end=_last(seen),
            incidents=tuple(patch_shown(as_handed_in(each, sources.pastes, bundle), shown) for each in incidents),
            inconclusive=questions if incidents or questions else no_request_read(judged, inputs, quotes, named),
            not_checked=findings.not_checked,
            missing_logs=missing_logs(findings.not_checked, _first(seen), _last(seen)),
            sources=sources_shown((*_config_rows(sources), *events.ledger), shown),
            problems=problems_shown((*unread, *findings.problems), shown),
            requests_seen=requests_told(of_period.counted),
            notes=(*shown.notes(), *asked_in_words(of_period.asked), *clock_notes, *config_doubts(journeys, shown)),
            asked=of_period.asked,
            reach=reach_of(journeys, shown),
            timeline=timeline_of(judged, shown),
            beyond=beyond,
            redacted=shown.told(),
        )
        return Analysis(
            without_undecodable_patches(report), judged.kept, journeys.journeys, shown, not_kept(journeys.counted)
        )


_SHOWN, _SHOWN_WIDTH = 3, 160
_DUMP = said("`nginx -T` prints every file of a config.")


def _without_config_lines(events: Events, pastes: Mapping[str, Paste]) -> Events:
    """In a file that is config and log at once, each line is counted for what it is: config is blank to its log."""
    ledger = tuple(
        replace(row, lines=row.lines - len(pastes[row.path].config)) if _has_blanks(row, pastes) else row
        for row in events.ledger
    )
    return replace(events, ledger=ledger, lines=events.lines - sum(len(paste.config) for paste in pastes.values()))


def _has_blanks(row: LedgerRow, pastes: Mapping[str, Paste]) -> bool:
    """Whether the lines of a paste's config were counted in this row: of several services, blank lines are nobody's."""
    return row.path in pastes and row.lines >= row.parsed + row.unparsed + len(pastes[row.path].config)


def _demand_something_read(bundle: Bundle, sources: Sources, events: Events, shown: Redaction) -> None:
    bystander = BY_FEATURES & HOP.col.is_null()
    if sources.config is not None or not events.kept.filter(KIND.col != Kind.SETTING, ~bystander).is_empty():
        return
    told = problems_shown((*bundle.problems, *sources.problems, *events.problems), shown)
    reasons = "; ".join(f"{problem.path} {problem.what}" for problem in told) or "nothing was handed in"
    lines = [
        f"{source_name(shown.source(row.path))}:{sample.line}: {sample.text}"
        for row in events.ledger
        for sample in row.samples
    ]
    hint = "Hand in nginx's access and error log, its config, a backend's log or a browser console saved as text."
    as_read = ["As it was read:", *(line[:_SHOWN_WIDTH] for line in lines[:_SHOWN])] if lines else []
    raise NothingReadError(f"nothing could be read: {reasons}", "\n".join([*as_read, hint]))


def _inputs(kept: pl.DataFrame, sources: Sources) -> frozenset[Input]:
    """What the bundle holds, by what was understood of it."""
    held = {
        Input.CLIENT_LOG: HOP.col == Hop.CLIENT,
        Input.LOAD_BALANCER_LOG: HOP.col == Hop.LOAD_BALANCER,
        Input.ACCESS_LOG: (HOP.col == Hop.NGINX) & (KIND.col == Kind.REQUEST),
        Input.ERROR_LOG: (HOP.col == Hop.NGINX) & (KIND.col == Kind.NGINX_ERROR),
        Input.BACKEND_LOG: HOP.col == Hop.BACKEND,
    }
    found = {name for name, condition in held.items() if kept.select(condition.any()).item()}
    return frozenset(found | ({Input.CONFIG} if sources.config else set()))


def _config_rows(sources: Sources) -> tuple[LedgerRow, ...]:
    skipped = Counter(item.file for item in sources.config.skipped) if sources.config else Counter[str]()
    return tuple(
        LedgerRow(
            path=file.name,
            service=None,
            format=CONFIG_FORMAT,
            why=said("reads as nginx directives, with gaps")
            if skipped[file.name]
            else said("reads as nginx directives"),
            lines=file.lines,
            parsed=file.lines - skipped[file.name],
            unparsed=skipped[file.name],
            first=None,
            last=None,
            clock_offset_s=None,
        )
        for file in sources.config_files
    )


def _config_problems(sources: Sources) -> tuple[Problem, ...]:
    """What of the config could not be read, and includes that the bundle does not hold."""
    if sources.config is None:
        return ()
    skipped = (
        Problem(f"{s.file}:{s.line}", s.reason, said("The rest of the config was read."))
        for s in sources.config.skipped
    )
    missing = (
        Problem(
            f"{m.file}:{m.line}",
            said("includes {pattern}, which is not in the bundle", pattern=m.pattern),
            _DUMP,
            lost=False,
        )
        for m in sources.config.missing_includes
    )
    return (*skipped, *missing)


def _first(seen: pl.DataFrame) -> datetime | None:
    first = seen[TIME.name].min()
    return first if isinstance(first, datetime) else None


def _last(seen: pl.DataFrame) -> datetime | None:
    last = seen[TIME.name].max()
    return last if isinstance(last, datetime) else None
