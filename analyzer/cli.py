"""The command: options, exit codes, printing. No thinking.

Standard output carries data only; progress and messages go to standard error.
"""

import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from importlib.metadata import version as package_version
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from analyzer.errors import LasthopError, NothingReadError, UsageError
from analyzer.pipeline import analyze as analyze_bundle
from analyzer.report.console import render_console
from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.markdown import render_markdown
from analyzer.report.model import Confidence, Report
from analyzer.report.patch import render_patch
from analyzer.report.sarif import to_sarif

app = typer.Typer(
    name="lasthop",
    help="Says which was the last hop a request reached, why it went no further, and shows the lines that prove it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_messages = Console(stderr=True)
_STANDARD_OUTPUT = "-"
_SIGNALLED = 128
_DEFAULT_REPORT = "report.html"
_RENDERERS: dict[str, Callable[[Report], str]] = {
    ".html": render_html,
    ".json": to_json,
    ".md": render_markdown,
    ".sarif": to_sarif,
    ".patch": render_patch,
}


@dataclass(frozen=True, slots=True)
class Output:
    """One place to write to, and what is written there."""

    place: str
    render: Callable[[Report], str]


class Exit(IntEnum):
    """Exit codes; the same whatever the output."""

    ANALYSED = 0
    FOUND = 1  # only with --fail-on
    USAGE = 2
    NOTHING_READ = 3
    INCOMPLETE = 4  # only with --strict


@app.callback(invoke_without_command=True)
def _lasthop(*, version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False) -> None:
    """Say which was the last hop a request reached, and why it went no further."""
    if version:
        sys.stdout.write(f"lasthop {package_version('lasthop')}\n")
        raise typer.Exit


@app.command()
def analyze(  # noqa: PLR0913  a command's parameters are its options
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders; `-` for standard input.")],
    outputs: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write: .html, .json, .md, .sarif or .patch by its ending; `-`: HTML.",
        ),
    ] = None,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write JSON there; `-`: standard output.")
    ] = None,
    configs: Annotated[
        list[str] | None, typer.Option("--config", metavar="PATH", help="Read this as nginx config, come what may.")
    ] = None,
    fail_on: Annotated[
        Confidence | None, typer.Option("--fail-on", help="Exit 1 if there is an incident at least this sure.")
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 if part of the input could not be read.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on the terminal but errors.")] = False,
) -> None:
    """Say why requests did not arrive: the verdict on the terminal, the report in report.html."""
    places = outputs or ([] if json else [_DEFAULT_REPORT])
    wanted = [_output(place) for place in places] + ([Output(json, to_json)] if json else [])
    report = analyze_bundle(paths, configs=configs or ())
    for output in wanted:
        _write(output, report)
    if not quiet:
        _tell(report, wanted)
    raise typer.Exit(_exit_code(report, fail_on, strict=strict))


def _output(place: str) -> Output:
    """Choose what to write by the place's ending."""
    if place == _STANDARD_OUTPUT:
        return Output(place, render_html)
    render = _RENDERERS.get(Path(place).suffix.lower())
    if render is None:
        raise UsageError(f"{place}: lasthop writes {', '.join(_RENDERERS)}", "Name a file with one of these endings.")
    return Output(place, render)


def _write(output: Output, report: Report) -> None:
    text = output.render(report)
    if output.place == _STANDARD_OUTPUT:
        sys.stdout.write(text.rstrip("\n") + "\n")
        return
    try:
        Path(output.place).write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{output.place} cannot be written: {reason}", "Name another place with -o.") from None


def _tell(report: Report, written: Sequence[Output]) -> None:
    """The verdict goes to standard output, unless data goes there."""
    data_there = any(output.place == _STANDARD_OUTPUT for output in written)
    render_console(report, _messages if data_there else Console())
    for problem in report.problems:
        _messages.print(f"[yellow]note:[/] {escape(f'{problem.path} {problem.what}. {problem.hint}')}")
    for told in report.notes:
        _messages.print(f"[yellow]note:[/] {escape(told)}")
    for output in written:
        if output.place != _STANDARD_OUTPUT:
            _messages.print(f"report written to {escape(output.place)}")


def _exit_code(report: Report, fail_on: Confidence | None, *, strict: bool) -> Exit:
    order = list(Confidence)
    if fail_on and any(order.index(incident.confidence) <= order.index(fail_on) for incident in report.incidents):
        return Exit.FOUND
    if strict and (any(problem.lost for problem in report.problems) or any(row.unparsed for row in report.sources)):
        return Exit.INCOMPLETE
    return Exit.ANALYSED


def main() -> None:
    """Run the command as a program: an interrupted one ends as programs do, and a closed pipe is no error."""
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    run()


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(_SIGNALLED + number)


def run() -> None:
    """Run the command; what is the user's to mend is told in a line, without a traceback."""
    try:
        app()
    except LasthopError as error:
        _messages.print(f"[red]lasthop:[/] {escape(str(error))}")
        if error.hint:
            _messages.print(f"         {escape(error.hint)}")
        sys.exit(Exit.NOTHING_READ if isinstance(error, NothingReadError) else Exit.USAGE)


if __name__ == "__main__":
    main()
