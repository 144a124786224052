"""The report as Markdown, for a ticket, a chat or a wiki page.

In comes a Report, out goes GitHub Flavored Markdown: the draft of a postmortem, with the same facts as the page.
"""

from collections.abc import Iterable, Iterator

from analyzer.nginx import Route
from analyzer.report import words
from analyzer.report.markdown_text import bullets, code, commands, escaped, fenced, listed, prose
from analyzer.report.model import (
    Contrast,
    Evidence,
    Fix,
    HopRecord,
    HopView,
    Incident,
    Inconclusive,
    LedgerRow,
    Reach,
    Report,
    Routing,
)
from analyzer.report.outlook import beyond, in_full, in_short, is_record, would_have_rung
from analyzer.report.postmortem import action_items, beginning
from analyzer.report.reaching import below, came_to, cells, worst
from analyzer.report.routes import Fact, at_a_glance, in_detail, verdict
from analyzer.report.visible import visible
from analyzer.report.withheld import Withheld, withheld, withheld_beyond, withheld_in_short

__all__ = ["render_markdown"]


def render_markdown(report: Report) -> str:
    """Write the report as Markdown."""
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    yield f"# {prose(words.headline(report))}"
    yield prose(words.clause(f"Looked at {words.looked_at(report)}"))
    yield from beginning(report)
    for incident in in_full(report):
        yield from _incident(incident)
    if in_short(report):
        yield "## Further incidents"
        yield bullets(f"{prose(incident.title)}: {words.counts(incident)}" for incident in in_short(report))
        yield prose(beyond(report))
    yield from action_items(report)
    for question in report.inconclusive:
        yield from _question(question)
    if report.reach:
        yield from _reach(report.reach)
    yield from _rest(report)


def _incident(incident: Incident) -> Iterator[str]:
    yield f"## {prose(incident.title)}"
    yield f"**{incident.confidence.value.capitalize()}**: {prose(words.clause(incident.confidence_why))}"
    if incident.also_failing:
        yield f"The same cause also stops {', '.join(map(code, incident.also_failing))}."
    yield "### How far it came"
    yield prose(incident.explanation)
    yield _hops(incident.hops)
    if incident.contrast and incident.contrast.hops:
        yield f"{code(incident.contrast.path)} works:"
        yield _hops(incident.contrast.hops)
    yield "### Evidence"
    yield from _quotations(incident.evidence)
    yield from _records("Hop by hop", incident.records)
    if incident.contrast:
        yield from _contrast(incident.contrast)
    yield from _fix(incident.fix)
    yield from _watch(incident)
    if incident.next:
        yield f"**Next:** {prose(words.asked(incident.next))}"
        yield from commands((incident.next.command,) if incident.next.command else ())
    if incident.routing:
        yield from _routing(incident.routing)
    yield from _around(incident)


def _hops(views: Iterable[HopView]) -> str:
    told = (f"**{prose(view.label)}** ({words.hop_word(view)}): {prose(view.detail)}" for view in views)
    return bullets(told, "1.")


def _records(title: str, records: Iterable[HopRecord]) -> Iterator[str]:
    """What each hop wrote of one request, in the order of time."""
    for number, record in enumerate(records):
        if not number:
            yield f"### {title}"
        where = code(words.place(record.source, record.line, record.last_line))
        yield f"{words.when(record.time)}, {words.hop_name(record.hop)}, {where}:"
        yield fenced(record.text)


def _quotations(evidence: Iterable[Evidence]) -> Iterator[str]:
    for piece in evidence:
        place = words.place(piece.source, piece.line, piece.last_line)
        yield f"{code(place)}: {prose(words.clause(piece.says))}"
        yield fenced(piece.text)


def _contrast(contrast: Contrast) -> Iterator[str]:
    yield "### Beside one that works"
    yield f"{code(contrast.path)} works: {prose(words.clause(contrast.difference))}"
    if contrast.rows:
        rows = ("| " + " | ".join(map(prose, row)) + " |" for row in contrast.rows)
        yield "\n".join(["| Compared | fails | works |", "| --- | --- | --- |", *rows])
    for piece in contrast.evidence:
        if is_record(piece, contrast.records):
            yield f"{code(words.place(piece.source, piece.line, piece.last_line))}: {prose(words.clause(piece.says))}"
        else:
            yield from _quotations((piece,))
    yield from _records("The working one, hop by hop", contrast.records)


def _routing(routing: Routing) -> Iterator[str]:
    yield "### What this config does with it"
    yield from _route(routing.failing)
    if routing.working:
        yield "### And with the one that works"
        yield from _route(routing.working)


def _route(route: Route) -> Iterator[str]:
    yield escaped(" ".join(visible(verdict(route)).split()))
    yield bullets(f"**{part.label}**: {'; '.join(map(_fact, part.facts))}" for part in at_a_glance(route))
    for part in in_detail(route):
        yield f"**{part.label}**"
        yield bullets(map(_fact, part.facts))


def _fact(fact: Fact) -> str:
    says = escaped(" ".join(visible(fact.says).split()))
    told = ": ".join(filter(None, (code(fact.code), says)))
    return f"{told} ({code(fact.place)})" if fact.place else told


def _fix(fix: Fix) -> Iterator[str]:
    yield "### What to do"
    yield prose(words.clause(fix.summary))
    yield words.model_verdict(fix)
    if fix.patch:
        yield fenced(fix.patch, "diff")
    yield from commands((fix.apply,) if fix.apply else (), "Apply it")
    yield from commands(fix.verify, "See that it worked")
    yield from listed("Expect", map(code, fix.expect))
    for line in fix.expected_lines:
        yield f"A line to look for in {code(line.source)}, like its line {line.line}:"
        yield fenced(line.text)
    yield from listed("If it still fails", map(prose, fix.if_it_still_fails))


def _watch(incident: Incident) -> Iterator[str]:
    watch = incident.watch
    if watch:
        yield "### Next time"
        yield prose(" ".join(filter(None, (words.clause(watch.alert), would_have_rung(incident)))))
        yield from commands((watch.check,) if watch.check else ())


def _around(incident: Incident) -> Iterator[str]:
    others = (f"`{other.cause}`: {prose(other.ruled_out_by)}" for other in incident.alternatives)
    yield from listed("Ruled out", others)
    if incident.consequences:
        yield "### Looks alarming, is not the cause"
    for line in incident.consequences:
        yield f"{code(words.place(line.source, line.line))}: {prose(words.clause(line.why))}"
        yield fenced(line.text)
    yield from listed("Worth knowing", map(prose, incident.notes))
    yield f"Cause `{incident.cause}`, incident {code(incident.id)}, fingerprint {code(incident.fingerprint)}."


def _question(question: Inconclusive) -> Iterator[str]:
    yield f"## Open question: {code(question.path)}"
    yield prose(question.question)
    yield from _quotations(question.evidence)
    yield from listed("Send", map(prose, question.needed))
    yield from commands((question.command,) if question.command else ())


def _reach(reach: Reach) -> Iterator[str]:
    yield "## How far each path came"
    columns = ("Path", "Asked for", *map(came_to, reach.hops), "Served")
    rows = ((code(row.path), f"{row.requests:,}", *(cell.text for cell in cells(reach, row))) for row in worst(reach))
    yield "\n".join(f"| {' | '.join(row)} |" for row in (columns, ("---",) * len(columns), *rows))
    if said := below(reach):
        yield said


def _rest(report: Report) -> Iterator[str]:
    yield "## What this rests on"
    problems = (f"{code(row.path)} {prose(words.clause(row.what))} {prose(row.hint)}" for row in report.problems)
    yield from listed("Could not be read", problems)
    unmet = (f"`{cause.cause}` would need {prose('; '.join(cause.missing))}" for cause in report.not_checked)
    yield from listed("Not checked", unmet)
    yield from listed("What was read", map(_ledger, report.sources))
    for row in report.sources:
        yield from _shapes(row)
        for sample in row.samples:
            yield f"Not understood, {code(words.place(row.path, sample.line))}: {prose(words.clause(sample.reason))}"
            yield fenced(sample.text)
    yield from listed("Notes", map(prose, report.notes))
    yield from listed("Not shown", map(_withheld, withheld(report)))
    if report.redacted:
        yield prose(" ".join(filter(None, (withheld_beyond(report), withheld_in_short(report)))))
    yield f"Written by lasthop {prose(report.tool_version)}."


def _shapes(row: LedgerRow) -> Iterator[str]:
    if row.shapes:
        alike = (f"{shape.count:,} from line {shape.line}: {code(shape.template)}" for shape in row.shapes)
        more = [f"{words.plural(row.more_shapes, 'more shape')}"] if row.more_shapes else []
        yield from listed(f"{escaped(words.source_name(row.path))}: {words.shapes_of(row)}", [*alike, *more])


def _ledger(row: LedgerRow) -> str:
    taken_for = f"{row.format or 'nothing known'}, {row.why}" + (f", service {row.service}" if row.service else "")
    clock = f"clock {words.clock(row)}"
    facts = "; ".join((taken_for, words.understood(row), words.covers(row), clock))
    return f"{code(words.source_name(row.path))}: {prose(facts)}"


def _withheld(secret: Withheld) -> str:
    more = f" and {words.plural(secret.more, 'more line')}" if secret.more else ""
    return f"{code(secret.mask)}: {prose(secret.kind)}, {', '.join(map(code, secret.places))}{more}"
