"""The command: options, exit codes, errors. No thinking.

Standard output carries data only; progress and messages go to standard error. Each command is loaded where it is
called: `route` answers at once, and must not wait for what `analyze` needs.
"""

import gc
import os
import signal
import sys
from types import FrameType
from typing import Annotated, Literal, NoReturn

import typer
from rich.text import Text

from analyzer.commands.exits import Exit
from analyzer.commands.printing import colour, flush_output, guard_output, messages
from analyzer.errors import LasthopError, NothingReadError
from analyzer.histories import app as histories
from analyzer.options import (
    Anonymize,
    Color,
    Configs,
    FailOn,
    Grammars,
    JsonFile,
    Lang,
    LogFormats,
    Paths,
    Progress,
    Quiet,
    Redact,
    Rules,
    Since,
    Strict,
    Until,
    Verbose,
    Zones,
)
from analyzer.reference import app as reference
from analyzer.report.visible import visible
from analyzer.rooms import app as rooms

app = typer.Typer(
    name="lasthop",
    help="Says which was the last hop a request reached, why it went no further, and shows the lines that prove it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_SIGNALLED = 128
_OBJECTS = 100_000
"""After so many new objects Python looks for cycles: at its 700 that takes a tenth of the time to load what runs.

And what is left when it ends is not looked through once more: the process takes it all with it."""
_STACK = 8 << 20
"""Bytes for a thread of Polars, as many as Python counts on: it reads that when it is loaded, and else takes 2 MiB."""


@app.callback(invoke_without_command=True)
def _lasthop(*, version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False) -> None:
    """Say which was the last hop a request reached, and why it went no further."""
    if version:
        from importlib.metadata import version as package_version  # noqa: PLC0415

        sys.stdout.write(f"lasthop {package_version('lasthop')}\n")
        raise typer.Exit


@app.command()
def analyze(  # noqa: PLR0913  a command's parameters are its options
    paths: Paths,
    outputs: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write: .html, .json, .md, .sarif or .patch by its ending; `-`: HTML.",
        ),
    ] = None,
    json: JsonFile = None,
    configs: Configs = None,
    fail_on: FailOn = None,
    *,
    since: Since = None,
    until: Until = None,
    zones: Zones = None,
    rules: Rules = None,
    grammars: Grammars = None,
    log_formats: LogFormats = None,
    lang: Lang = "en",
    redact: Redact = True,
    anonymize: Anonymize = False,
    strict: Strict = False,
    open_page: Annotated[bool, typer.Option("--open", help="Open the written page in the browser.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    progress: Progress = True,
    color: Color = "auto",
) -> None:
    """Say why requests did not arrive: the verdict on the terminal, the report in report.html."""
    from analyzer.commands.sparing import spare_for_little  # noqa: PLC0415

    spare_for_little(paths)
    from analyzer.commands import analyze as command  # noqa: PLC0415
    from analyzer.commands.formats import own_formats  # noqa: PLC0415
    from analyzer.commands.stopwatch import watched  # noqa: PLC0415
    from analyzer.inquiry import Inquiry, what_is_shown  # noqa: PLC0415
    from analyzer.languages import language_of  # noqa: PLC0415

    colour(color)
    say = language_of(lang)
    wanted = command.outputs_of(outputs or (), json, say)
    formats = own_formats(grammars, log_formats)
    shown = what_is_shown(redact=redact, anonymize=anonymize)
    inquiry = Inquiry(paths, configs or (), rules or (), formats, zones or (), since, until, redaction=shown)
    page = command.page_among(wanted) if open_page else None
    with watched(shown=progress and not quiet) as watch:
        report = command.analyze(inquiry, wanted, watch)
    if not quiet:
        command.tell(report, wanted, say)
    if verbose:
        from analyzer.commands.details import tell_more  # noqa: PLC0415

        tell_more(report, watch.spent_s)
    if page:
        from analyzer.commands.browser import show_page  # noqa: PLC0415

        show_page(page)
    raise typer.Exit(command.exit_code(report, fail_on, strict=strict))


@app.command()
def demo(
    *,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write its report.")
    ] = "lasthop-demo.html",
    lang: Lang = "en",
    color: Color = "auto",
) -> None:
    """Show what a verdict looks like: a recorded outage that ships with lasthop is analysed."""
    from analyzer.commands import analyze as command  # noqa: PLC0415
    from analyzer.inquiry import Inquiry  # noqa: PLC0415
    from analyzer.languages import language_of  # noqa: PLC0415
    from analyzer.shipped import shipped  # noqa: PLC0415

    colour(color)
    say = language_of(lang)
    wanted = command.outputs_of([output], None, say)
    command.tell(command.analyze(Inquiry([str(shipped("samples") / "incident-1a")]), wanted), wanted, say)


@app.command()
def compare(  # noqa: PLR0913  a command's parameters are its options
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A bundle, or a report as JSON.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="The same of later.")],
    *,
    json: JsonFile = None,
    since: Since = None,
    until: Until = None,
    fail_on: Annotated[
        Literal["new", "still"] | None,
        typer.Option("--fail-on", help="Exit 1 if an incident is new, or if one is new or still there."),
    ] = None,
    lang: Lang = "en",
    progress: Progress = True,
    color: Color = "auto",
) -> None:
    """Say what a change made of the incidents: which are gone, which are new, which are still there."""
    from analyzer.commands import compare as command  # noqa: PLC0415
    from analyzer.commands.stopwatch import watched  # noqa: PLC0415
    from analyzer.languages import language_of  # noqa: PLC0415

    colour(color)
    with watched(shown=progress) as watch:
        found = command.compared((before, after), (since, until), watch)
    raise typer.Exit(command.tell_comparison(found, json, fail_on, language_of(lang)))


app.add_typer(rooms)
app.add_typer(histories)
app.add_typer(reference)


def main() -> None:
    """Run the command as a program: an interrupted one ends as programs do, and a closed pipe is no error."""
    gc.set_threshold(_OBJECTS)
    os.environ.setdefault("RUST_MIN_STACK", str(_STACK))
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    guard_output()
    try:
        run()
    finally:
        gc.freeze()


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(_SIGNALLED + number)


def run() -> None:
    """Run the command; what is the user's to mend is told in a line, without a traceback."""
    try:
        try:
            app()
        finally:
            flush_output()
    except LasthopError as error:
        messages.print(Text.assemble(("lasthop:", "red"), " ", visible(str(error))), highlight=False)
        for line in error.hint.splitlines():
            messages.print(Text(f"         {visible(line)}"), highlight=False)
        sys.exit(Exit.NOTHING_READ if isinstance(error, NothingReadError) else Exit.USAGE)


if __name__ == "__main__":
    main()
