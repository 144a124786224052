"""The commands that show a room: what was read, as events, and what was made of it, as journeys.

In come options, out goes an exit code. Each command is loaded where it is called.
"""

from typing import TYPE_CHECKING

import typer

from analyzer.commands.printing import colour
from analyzer.options import (
    Anonymize,
    Color,
    Configs,
    Grammars,
    Limit,
    LogFormats,
    Paths,
    Progress,
    Redact,
    Since,
    TableFile,
    Until,
    Zones,
)

if TYPE_CHECKING:
    from analyzer.inquiry import Inquiry

__all__ = ["app"]

app = typer.Typer()


@app.command()
def events(  # noqa: PLR0913  a command's parameters are its options
    paths: Paths,
    place: TableFile = None,
    limit: Limit = 50,
    *,
    configs: Configs = None,
    since: Since = None,
    until: Until = None,
    zones: Zones = None,
    grammars: Grammars = None,
    log_formats: LogFormats = None,
    redact: Redact = True,
    anonymize: Anonymize = False,
    progress: Progress = True,
    color: Color = "auto",
) -> None:
    """Show what was read: a row per record, with its time in UTC and whose eyes saw it."""
    from analyzer.commands import tables as command  # noqa: PLC0415

    colour(color)
    inquiry = _inquiry(
        paths, configs, (since, until), zones, (grammars, log_formats), redact=redact, anonymize=anonymize
    )
    command.tell_table(command.events_of, inquiry, command.Showing(place, limit, progress))


@app.command()
def journeys(  # noqa: PLR0913  a command's parameters are its options
    paths: Paths,
    place: TableFile = None,
    limit: Limit = 50,
    *,
    configs: Configs = None,
    since: Since = None,
    until: Until = None,
    zones: Zones = None,
    grammars: Grammars = None,
    log_formats: LogFormats = None,
    redact: Redact = True,
    anonymize: Anonymize = False,
    progress: Progress = True,
    color: Color = "auto",
) -> None:
    """Show what was made of it: a row per attempt, with what came of it and which hop saw it."""
    from analyzer.commands import tables as command  # noqa: PLC0415

    colour(color)
    inquiry = _inquiry(
        paths, configs, (since, until), zones, (grammars, log_formats), redact=redact, anonymize=anonymize
    )
    command.tell_table(command.journeys_of, inquiry, command.Showing(place, limit, progress))


def _inquiry(  # noqa: PLR0913  what the options of both commands say
    paths: list[str],
    configs: list[str] | None,
    period: tuple[str | None, str | None],
    zones: list[str] | None,
    own: tuple[list[str] | None, list[str] | None],
    *,
    redact: bool,
    anonymize: bool,
) -> "Inquiry":
    from analyzer.commands.formats import own_formats  # noqa: PLC0415
    from analyzer.inquiry import Inquiry, what_is_shown  # noqa: PLC0415

    since, until = period
    shown = what_is_shown(redact=redact, anonymize=anonymize)
    return Inquiry(paths, configs or (), (), own_formats(*own), zones or (), since=since, until=until, redaction=shown)
