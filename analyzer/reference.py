"""The commands that need no bundle: what nginx does, what lasthop knows of causes and formats, and making a bundle.

In come options, out goes an exit code. Each command is loaded where it is called: `route` answers at once.
"""

from typing import Annotated

import typer

from analyzer.commands.exits import Exit
from analyzer.commands.printing import colour
from analyzer.completing import causes_like, formats_like
from analyzer.options import Color, Grammars, JsonFile, Lang, LogFormats, Rules

__all__ = ["app"]

app = typer.Typer()


@app.command()
def route(  # noqa: PLR0913  a command's parameters are its options
    url: Annotated[str, typer.Argument(metavar="URL", help="http, https, ws or wss; `host/path` or `/path` will do.")],
    configs: Annotated[
        list[str],
        typer.Option(
            "--config", metavar="PATH", help="nginx.conf, its folder, an `nginx -T` dump; `-`: standard input."
        ),
    ],
    *,
    headers: Annotated[
        list[str] | None, typer.Option("--header", "-H", metavar="'NAME: VALUE'", help="Sent with the request.")
    ] = None,
    method: Annotated[str, typer.Option("--method", "-X", metavar="METHOD", help="The request's method.")] = "GET",
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="The listener's port; else the URL's.")
    ] = None,
    client: Annotated[str | None, typer.Option("--client", metavar="ADDRESS", help="The client's IP address.")] = None,
    address: Annotated[
        str | None, typer.Option("--address", metavar="ADDRESS", help="nginx's own address that the request comes to.")
    ] = None,
    nginx_version: Annotated[
        str | None, typer.Option("--nginx-version", metavar="X.Y.Z", help="nginx's version, as `nginx -v` tells it.")
    ] = None,
    files: Annotated[
        list[str] | None, typer.Option("--file", metavar="PATH", help="This file exists on nginx's machine.")
    ] = None,
    json: JsonFile = None,
    websocket: Annotated[
        bool, typer.Option("--websocket", help="Ask for a WebSocket, as ws:// and wss:// do.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show each step, and why each other location lost.")
    ] = False,
    color: Color = "auto",
) -> None:
    """Say what nginx does with a request: which server and location, and what the backend would receive."""
    from analyzer.commands import route as command  # noqa: PLC0415

    colour(color)
    question = command.Question(url, headers or (), websocket, method, port, client, address)
    around = command.Around(nginx_version, files or ())
    raise typer.Exit(command.route(question, configs, around, command.Telling(explain, json)))


@app.command()
def causes(*, rules: Rules = None, lang: Lang = "en", color: Color = "auto") -> None:
    """List the causes that lasthop tells apart, and where each one breaks."""
    from analyzer.commands import causes as command  # noqa: PLC0415
    from analyzer.languages import language_of  # noqa: PLC0415

    colour(color)
    command.tell_causes(rules or (), language_of(lang))


@app.command()
def explain(
    cause: Annotated[
        str, typer.Argument(metavar="CAUSE", help="A cause's name, as reports have it.", autocompletion=causes_like)
    ],
    *,
    rules: Rules = None,
    lang: Lang = "en",
    color: Color = "auto",
) -> None:
    """Tell what a cause is: what happened, how it is known, what else it could be, what to do."""
    from analyzer.commands import causes as command  # noqa: PLC0415
    from analyzer.languages import language_of  # noqa: PLC0415

    colour(color)
    command.explain(cause, rules or (), language_of(lang))


@app.command()
def collect(  # noqa: PLR0913  a command's parameters are its options
    *,
    services: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            metavar="NAME",
            help="A backend whose log to take: docker, docker compose, systemd and Kubernetes are asked who knows it."
            " docker:NAME, unit:NAME and pod:[NAMESPACE/]NAME ask one of them.",
        ),
    ] = None,
    files: Annotated[
        list[str] | None, typer.Option("--file", metavar="PATH", help="A log to take, with its rotated parts.")
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="MOMENT",
            help="2h, 3 days ago, yesterday, 09:30 (back from now), or 2026-11-28T19:30, by this machine's clock.",
        ),
    ] = "24h",
    until: Annotated[str | None, typer.Option("--until", metavar="MOMENT", help="The same; now, unless told.")] = None,
    nginx: Annotated[
        str, typer.Option("--nginx", metavar="COMMAND", help="What runs nginx: a path, `docker exec web nginx`.")
    ] = "nginx",
    most: Annotated[
        int, typer.Option("--most", metavar="MIB", min=1, max=1024, help="How much of each log, the newest of it.")
    ] = 64,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write: .tar.gz or .zip.")
    ] = None,
    redact: Annotated[
        bool, typer.Option("--redact", help="Leave out what lasthop knows as a secret, as its reports do.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_script: Annotated[
        bool, typer.Option("--print", help="Print a shell script instead that does this on a server without lasthop.")
    ] = False,
) -> None:
    """Make a bundle on a server: nginx's config, its logs and those of services. It only reads, and asks first."""
    from analyzer.commands import collect as command  # noqa: PLC0415

    asked = command.Asked(services or (), files or (), since, until, nginx, most)
    make = command.print_script if as_script else command.collect
    raise typer.Exit(make(asked, command.Making(output, redact, yes)))


formats_app = typer.Typer(help="List the formats that lasthop reads; `test` shows what it makes of a file.")
app.add_typer(formats_app, name="formats")


@formats_app.callback(invoke_without_command=True)
def formats(context: typer.Context, *, grammars: Grammars = None, log_formats: LogFormats = None) -> None:
    """List the formats that lasthop reads, your own first."""
    if context.invoked_subcommand is None:
        from analyzer.commands import formats as command  # noqa: PLC0415

        command.tell_formats(command.own_formats(grammars, log_formats))


@formats_app.command("test")
def try_format(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Logs; `-` for standard input.")],
    *,
    grammars: Grammars = None,
    log_formats: LogFormats = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="Read it as this format, whatever it looks like.",
            autocompletion=formats_like,
        ),
    ] = None,
    unread: Annotated[bool, typer.Option("--unread", help="Show only the lines that were not understood.")] = False,
) -> None:
    """Show line by line what was understood; of a line that was not, where it breaks and what was expected there."""
    from analyzer.commands import formats as command  # noqa: PLC0415

    understood = command.show(paths, command.own_formats(grammars, log_formats), name, only_unread=unread)
    raise typer.Exit(Exit.ANALYSED if understood else Exit.NOTHING_READ)
