"""`lasthop analyze`: the verdict on the terminal, the report in files.

In come paths and options, out goes an exit code. The hard thing: the verdict goes to standard output, unless data does.
"""

from collections.abc import Sequence
from pathlib import Path

from analyzer.commands.exits import Exit, any_as_sure
from analyzer.commands.printing import STANDARD_OUTPUT, messages, note_all, output, write
from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.inquiry import Inquiry
from analyzer.languages import ENGLISH, Language
from analyzer.pipeline import investigate
from analyzer.progress import SILENT, Progress
from analyzer.report.console import render_console
from analyzer.report.endings import Render, render_for
from analyzer.report.html import render_html
from analyzer.report.model import Confidence, Report
from analyzer.report.visible import visible
from analyzer.said import said

__all__ = ["Output", "analyze", "exit_code", "outputs_of", "page_among", "tell"]

_DEFAULT_REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Output:
    """One place to write to, what is written there, and in which language."""

    place: str
    render: Render
    say: Language


def outputs_of(places: Sequence[str], json: str | None, say: Language = ENGLISH) -> list[Output]:
    """Say what is written where; the report in the working directory unless told."""
    wanted = places or ([] if json else [_DEFAULT_REPORT])
    return [_output(place, say) for place in wanted] + ([Output(json, render_for("report.json"), say)] if json else [])


def _output(place: str, say: Language) -> Output:
    """Choose what to write by the place's ending."""
    if place == STANDARD_OUTPUT:
        return Output(place, render_html, say)
    return Output(place, render_for(place), say)


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
        write(each.place, each.render(report, each.say))
    return report


def tell(report: Report, written: Sequence[Output], say: Language = ENGLISH) -> None:
    """Print the verdict, and what else there is to know."""
    data_there = any(each.place == STANDARD_OUTPUT for each in written)
    render_console(report, messages if data_there else output(), say)
    note_all(report.problems, report.notes, say)
    for each in written:
        if each.place != STANDARD_OUTPUT:
            messages.print(
                visible(say(said("report written to {place}", place=each.place))), markup=False, highlight=False
            )


def exit_code(report: Report, fail_on: str | None, *, strict: bool) -> Exit:
    """Say how the command ends."""
    if fail_on and any_as_sure((each.confidence for each in report.incidents), Confidence(fail_on)):
        return Exit.FOUND
    if strict and (any(problem.lost for problem in report.problems) or any(row.unparsed for row in report.sources)):
        return Exit.INCOMPLETE
    return Exit.ANALYSED
