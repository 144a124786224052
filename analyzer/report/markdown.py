"""The report as Markdown, for a ticket, a chat or a wiki page.

In comes a Report, out goes GitHub Flavored Markdown with the same sections as the page. The hard thing is that log text
must not become markup: quotations stand in fences longer than any run of backticks inside them (CommonMark 0.31, 4.5),
elsewhere what could be markup is escaped (2.4), no address is a link, and `@` is an entity: no ticket calls a stranger.
"""

import re
from collections.abc import Iterable, Iterator

from analyzer.nginx import Route
from analyzer.report import words
from analyzer.report.model import Contrast, Evidence, Fix, Incident, Inconclusive, LedgerRow, Reach, Report, Routing
from analyzer.report.reaching import below, came_to, cells, worst
from analyzer.report.routes import Fact, at_a_glance, in_detail, verdict
from analyzer.report.visible import visible
from analyzer.report.withheld import Withheld, withheld, withheld_beyond, withheld_in_short

__all__ = ["render_markdown"]

_CODE = re.compile(r"`([^`\n]+)`")
_MARKUP = re.compile(r"[\\`*_\[\]<&~|$#]|:(?=//)|(?<=www)\.|^[>+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]", re.IGNORECASE)
_BACKTICKS = re.compile("`+")


def render_markdown(report: Report) -> str:
    """Write the report as Markdown."""
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    yield f"# {_prose(words.headline(report))}"
    yield _prose(words.clause(f"Looked at {words.looked_at(report)}"))
    for incident in report.incidents:
        yield from _incident(incident)
    for question in report.inconclusive:
        yield from _question(question)
    if report.reach:
        yield from _reach(report.reach)
    yield from _rest(report)


def _incident(incident: Incident) -> Iterator[str]:
    yield f"## {_prose(incident.title)}"
    yield f"**{incident.confidence.value.capitalize()}**: {_prose(words.clause(incident.confidence_why))}"
    extent = words.clause(words.span(incident.first_seen, incident.last_seen))
    yield f"**{words.counts(incident)}** for {_code(words.address(incident.target))}, {_prose(extent)}"
    if incident.also_failing:
        yield f"The same cause also stops {', '.join(map(_code, incident.also_failing))}."
    hops = (f"**{_prose(view.label)}** ({words.hop_word(view)}): {_prose(view.detail)}" for view in incident.hops)
    yield _list(hops, "1.")
    yield _prose(incident.explanation)
    yield "### Evidence"
    yield from _quotations(incident.evidence)
    if incident.contrast:
        yield from _contrast(incident.contrast)
    yield from _fix(incident.fix)
    if incident.next:
        yield f"**Next:** {_prose(words.asked(incident.next))}"
        yield from _commands((incident.next.command,) if incident.next.command else ())
    if incident.routing:
        yield from _routing(incident.routing)
    yield from _around(incident)


def _quotations(evidence: Iterable[Evidence]) -> Iterator[str]:
    for piece in evidence:
        place = words.place(piece.source, piece.line, piece.last_line)
        yield f"{_code(place)}: {_prose(words.clause(piece.says))}"
        yield _fenced(piece.text)


def _contrast(contrast: Contrast) -> Iterator[str]:
    yield "### Beside one that works"
    yield f"{_code(contrast.path)} works: {_prose(words.clause(contrast.difference))}"
    if contrast.rows:
        rows = ("| " + " | ".join(map(_prose, row)) + " |" for row in contrast.rows)
        yield "\n".join(["| Compared | fails | works |", "| --- | --- | --- |", *rows])
    yield from _quotations(contrast.evidence)


def _routing(routing: Routing) -> Iterator[str]:
    yield "### What this config does with it"
    yield from _route(routing.failing)
    if routing.working:
        yield "### And with the one that works"
        yield from _route(routing.working)


def _route(route: Route) -> Iterator[str]:
    yield _escaped(" ".join(visible(verdict(route)).split()))
    yield _list(f"**{part.label}**: {'; '.join(map(_fact, part.facts))}" for part in at_a_glance(route))
    for part in in_detail(route):
        yield f"**{part.label}**"
        yield _list(map(_fact, part.facts))


def _fact(fact: Fact) -> str:
    says = _escaped(" ".join(visible(fact.says).split()))
    told = ": ".join(filter(None, (_code(fact.code), says)))
    return f"{told} ({_code(fact.place)})" if fact.place else told


def _fix(fix: Fix) -> Iterator[str]:
    yield "### What to do"
    yield _prose(words.clause(fix.summary))
    yield words.model_verdict(fix)
    if fix.patch:
        yield _fenced(fix.patch, "diff")
    yield from _commands((fix.apply,) if fix.apply else (), "Apply it")
    yield from _commands(fix.verify, "See that it worked")
    yield from _listed("Expect", map(_code, fix.expect))
    yield from _listed("If it still fails", map(_prose, fix.if_it_still_fails))


def _around(incident: Incident) -> Iterator[str]:
    others = (f"`{other.cause}`: {_prose(other.ruled_out_by)}" for other in incident.alternatives)
    yield from _listed("Ruled out", others)
    if incident.consequences:
        yield "### Looks alarming, is not the cause"
    for line in incident.consequences:
        yield f"{_code(words.place(line.source, line.line))}: {_prose(words.clause(line.why))}"
        yield _fenced(line.text)
    yield from _listed("Worth knowing", map(_prose, incident.notes))
    yield f"Cause `{incident.cause}`, incident {_code(incident.id)}, fingerprint {_code(incident.fingerprint)}."


def _question(question: Inconclusive) -> Iterator[str]:
    yield f"## Open question: {_code(question.path)}"
    yield _prose(question.question)
    yield from _quotations(question.evidence)
    yield from _listed("Send", map(_prose, question.needed))
    yield from _commands((question.command,) if question.command else ())


def _reach(reach: Reach) -> Iterator[str]:
    yield "## How far each path came"
    columns = ("Path", "Asked for", *map(came_to, reach.hops), "Served")
    rows = ((_code(row.path), f"{row.requests:,}", *(cell.text for cell in cells(reach, row))) for row in worst(reach))
    yield "\n".join(f"| {' | '.join(row)} |" for row in (columns, ("---",) * len(columns), *rows))
    if said := below(reach):
        yield said


def _rest(report: Report) -> Iterator[str]:
    yield "## What this rests on"
    problems = (f"{_code(row.path)} {_prose(words.clause(row.what))} {_prose(row.hint)}" for row in report.problems)
    yield from _listed("Could not be read", problems)
    unmet = (f"`{cause.cause}` would need {_prose('; '.join(cause.missing))}" for cause in report.not_checked)
    yield from _listed("Not checked", unmet)
    yield from _listed("What was read", map(_ledger, report.sources))
    for row in report.sources:
        yield from _shapes(row)
        for sample in row.samples:
            yield f"Not understood, {_code(words.place(row.path, sample.line))}: {_prose(words.clause(sample.reason))}"
            yield _fenced(sample.text)
    yield from _listed("Notes", map(_prose, report.notes))
    yield from _listed("Not shown", map(_withheld, withheld(report)))
    if report.redacted:
        yield _prose(" ".join(filter(None, (withheld_beyond(report), withheld_in_short(report)))))
    yield f"Written by lasthop {_prose(report.tool_version)}."


def _shapes(row: LedgerRow) -> Iterator[str]:
    if row.shapes:
        alike = (f"{shape.count:,} from line {shape.line}: {_code(shape.template)}" for shape in row.shapes)
        more = [f"{words.plural(row.more_shapes, 'more shape')}"] if row.more_shapes else []
        yield from _listed(f"{_escaped(words.source_name(row.path))}: {words.shapes_of(row)}", [*alike, *more])


def _ledger(row: LedgerRow) -> str:
    taken_for = f"{row.format or 'nothing known'}, {row.why}" + (f", service {row.service}" if row.service else "")
    clock = f"clock {words.clock(row)}"
    facts = "; ".join((taken_for, words.understood(row), words.covers(row), clock))
    return f"{_code(words.source_name(row.path))}: {_prose(facts)}"


def _withheld(secret: Withheld) -> str:
    more = f" and {words.plural(secret.more, 'more line')}" if secret.more else ""
    return f"{_code(secret.mask)}: {_prose(secret.kind)}, {', '.join(map(_code, secret.places))}{more}"


def _listed(title: str, items: Iterable[str]) -> Iterator[str]:
    shown = _list(items)
    if shown:
        yield f"### {title}"
        yield shown


def _list(items: Iterable[str], bullet: str = "-") -> str:
    return "\n".join(f"{bullet} {item}" for item in items)


def _commands(commands: tuple[str, ...], title: str = "") -> Iterator[str]:
    if commands and title:
        yield f"### {title}"
    if commands:
        yield _fenced("\n".join(commands), "sh")


def _prose(text: str) -> str:
    """Escape everything but the code between backticks."""
    parts = _CODE.split(" ".join(visible(text).split()))
    return "".join(_code(part) if index % 2 else _escaped(part) for index, part in enumerate(parts))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text).replace("@", "&#64;")


def _code(text: str) -> str:
    shown = " ".join(visible(text).split()).replace("|", "\\|")
    if not shown:
        return ""
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _fenced(text: str, language: str = "") -> str:
    shown = visible(text.removesuffix("\n"))
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
