"""The report at a glance, for a terminal of eighty columns at three in the morning.

In comes a Report, out go its verdict, how far the request came, the lines that prove it, the patch and the next step.
The hard thing is that log text must neither colour the terminal nor move its cursor: it only ever becomes Text, with
every control character written out, never Rich markup; and all must still be read without colour or Unicode. What is
there to be copied (commands, the patch) is never broken into lines here: the terminal folds it, and unfolds it again.
"""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from analyzer.report import words
from analyzer.report.diff import LineKind, read_diff
from analyzer.report.model import (
    Evidence,
    Fix,
    HopView,
    Incident,
    Inconclusive,
    LedgerRow,
    NextStep,
    Report,
    Routing,
    Target,
)
from analyzer.report.outlook import arrive, arriving, would_have_rung
from analyzer.report.paragraphs import LABEL, Paragraph, print_paragraphs
from analyzer.report.quote import cut_to, needles, spans
from analyzer.report.routes import verdict
from analyzer.report.visible import lines_of, visible
from analyzer.report.withheld import withheld_in_short
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


def render_console(report: Report, console: Console) -> None:
    """Print the report: the first incident in full, the others short."""
    print_paragraphs(_paragraphs(report, console.width), console)


def _paragraphs(report: Report, width: int) -> Iterator[Paragraph]:
    if report.incidents:
        yield from _incidents(report.incidents, width)
    else:
        yield from _nothing_found(report)
    for question in report.inconclusive:
        yield from _question(question, width)
    if report.incidents or report.inconclusive:
        yield from _said(words.left_open(report), "dim", above=1)
    for row in sorted(report.sources, key=lambda row: -row.unparsed)[:_SOURCES_SHOWN]:
        yield from _not_understood(row, width)
    yield from _said(words.plain(withheld_in_short(report)), "dim")


def _not_understood(row: LedgerRow, width: int) -> Iterator[Paragraph]:
    """The remainder at a glance: how many lines, how few shapes, and the most frequent of them."""
    if row.shapes:
        first = cut_to(visible(row.shapes[0].template), width - 2, None)
        yield from _said(f"{words.source_name(row.path)}: {words.shapes_of(row)}: {first}", "dim")


def _nothing_found(report: Report) -> Iterator[Paragraph]:
    yield from _said(words.headline(report), "bold" if report.inconclusive else "bold green")
    looked_at = words.clause(f"Looked at {words.looked_at(report)}")
    yield from _said(looked_at if report.inconclusive else f"{looked_at} {words.left_open(report)}")


def _incidents(incidents: tuple[Incident, ...], width: int) -> Iterator[Paragraph]:
    for number, incident in enumerate(incidents[:_INCIDENTS_SHOWN], 1):
        yield from _verdict(incident, f"{number}. " if len(incidents) > 1 else "", above=number > 1)
        yield from _proof(incident, width) if number == 1 else _short(incident, width)
    left = len(incidents) - _INCIDENTS_SHOWN
    if left > 0:
        yield from _said(f"{words.plural(left, 'further incident')} in the report", "dim", above=1)


def _verdict(incident: Incident, number: str, *, above: int) -> Iterator[Paragraph]:
    yield from _said(number + words.plain(incident.title), "bold red", above=above)
    yield from _said(words.plain(incident.explanation))
    sure = Text.assemble((incident.confidence.value, "bold"), ": ")
    yield Paragraph(sure.append(visible(words.clause(words.plain(incident.confidence_why)))))
    extent = words.span(incident.first_seen, incident.last_seen)
    yield from _said(words.clause(f"{words.counts(incident)} for {words.address(incident.target)}; {extent}"))
    if incident.also_failing:
        yield from _said(words.clause(f"It also stops {_paths(incident.also_failing)}"))
    yield Paragraph(Text())
    yield Paragraph(_journey(incident.hops), 2)
    yield Paragraph(Text())


def _paths(paths: Sequence[str]) -> str:
    """The first paths; of the others how many there are."""
    left = len(paths) - _PATHS_SHOWN
    return ", ".join(paths[:_PATHS_SHOWN]) + (f" and {words.plural(left, 'more path')}" if left > 0 else "")


def _journey(hops: tuple[HopView, ...]) -> Text:
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
            line.append(f" ({words.SEEN_WORD[view.seen]})", "dim")
    return line


def _proof(incident: Incident, width: int) -> Iterator[Paragraph]:
    yield from _quotations(incident.evidence[:_EVIDENCE_SHOWN], incident.target, width)
    left = len(incident.evidence) - _EVIDENCE_SHOWN
    if left > 0:
        yield from _said(f"{words.plural(left, 'more line')} of evidence in the report", "dim", indent=2)
    yield Paragraph(Text())
    if incident.contrast:
        yield from _labelled("Contrast", words.contrast_line(incident.contrast))
    yield from _routing(incident.routing)
    yield from _fix(incident.fix)
    yield from _listed(
        "Lines", tuple(cut_to(visible(line.text), width - LABEL - 2) for line in incident.fix.expected_lines)
    )
    if incident.arrivals:
        shares = (f"{label}: {arrive(incident.arrivals, count)}" for label, count in arriving(incident.arrivals))
        yield from _listed("Share", tuple(shares))
    if incident.watch:
        yield from _labelled("Alert", f"{words.clause(incident.watch.alert)} {would_have_rung(incident)}".rstrip())
    yield from _next(incident.next)


def _routing(routing: Routing | None) -> Iterator[Paragraph]:
    told = [verdict(route) for route in (routing.failing, routing.working) if route] if routing else []
    for number, sentence in enumerate(told):
        yield Paragraph(Text(visible(sentence)), 2, ("" if number else "Config").ljust(LABEL))


def _short(incident: Incident, width: int) -> Iterator[Paragraph]:
    yield from _quotations(incident.evidence[:1], incident.target, width)
    yield from _labelled("Fix", incident.fix.summary)


def _quotations(evidence: Iterable[Evidence], target: Target | None, width: int) -> Iterator[Paragraph]:
    for piece in evidence:
        where = words.place(piece.source, piece.line, piece.last_line)
        yield Paragraph(Text.assemble((visible(where), "bold"), "  ", visible(words.plain(piece.says))), 2)
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


def _fix(fix: Fix) -> Iterator[Paragraph]:
    yield from _labelled("Fix", fix.summary)
    yield from _said(words.model_verdict(fix), "", indent=2 + LABEL)
    for line in read_diff(fix.patch) if fix.patch else ():
        yield Paragraph(Text(visible(line.text), _DIFF_STYLE[line.kind]), 2, to_copy=True)
    yield from _commands("Apply", (fix.apply,) if fix.apply else ())
    yield from _commands("Verify", fix.verify)
    yield from _listed("Expect", fix.expect)


def _next(step: NextStep | None) -> Iterator[Paragraph]:
    if step:
        yield from _labelled("Next", words.asked(step))
        yield from _commands("", (step.command,) if step.command else ())


def _question(question: Inconclusive, width: int) -> Iterator[Paragraph]:
    yield from _said(f"Open question, {question.path}: {words.plain(question.question)}", "bold", above=1)
    yield from _quotations(question.evidence[:_EVIDENCE_SHOWN], None, width)
    yield from _listed("Send", question.needed)
    yield from _commands("", (question.command,) if question.command else ())


def _labelled(label: str, text: str) -> Iterator[Paragraph]:
    yield Paragraph(Text(visible(words.plain(text))), 2, label.ljust(LABEL))


def _listed(label: str, texts: tuple[str, ...]) -> Iterator[Paragraph]:
    for number, text in enumerate(texts):
        yield from _labelled("" if number else label, text)


def _commands(label: str, commands: tuple[str, ...]) -> Iterator[Paragraph]:
    for number, command in enumerate(commands):
        yield Paragraph(Text(visible(command)), 2, ("" if number else label).ljust(LABEL), to_copy=True)


def _said(text: str, style: str = "", *, indent: int = 0, above: int = 0) -> Iterator[Paragraph]:
    if text:
        yield from (Paragraph(Text()) for _ in range(above))
        yield Paragraph(Text(visible(text), style), indent)
