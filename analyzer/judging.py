"""From events to a verdict, and from a verdict to a report: what a bundle and a day of a history have in common.

In: the events of a period with their clocks in step, and the grounds they are judged on. Out: a `Verdict`, and the
`Report` that tells it. The hard thing is that secrets are numbered as they are met: the order of what is told counts.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import version

import polars as pl

from analyzer.causation import Group, explained, group_claims
from analyzer.cutting import Within, requests_told
from analyzer.doubts import config_doubts
from analyzer.findings import Findings, find_causes
from analyzer.frozen import dataclass
from analyzer.incidents import gather_incidents, gravest
from analyzer.journeys import Journeys, trace_journeys
from analyzer.needed import missing_logs
from analyzer.nginx import Config
from analyzer.progress import SILENT, Progress
from analyzer.questions import no_request_read, open_questions
from analyzer.quoting import Quotes
from analyzer.reach import reach_of
from analyzer.redaction import Redaction
from analyzer.report.grounds import LedgerRow, Problem
from analyzer.report.model import Beyond, Incident, Inconclusive, Report
from analyzer.report.reading import asked_in_words
from analyzer.report.undecodable import without_undecodable_patches
from analyzer.rule import Input, Rule
from analyzer.schema import HOP, KIND, TIME, Hop, Kind
from analyzer.showing import problems_shown, sources_shown
from analyzer.timeline import timeline_of

__all__ = ["Around", "Grounds", "Verdict", "judge", "report_of"]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What events are judged on: the config, the rules, and what hides secrets from a reader."""

    config: Config | None
    rules: Sequence[Rule]
    shown: Redaction


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stopped requests in a period, and what was found on the way there.

    `incidents`, the gravest first, each with its group of claims in `told`; of those `beyond` only the number is known.
    """

    of_period: Within
    grounds: Grounds
    inputs: frozenset[Input]
    journeys: Journeys
    findings: Findings
    told: tuple[Group, ...]
    beyond: tuple[Beyond, ...]
    incidents: tuple[Incident, ...]
    questions: tuple[Inconclusive, ...]
    quotes: Quotes


@dataclass(frozen=True, slots=True)
class Around:
    """What stands in a report around a verdict: where the logs come from, and what was made of them.

    `handed_in` turns an incident's patch into one of the files as they were handed in.
    """

    title: str
    config_files: tuple[str, ...]
    sources: tuple[LedgerRow, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    handed_in: Callable[[Incident], Incident]


def judge(of_period: Within, grounds: Grounds, progress: Progress = SILENT) -> Verdict:
    """Follow the requests of a period over the hops, and say which went no further, and why."""
    events, rules = of_period.events, grounds.rules
    progress.enters("journeys")
    journeys = of_period.journeys(trace_journeys(events, grounds.config))
    inputs = _inputs(events.kept, grounds.config)
    progress.enters("findings")
    findings = find_causes(journeys, inputs, rules)
    groups = group_claims(findings, journeys.journeys, rules)
    progress.enters("incidents")
    quotes = Quotes(events.kept, grounds.config, grounds.shown)
    gravest_of, beyond = gravest(groups, journeys.counted)
    gathered = gather_incidents(gravest_of, findings, journeys, quotes)
    incidents, told = tuple(incident for incident, _ in gathered), tuple(group for _, group in gathered)
    questions = open_questions(journeys, explained(groups), inputs, quotes)
    return Verdict(of_period, grounds, inputs, journeys, findings, told, beyond, incidents, questions, quotes)


def report_of(verdict: Verdict, around: Around) -> Report:
    """Tell a verdict."""
    of_period, shown, questions = verdict.of_period, verdict.grounds.shown, verdict.questions
    judged = of_period.judged
    first, last = _extent(judged.kept.filter(HOP.col.is_not_null())[TIME.name])
    incidents = tuple(around.handed_in(each) for each in verdict.incidents)
    asked_at_all = incidents or questions
    report = Report(
        bundle=around.title,
        tool_version=version("lasthop"),
        window_start=first,
        window_end=last,
        incidents=incidents,
        inconclusive=questions
        if asked_at_all
        else no_request_read(judged, verdict.inputs, verdict.quotes, around.config_files),
        not_checked=verdict.findings.not_checked,
        missing_logs=missing_logs(verdict.findings.not_checked, first, last),
        sources=sources_shown(around.sources, shown),
        problems=problems_shown((*around.problems, *verdict.findings.problems), shown),
        requests_seen=requests_told(of_period.counted),
        notes=(
            *shown.notes(),
            *asked_in_words(of_period.asked),
            *around.notes,
            *config_doubts(verdict.journeys, shown),
        ),
        asked=of_period.asked,
        reach=reach_of(verdict.journeys, shown),
        timeline=timeline_of(judged, shown),
        beyond=verdict.beyond,
        redacted=shown.told(),
    )
    return without_undecodable_patches(report)


def _inputs(kept: pl.DataFrame, config: Config | None) -> frozenset[Input]:
    """What the bundle holds, by what was understood of it."""
    held = {
        Input.CLIENT_LOG: HOP.col == Hop.CLIENT,
        Input.LOAD_BALANCER_LOG: HOP.col == Hop.LOAD_BALANCER,
        Input.ACCESS_LOG: (HOP.col == Hop.NGINX) & (KIND.col == Kind.REQUEST),
        Input.ERROR_LOG: (HOP.col == Hop.NGINX) & (KIND.col == Kind.NGINX_ERROR),
        Input.BACKEND_LOG: HOP.col == Hop.BACKEND,
    }
    found = {name for name, condition in held.items() if kept.select(condition.any()).item()}
    return frozenset(found | ({Input.CONFIG} if config else set()))


def _extent(times: pl.Series) -> tuple[datetime | None, datetime | None]:
    first, last = times.min(), times.max()
    return first if isinstance(first, datetime) else None, last if isinstance(last, datetime) else None
