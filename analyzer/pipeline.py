"""The stages in order: the table of contents of the program.

bundle -> sources -> events -> journeys -> findings -> incidents -> report
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from analyzer.ahead import with_helpers
from analyzer.analysis import Analysis
from analyzer.bundle import Bundle, open_bundle
from analyzer.catalogue import load_causes
from analyzer.cutting import within
from analyzer.errors import NothingReadError
from analyzer.events import Events, read_events
from analyzer.formats import Format
from analyzer.formats.generic import BY_FEATURES
from analyzer.inquiry import Inquiry
from analyzer.journeys.clocks import Zone, in_step, read_zones, setting_right
from analyzer.judging import Around, Grounds, judge, report_of
from analyzer.overflow import not_kept
from analyzer.pastes import Paste
from analyzer.periods import Asked, read_period
from analyzer.polars_thread import on_polars_thread
from analyzer.progress import SILENT, Progress
from analyzer.redaction import Redaction
from analyzer.report.grounds import LedgerRow, Problem
from analyzer.report.model import Report
from analyzer.report.words import source_name
from analyzer.said import said
from analyzer.schema import HOP, KIND, Kind
from analyzer.showing import CONFIG_FORMAT, as_handed_in, patch_shown, problems_shown, rows_shown
from analyzer.signs import signs_of
from analyzer.small import SMALL
from analyzer.sources import Sources, recognise


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
    zones, asked = read_zones(inquiry.zones), read_period(inquiry.since, inquiry.until)
    progress.enters("bundle")
    with open_bundle(inquiry.paths, inquiry.stdin) as bundle:
        work = partial(_investigated, bundle, inquiry, zones, asked, progress)
        return on_polars_thread(work) if _is_small(bundle) else with_helpers(work)


def _is_small(bundle: Bundle) -> bool:
    try:
        return sum(file.stored().size for file in bundle.files) <= SMALL
    except OSError:  # a file is gone meanwhile: whoever reads it tells of it
        return False


def _investigated(
    bundle: Bundle, inquiry: Inquiry, zones: Sequence[Zone], asked: Asked | None, progress: Progress
) -> Analysis:
    shown = inquiry.redaction
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
    verdict = judge(of_period, Grounds(sources.config, rules, shown), progress)
    progress.enters("report")
    unread = (*bundle.problems, *sources.problems, *_config_problems(sources), *of_period.events.problems)
    around = Around(
        title=shown.source(bundle.title),
        config_files=tuple(file.name for file in sources.config_files),
        sources=(*_config_rows(sources), *of_period.events.ledger),
        problems=unread,
        notes=clock_notes,
        handed_in=lambda incident: patch_shown(as_handed_in(incident, sources.pastes, bundle), shown),
    )
    report = report_of(verdict, around)
    counted = verdict.journeys.counted
    return Analysis(report, of_period.judged.kept, verdict.journeys.journeys, shown, not_kept(counted))


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
