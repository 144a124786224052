"""The command that keeps a history: `lasthop batch`.

In come options, out goes an exit code. What it needs is loaded where it is called.
"""

import os
from typing import Annotated

import typer

from analyzer.commands.printing import colour
from analyzer.errors import UsageError
from analyzer.options import (
    Color,
    Configs,
    FailOn,
    Grammars,
    JsonFile,
    Lang,
    LogFormats,
    Progress,
    Quiet,
    Rules,
    Strict,
    Zones,
)

__all__ = ["app"]

app = typer.Typer()


@app.command()
def batch(  # noqa: PLR0913, PLR0917  a command's parameters are its options
    store: Annotated[
        str, typer.Option("--store", metavar="DIR", help="Where the history is kept: a folder, or s3://BUCKET/PREFIX.")
    ],
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH...]", help="Logs and configs; none: only judge anew what the store holds."),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write it: .html or .json by its ending."),
    ] = None,
    json: JsonFile = None,
    retain: Annotated[
        str | None,
        typer.Option("--retain", metavar="TIME", help="Drop what is older than this before the last day: 90d, 12w."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, metavar="N", help="How many processes; as many as there are cores.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help="A Ray cluster that does the work: HOST:PORT, or auto."),
    ] = None,
    fail_on: FailOn = None,
    *,
    configs: Configs = None,
    zones: Zones = None,
    rules: Rules = None,
    grammars: Grammars = None,
    log_formats: LogFormats = None,
    lang: Lang = "en",
    strict: Strict = False,
    quiet: Quiet = False,
    progress: Progress = True,
    color: Color = "auto",
) -> None:
    """Keep a history: read what is new of months of logs, judge the days it tells of, say what came how often."""
    if os.name != "posix":
        raise UsageError("a history is kept on Linux or a Mac", "Its lock and its processes need what Windows lacks.")
    from analyzer.commands import batch as command  # noqa: PLC0415
    from analyzer.commands.tasks import watched  # noqa: PLC0415
    from analyzer.languages import language_of  # noqa: PLC0415

    colour(color)
    asked = command.Asked(
        paths or (), store, configs or (), rules or (), grammars or (), log_formats or (), zones or (), retain, jobs,
        cluster,
    )  # fmt: skip
    say = language_of(lang)
    written = command.outputs_of(outputs, json)
    with watched(shown=progress and not quiet) as watching:
        history = command.kept(asked, watching, say)
    command.write_all(history, store, written, say)
    if not quiet:
        command.tell(history, store, written, say)
    raise typer.Exit(command.exit_code(history, fail_on, strict=strict))
