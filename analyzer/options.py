"""The options that several commands have, each said once.

In comes nothing, out go the types of parameters that Typer reads: name, what it takes, what its help says.
"""

from typing import Annotated

import typer

from analyzer.commands.printing import Colour
from analyzer.report.model import Confidence

__all__ = [
    "Anonymize",
    "Color",
    "Configs",
    "FailOn",
    "Grammars",
    "JsonFile",
    "Lang",
    "Limit",
    "LogFormats",
    "Paths",
    "Progress",
    "Quiet",
    "Redact",
    "Rules",
    "Since",
    "Strict",
    "TableFile",
    "Until",
    "Verbose",
    "Zones",
]

Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders; `-` for standard input.")]
Configs = Annotated[
    list[str] | None, typer.Option("--config", metavar="PATH", help="Read this as nginx config, come what may.")
]
JsonFile = Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write JSON there; `-`: standard output.")]
Lang = Annotated[
    str, typer.Option("--lang", metavar="LANGUAGE", help="The language of pages, Markdown and the terminal: en or fr.")
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="MOMENT",
        help="Judge nothing before it: 2026-01-12T09:14 (UTC unless a zone is named), 2h, 30 min, 3 days ago, "
        "yesterday, today 09:30, 09:30. Words count back from the last event.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="MOMENT", help="Judge nothing after it; a day is meant to its end."),
]
Zones = Annotated[
    list[str] | None,
    typer.Option(
        "--tz",
        metavar="[SOURCE=]ZONE",
        help="The zone of a log that names none: Asia/Kolkata, +05:30. SOURCE is a path or a pattern.",
    ),
]
Rules = Annotated[
    list[str] | None, typer.Option("--rules", metavar="DIR", help="A folder with causes of your own, a file each.")
]
Grammars = Annotated[
    list[str] | None,
    typer.Option("--grammar", metavar="FILE.lark", help="A format of your own: a grammar of its lines."),
]
LogFormats = Annotated[
    list[str] | None,
    typer.Option("--log-format", metavar="FORMAT", help="An nginx log_format: its string, or the whole directive."),
]
Redact = Annotated[
    bool, typer.Option("--redact/--no-redact", help="Leave secrets out of all that is written and shown.")
]
Anonymize = Annotated[
    bool, typer.Option("--anonymize", help="For sharing: pseudonyms for addresses, hosts, names and ids too.")
]
FailOn = Annotated[
    Confidence | None, typer.Option("--fail-on", help="Exit 1 if there is an incident at least this sure.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 4 if part of the input could not be read.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on the terminal but errors.")]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Say on standard error what was ruled out, what files were read as, and what took long."
    ),
]
Progress = Annotated[
    bool,
    typer.Option(
        "--progress/--no-progress", help="Show on a terminal how far it has come, where it takes longer than a second."
    ),
]
Color = Annotated[
    Colour, typer.Option("--color", help="When to colour; `auto`: on a terminal, where NO_COLOR does not forbid it.")
]
TableFile = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write all of it: .parquet, .csv or .jsonl; `-`: CSV."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, metavar="N", help="How many rows the terminal shows.")]
