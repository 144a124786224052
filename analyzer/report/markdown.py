"""The report as Markdown, for a ticket, a chat or a wiki page.

In comes a Report, out goes GitHub Flavored Markdown: the draft of a postmortem, with the same facts as the page.
"""

from collections.abc import Iterable, Iterator

from analyzer.languages import ENGLISH, Language
from analyzer.nginx import Route
from analyzer.report import reading, times, words
from analyzer.report.beside import is_record
from analyzer.report.figures import Reach
from analyzer.report.grounds import LedgerRow, MissingLog
from analyzer.report.limits import beyond, in_full, in_short, questions, questions_beyond
from analyzer.report.markdown_text import bullets, code, commands, escaped, fenced, in_one_line, listed, prose
from analyzer.report.model import Contrast, Evidence, Fix, HopRecord, HopView, Incident, Inconclusive, Report, Routing
from analyzer.report.outlook import would_have_rung
from analyzer.report.postmortem import action_items, beginning
from analyzer.report.reaching import below, came_to, cells, worst
from analyzer.report.routes import Fact, at_a_glance, in_detail, verdict
from analyzer.report.withheld import Withheld, withheld, withheld_beyond, withheld_in_short
from analyzer.said import joined, said

__all__ = ["render_markdown"]


def render_markdown(report: Report, say: Language = ENGLISH) -> str:
    """Write the report as Markdown."""
    return "\n\n".join(_blocks(say, say.whole(report))) + "\n"


def _blocks(say: Language, report: Report) -> Iterator[str]:
    yield f"# {prose(say(words.headline(report)))}"
    yield prose(say(reading.looked(report)))
    yield from beginning(report, say)
    for incident in in_full(report):
        yield from _incident(say, incident)
    if in_short(report):
        yield f"## {say(said('Further incidents'))}"
        yield bullets(_line(say, prose(say(each.title)), words.counts(each)) for each in in_short(report))
        yield prose(say(beyond(report)))
    yield from action_items(report, say)
    for question in questions(report):
        yield from _question(say, question)
    if questions_beyond(report):
        yield prose(say(questions_beyond(report)))
    if report.reach:
        yield from _reach(say, report.reach)
    yield from _rest(say, report)


def _incident(say: Language, incident: Incident) -> Iterator[str]:
    yield f"## {prose(say(incident.title))}"
    certainty, why = f"**{_certainty(say, incident)}**", prose(say(words.clause(incident.confidence_why)))
    yield _line(say, certainty, why)
    if incident.also_failing:
        paths = ", ".join(map(code, incident.also_failing))
        yield say(said("The same cause also stops {paths}.", paths=paths))
    yield f"### {say(said('How far it came'))}"
    yield prose(say(incident.explanation))
    yield _hops(say, incident.hops)
    if incident.contrast and incident.contrast.hops:
        yield say(said("{path} works:", path=code(incident.contrast.path)))
        yield _hops(say, incident.contrast.hops)
    yield f"### {say(said('Evidence'))}"
    yield from _quotations(say, incident.evidence)
    yield from _records(say, said("Hop by hop"), incident.records)
    if incident.contrast:
        yield from _contrast(say, incident.contrast)
    yield from _fix(say, incident.fix)
    yield from _watch(say, incident)
    if incident.next:
        yield f"**{say(said('Next:'))}** {prose(say(words.asked(incident.next)))}"
        yield from commands((incident.next.command,) if incident.next.command else ())
    if incident.routing:
        yield from _routing(say, incident.routing)
    yield from _around(say, incident)


def _hops(say: Language, views: Iterable[HopView]) -> str:
    return bullets((_line(say, _seen(say, view), prose(say(view.detail))) for view in views), "1.")


def _seen(say: Language, view: HopView) -> str:
    return f"**{prose(say(view.label))}** ({say(words.hop_word(view))})"


def _line(say: Language, what: str, happened: str) -> str:
    return say(said("{what}: {happened}", what=what, happened=happened))


def _records(say: Language, title: str, records: Iterable[HopRecord]) -> Iterator[str]:
    """What each hop wrote of one request, in the order of time."""
    for number, record in enumerate(records):
        if not number:
            yield f"### {say(title)}"
        where = code(words.place(record.source, record.line, record.last_line))
        yield say(
            said("{time}, {hop}, {place}:", time=times.when(record.time), hop=words.hop_name(record.hop), place=where)
        )
        yield fenced(record.text)


def _quotations(say: Language, evidence: Iterable[Evidence]) -> Iterator[str]:
    for piece in evidence:
        yield _at(say, piece)
        yield fenced(piece.text)


def _at(say: Language, piece: Evidence) -> str:
    place = code(words.place(piece.source, piece.line, piece.last_line))
    return _line(say, place, prose(say(words.clause(piece.says))))


def _contrast(say: Language, contrast: Contrast) -> Iterator[str]:
    yield f"### {say(said('Beside one that works'))}"
    difference = prose(say(words.clause(contrast.difference)))
    yield say(said("{path} works: {difference}", path=code(contrast.path), difference=difference))
    if contrast.rows:
        columns = map(say, (said("Compared"), said("fails"), said("works")))
        rows = ("| " + " | ".join(prose(say(each)) for each in row) + " |" for row in (columns, *contrast.rows))
        head, *others = rows
        yield "\n".join([head, "| --- | --- | --- |", *others])
    for piece in contrast.evidence:
        if is_record(piece, contrast.records):
            yield _at(say, piece)
        else:
            yield from _quotations(say, (piece,))
    yield from _records(say, said("The working one, hop by hop"), contrast.records)


def _routing(say: Language, routing: Routing) -> Iterator[str]:
    yield f"### {say(said('What this config does with it'))}"
    yield from _route(say, routing.failing)
    if routing.working:
        yield f"### {say(said('And with the one that works'))}"
        yield from _route(say, routing.working)


def _route(say: Language, route: Route) -> Iterator[str]:
    yield escaped(in_one_line(say(verdict(route))))
    yield bullets(_line(say, f"**{say(part.label)}**", _facts(say, part.facts)) for part in at_a_glance(route))
    for part in in_detail(route):
        yield f"**{say(part.label)}**"
        yield bullets(_fact(say, each) for each in part.facts)


def _facts(say: Language, facts: Iterable[Fact]) -> str:
    return say(joined((_fact(say, each) for each in facts), "{before}; {last}"))


def _fact(say: Language, fact: Fact) -> str:
    says = escaped(in_one_line(say(fact.says)))
    told = code(say(fact.code))
    told = _line(say, told, says) if told and says else told or says
    return f"{told} ({code(fact.place)})" if fact.place else told


def _fix(say: Language, fix: Fix) -> Iterator[str]:
    yield f"### {say(said('What to do'))}"
    yield prose(say(words.clause(fix.summary)))
    yield say(words.model_verdict(fix))
    if fix.patch:
        yield fenced(fix.patch, "diff")
    yield from commands((fix.apply,) if fix.apply else (), say(said("Apply it")))
    yield from commands(fix.verify, say(said("See that it worked")))
    yield from listed(say(said("Expect")), map(code, fix.expect))
    for line in fix.expected_lines:
        yield say(said("A line to look for in {file}, like its line {line}:", file=code(line.source), line=line.line))
        yield fenced(line.text)
    yield from listed(say(said("If it still fails")), map(prose, fix.if_it_still_fails))


def _watch(say: Language, incident: Incident) -> Iterator[str]:
    watch = incident.watch
    if watch:
        yield f"### {say(said('Next time'))}"
        yield prose(" ".join(filter(None, (say(words.clause(watch.alert)), say(would_have_rung(incident))))))
        yield from commands((watch.check,) if watch.check else ())


def _around(say: Language, incident: Incident) -> Iterator[str]:
    others = (_line(say, f"`{each.cause}`", prose(say(each.ruled_out_by))) for each in incident.alternatives)
    yield from listed(say(said("Ruled out")), others)
    if incident.consequences:
        yield f"### {say(said('Looks alarming, is not the cause'))}"
    for line in incident.consequences:
        yield _line(say, code(words.place(line.source, line.line)), prose(say(words.clause(line.why))))
        yield fenced(line.text)
    yield from listed(say(said("Worth knowing")), map(prose, incident.notes))
    yield say(
        said(
            "Cause {cause}, incident {incident}, fingerprint {fingerprint}.",
            cause=f"`{incident.cause}`",
            incident=code(incident.id),
            fingerprint=code(incident.fingerprint),
        )
    )


def _question(say: Language, question: Inconclusive) -> Iterator[str]:
    yield f"## {say(said('Open question: {path}', path=code(question.path)))}"
    yield prose(say(question.question))
    yield from _quotations(say, question.evidence)
    yield from listed(say(said("Send")), map(prose, question.needed))
    yield from commands((question.command,) if question.command else ())


def _reach(say: Language, reach: Reach) -> Iterator[str]:
    yield f"## {say(said('How far each path came'))}"
    columns = map(say, (said("Path"), said("Asked for"), *map(came_to, reach.hops), said("Served")))
    rows = (
        (code(row.path), say.number(row.requests), *(say(cell.text) for cell in cells(reach, row)))
        for row in worst(reach)
    )
    marks = ("---",) * (len(reach.hops) + 3)
    yield "\n".join(f"| {' | '.join(row)} |" for row in (columns, marks, *rows))
    if untold := say(below(reach)):
        yield untold


def _rest(say: Language, report: Report) -> Iterator[str]:
    yield f"## {say(said('What this rests on'))}"
    problems = (
        f"{code(row.path)} {prose(say(words.clause(row.what)))} {prose(say(row.hint))}" for row in report.problems
    )
    yield from listed(say(said("Could not be read")), problems)
    unmet = (
        say(said("Would need {logs}: {causes}", logs=prose(say(logs)), causes=", ".join(map(code, causes))))
        for logs, causes in reading.gaps(report)
    )
    yield from listed(say(said("Not checked")), unmet)
    yield from listed(say(said("Fetch what is missing")), (_missing(say, each) for each in report.missing_logs))
    yield from listed(say(said("What was read")), (_ledger(say, row) for row in report.sources))
    for row in report.sources:
        yield from _shapes(say, row)
        for sample in row.samples:
            at, reason = code(words.place(row.path, sample.line)), prose(say(words.clause(sample.reason)))
            yield say(said("Not understood, {at}: {reason}", at=at, reason=reason))
            yield fenced(sample.text)
    yield from listed(say(said("Notes")), map(prose, report.notes))
    yield from listed(say(said("Not shown")), (_withheld(say, each) for each in withheld(report)))
    if report.redacted:
        yield prose(" ".join(filter(None, (say(withheld_beyond(report)), say(withheld_in_short(report))))))
    yield say(said("Written by lasthop {version}.", version=prose(report.tool_version)))


def _missing(say: Language, missing: MissingLog) -> str:
    log = prose(say(missing.log))
    return say(said("{log}: {command}", log=log, command=code(missing.command))) if missing.command else log


def _shapes(say: Language, row: LedgerRow) -> Iterator[str]:
    if row.shapes:
        alike = (
            say(
                said("{count:,} from line {line}: {shape}", count=each.count, line=each.line, shape=code(each.template))
            )
            for each in row.shapes
        )
        more = [say(words.plural(row.more_shapes, "more shape"))] if row.more_shapes else []
        what = said("{what}: {happened}", what=escaped(words.source_name(row.path)), happened=reading.shapes_of(row))
        yield from listed(say(what), [*alike, *more])


def _ledger(say: Language, row: LedgerRow) -> str:
    taken_for = said("{format}, {why}", format=row.format or said("nothing known"), why=row.why)
    if row.service:
        taken_for = said("{taken_for}, service {service}", taken_for=taken_for, service=row.service)
    clock = said("clock {clock}", clock=reading.clock(row))
    facts = joined((taken_for, reading.understood(row), reading.covers(row), clock), "{before}; {last}")
    source = code(words.source_name(row.path))
    return _line(say, source, prose(say(facts)))


def _withheld(say: Language, secret: Withheld) -> str:
    told = f"{code(secret.mask)}: {prose(say(secret.kind))}, {', '.join(map(code, secret.places))}"
    more = words.plural(secret.more, "more line")
    return say(said("{first} and {last}", first=told, last=more)) if secret.more else told


def _certainty(say: Language, incident: Incident) -> str:
    word = say(words.CONFIDENCE_WORD[incident.confidence])
    return word[:1].upper() + word[1:]
