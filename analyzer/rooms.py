"""The commands that show a room: what was read, as events, and what was made of it, as journeys.

In come options, out goes an exit code. Each command is loaded where it is called.
"""

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

__all__ = ["app"]

app = typer.Typer()


def _command_that_shows(room: str, says: str) -> None:
    """Add the command of a room's table: all of them have the same options."""

    def command(  # noqa: PLR0913  a command's parameters are its options
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
        from analyzer.commands import tables  # noqa: PLC0415
        from analyzer.commands.formats import own_formats  # noqa: PLC0415
        from analyzer.inquiry import Inquiry, what_is_shown  # noqa: PLC0415

        colour(color)
        formats = own_formats(grammars, log_formats)
        shown = what_is_shown(redact=redact, anonymize=anonymize)
        inquiry = Inquiry(paths, configs or (), (), formats, zones or (), since, until, redaction=shown)
        tables.tell_table(tables.OF_ROOM[room], inquiry, tables.Showing(place, limit, progress))

    app.command(room, help=says)(command)


_command_that_shows("events", "Show what was read: a row per record, with its time in UTC and whose eyes saw it.")
_command_that_shows(
    "journeys", "Show what was made of it: a row per attempt, with what came of it and which hop saw it."
)
