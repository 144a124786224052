"""`lasthop analyze`: the verdict on the terminal, the report in files.

In come paths and options, out goes an exit code. The hard thing: the verdict goes to standard output, unless data does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.commands.exits import Exit
from analyzer.commands.printing import STANDARD_OUTPUT, messages, note, output, write
from analyzer.errors import UsageError
from analyzer.inquiry import Inquiry
from analyzer.pipeline import investigate
from analyzer.progress import SILENT, Progress
from analyzer.report.console import render_console
from analyzer.report.endings import Render, render_for
from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.model import Confidence, Report
from analyzer.report.visible import visible

__all__ = ["Output", "analyze", "exit_code", "outputs_of", "page_among", "tell"]

_DEFAULT_REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Output:
    """One place to write to, and what is written there."""

    place: str
    render: Render


def outputs_of(places: Sequence[str], json: str | None) -> list[Output]:
    """Say what is written where; the report in the working directory unless told."""
    wanted = places or ([] if json else [_DEFAULT_REPORT])
    return [_output(place) for place in wanted] + ([Output(json, to_json)] if json else [])


def _output(place: str) -> Output:
    """Choose what to write by the place's ending."""
    if place == STANDARD_OUTPUT:
        return Output(place, render_html)
    return Output(place, render_for(place))


def page_among(outputs: Sequence[Output]) -> Path:
    """Give the first page that is written to a file. Raises UsageError where none is."""
    for each in outputs:
        if each.place != STANDARD_OUTPUT and each.render is render_html:
            return Path(each.place)
    raise UsageError("--open opens the page, and none is written to a file", "Write one too: -o report.html.")


def analyze(inquiry: Inquiry, outputs: Sequence[Output], progress: Progress = SILENT) -> Report:
    """Analyse a bundle and write what was asked for; `progress` hears how far it has come."""
    report = investigate(inquiry, progress).report
    for each in outputs:
        write(each.place, each.render(report))
    return report


def tell(report: Report, written: Sequence[Output]) -> None:
    """Print the verdict, and what else there is to know."""
    data_there = any(each.place == STANDARD_OUTPUT for each in written)
    render_console(report, messages if data_there else output())
    for problem in report.problems:
        note(f"{problem.path} {problem.what}. {problem.hint}")
    for told in report.notes:
        note(told)
    for each in written:
        if each.place != STANDARD_OUTPUT:
            messages.print(visible(f"report written to {each.place}"), markup=False, highlight=False)


def exit_code(report: Report, fail_on: str | None, *, strict: bool) -> Exit:
    """Say how the command ends."""
    order = list(Confidence)
    if fail_on and any(order.index(each.confidence) <= order.index(Confidence(fail_on)) for each in report.incidents):
        return Exit.FOUND
    if strict and (any(problem.lost for problem in report.problems) or any(row.unparsed for row in report.sources)):
        return Exit.INCOMPLETE
    return Exit.ANALYSED
