"""The report at a glance, for a terminal of eighty columns at three in the morning.

In comes a Report, out go its verdict, how far the request came, the lines that prove it, the patch and the next step.
The hard thing is that log text must neither colour the terminal nor move its cursor: it only ever becomes Text, with
every control character written out, never Rich markup; and all must still be read without colour or Unicode. What is
there to be copied (commands, the patch) is never broken into lines here: the terminal folds it, and unfolds it again.
"""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from analyzer.languages import ENGLISH, Language
from analyzer.report import reading, times, words
from analyzer.report.diff import LineKind, read_diff
from analyzer.report.grounds import LedgerRow
from analyzer.report.model import Evidence, Fix, HopView, Incident, Inconclusive, NextStep, Report, Routing, Target
from analyzer.report.outlook import arrive, arriving, would_have_rung
from analyzer.report.paragraphs import LABEL, Paragraph, print_paragraphs
from analyzer.report.quote import cut_to, needles, spans
from analyzer.report.routes import verdict
from analyzer.report.visible import lines_of, visible
from analyzer.report.withheld import withheld_in_short
from analyzer.said import said
from analyzer.schema import Seen

__all__ = ["render_console"]

_INCIDENTS_SHOWN, _EVIDENCE_SHOWN, _PATHS_SHOWN, _SOURCES_SHOWN = 10, 4, 4, 3

_DIFF_STYLE = {
    LineKind.FILE: "bold",
    LineKind.HUNK: "cyan",
    LineKind.ADDED: "green",
    LineKind.REMOVED: "red",
    LineKind.CONTEXT: "",
}


def render_console(report: Report, console: Console, say: Language = ENGLISH) -> None:
    """Print the report: the first incident in full, the others short."""
    print_paragraphs(_paragraphs(say, say.whole(report), console.width), console)


def _paragraphs(say: Language, report: Report, width: int) -> Iterator[Paragraph]:
    if report.incidents:
        yield from _incidents(say, report.incidents, width)
    else:
        yield from _nothing_found(say, report)
    for question in report.inconclusive:
        yield from _question(say, question, width)
    if report.incidents or report.inconclusive:
        yield from _said(say, reading.left_open(report), "dim", above=1)
    for row in sorted(report.sources, key=lambda row: -row.unparsed)[:_SOURCES_SHOWN]:
        yield from _not_understood(say, row, width)
    yield from _said(say, words.plain(say(withheld_in_short(report))), "dim")


def _not_understood(say: Language, row: LedgerRow, width: int) -> Iterator[Paragraph]:
    """The remainder at a glance: how many lines, how few shapes, and the most frequent of them."""
    if row.shapes:
        first = cut_to(visible(row.shapes[0].template), width - 2, None)
        yield from _said(
            say,
            said(
                "{file}: {lines}: {shape}", file=words.source_name(row.path), lines=reading.shapes_of(row), shape=first
            ),
            "dim",
        )


def _nothing_found(say: Language, report: Report) -> Iterator[Paragraph]:
    yield from _said(say, words.headline(report), "bold" if report.inconclusive else "bold green")
    looked = say(reading.looked(report))
    yield from _said(say, looked if report.inconclusive else f"{looked} {say(reading.left_open(report))}")


def _incidents(say: Language, incidents: tuple[Incident, ...], width: int) -> Iterator[Paragraph]:
    for number, incident in enumerate(incidents[:_INCIDENTS_SHOWN], 1):
        yield from _verdict(say, incident, f"{number}. " if len(incidents) > 1 else "", above=number > 1)
        yield from _proof(say, incident, width) if number == 1 else _short(say, incident, width)
    left = len(incidents) - _INCIDENTS_SHOWN
    if left > 0:
        yield from _said(
            say, said("{incidents} in the report", incidents=words.plural(left, "further incident")), "dim", above=1
        )


def _verdict(say: Language, incident: Incident, number: str, *, above: int) -> Iterator[Paragraph]:
    yield from _said(say, number + words.plain(incident.title), "bold red", above=above)
    yield from _said(say, words.plain(incident.explanation))
    sure = Text.assemble((say(words.CONFIDENCE_WORD[incident.confidence]), "bold"), say(said(": ")))
    yield Paragraph(sure.append(visible(say(words.clause(words.plain(incident.confidence_why))))))
    extent = times.span(incident.first_seen, incident.last_seen)
    yield from _said(
        say,
        said(
            "{requests} for {path}; {extent}.",
            requests=words.counts(incident),
            path=words.address(incident.target),
            extent=extent,
        ),
    )
    if incident.also_failing:
        yield from _said(say, said("It also stops {paths}.", paths=_paths(incident.also_failing)))
    yield Paragraph(Text())
    yield Paragraph(_journey(say, incident.hops), 2)
    yield Paragraph(Text())


def _paths(paths: Sequence[str]) -> str:
    """The first paths; of the others how many there are."""
    left = len(paths) - _PATHS_SHOWN
    told = ", ".join(paths[:_PATHS_SHOWN])
    return said("{first} and {last}", first=told, last=words.plural(left, "more path")) if left > 0 else told


def _journey(say: Language, hops: tuple[HopView, ...]) -> Text:
    """Draw the hops in a line: `browser ── nginx ✗ ┄┄ backend (absent)`."""
    line, broken = Text(), False
    for view in hops:
        if line:
            line.append(" ┄┄ " if broken else " ── ", "dim" if broken else "")
        line.append(visible(view.label), "bold red" if view.is_break else "")
        broken = broken or view.is_break
        if view.is_break:
            line.append(" ✗", "bold red")
        if view.seen is not Seen.SEEN:
            line.append(f" ({say(words.SEEN_WORD[view.seen])})", "dim")
    return line


def _proof(say: Language, incident: Incident, width: int) -> Iterator[Paragraph]:
    yield from _quotations(say, incident.evidence[:_EVIDENCE_SHOWN], incident.target, width)
    left = len(incident.evidence) - _EVIDENCE_SHOWN
    if left > 0:
        yield from _said(
            say, said("{lines} of evidence in the report", lines=words.plural(left, "more line")), "dim", indent=2
        )
    yield Paragraph(Text())
    if incident.contrast:
        yield from _labelled(say, said("Contrast"), words.contrast_line(incident.contrast))
    yield from _routing(say, incident.routing)
    yield from _fix(say, incident.fix)
    yield from _listed(
        say, said("Lines"), tuple(cut_to(visible(line.text), width - LABEL - 2) for line in incident.fix.expected_lines)
    )
    if incident.arrivals:
        shares = (
            said("{what}: {happened}", what=label, happened=arrive(incident.arrivals, count))
            for label, count in arriving(incident.arrivals)
        )
        yield from _listed(say, said("Share"), tuple(shares))
    if incident.watch:
        yield from _labelled(
            say, said("Alert"), f"{say(words.clause(incident.watch.alert))} {say(would_have_rung(incident))}".rstrip()
        )
    yield from _next(say, incident.next)


def _routing(say: Language, routing: Routing | None) -> Iterator[Paragraph]:
    told = [verdict(route) for route in (routing.failing, routing.working) if route] if routing else []
    for number, sentence in enumerate(told):
        yield Paragraph(Text(visible(say(sentence))), 2, ("" if number else say(said("Config"))).ljust(LABEL))


def _short(say: Language, incident: Incident, width: int) -> Iterator[Paragraph]:
    yield from _quotations(say, incident.evidence[:1], incident.target, width)
    yield from _labelled(say, said("Fix"), incident.fix.summary)


def _quotations(say: Language, evidence: Iterable[Evidence], target: Target | None, width: int) -> Iterator[Paragraph]:
    for piece in evidence:
        where = words.place(piece.source, piece.line, piece.last_line)
        yield Paragraph(Text.assemble((visible(where), "bold"), "  ", visible(words.plain(say(piece.says)))), 2)
        yield Paragraph(_quote(piece, target, width), 4)


def _quote(evidence: Evidence, target: Target | None, width: int) -> Text:
    """Join a record's lines and cut it to two rows around what matters in it."""
    line = " ".join(visible(part).strip() for part in lines_of(evidence.text))
    patterns = needles(evidence, target)
    focus = next(iter(spans(line, patterns)), None)
    shown = Text(cut_to(line, 2 * width - 30, focus))
    for start, end in spans(shown.plain, patterns):
        shown.stylize("bold yellow", start, end)
    return shown


def _fix(say: Language, fix: Fix) -> Iterator[Paragraph]:
    yield from _labelled(say, said("Fix"), fix.summary)
    yield from _said(say, words.model_verdict(fix), "", indent=2 + LABEL)
    for line in read_diff(fix.patch) if fix.patch else ():
        yield Paragraph(Text(visible(line.text), _DIFF_STYLE[line.kind]), 2, to_copy=True)
    yield from _commands(say, said("Apply"), (fix.apply,) if fix.apply else ())
    yield from _commands(say, said("Verify"), fix.verify)
    yield from _listed(say, said("Expect"), fix.expect)


def _next(say: Language, step: NextStep | None) -> Iterator[Paragraph]:
    if step:
        yield from _labelled(say, said("Next"), words.asked(step))
        yield from _commands(say, "", (step.command,) if step.command else ())


def _question(say: Language, question: Inconclusive, width: int) -> Iterator[Paragraph]:
    yield from _said(
        say,
        said("Open question, {path}: {question}", path=question.path, question=words.plain(question.question)),
        "bold",
        above=1,
    )
    yield from _quotations(say, question.evidence[:_EVIDENCE_SHOWN], None, width)
    yield from _listed(say, said("Send"), question.needed)
    yield from _commands(say, "", (question.command,) if question.command else ())


def _labelled(say: Language, label: str, text: str) -> Iterator[Paragraph]:
    yield Paragraph(Text(visible(words.plain(say(text)))), 2, say(label).ljust(LABEL))


def _listed(say: Language, label: str, texts: tuple[str, ...]) -> Iterator[Paragraph]:
    for number, text in enumerate(texts):
        yield from _labelled(say, "" if number else label, text)


def _commands(say: Language, label: str, commands: tuple[str, ...]) -> Iterator[Paragraph]:
    for number, command in enumerate(commands):
        yield Paragraph(Text(visible(command)), 2, ("" if number else say(label)).ljust(LABEL), to_copy=True)


def _said(say: Language, text: str, style: str = "", *, indent: int = 0, above: int = 0) -> Iterator[Paragraph]:
    if text:
        yield from (Paragraph(Text()) for _ in range(above))
        yield Paragraph(Text(visible(say(text)), style), indent)
