"""The command: options, exit codes, errors. No thinking.

Standard output carries data only; progress and messages go to standard error. Each command is loaded where it is
called: `route` answers at once, and must not wait for what `analyze` needs.
"""

import signal
import sys
from types import FrameType
from typing import Annotated, Literal, NoReturn

import typer
from rich.text import Text

from analyzer.commands.exits import Exit
from analyzer.commands.printing import flush_output, guard_output, messages
from analyzer.errors import LasthopError, NothingReadError
from analyzer.report.model import Confidence
from analyzer.report.visible import visible

app = typer.Typer(
    name="lasthop",
    help="Says which was the last hop a request reached, why it went no further, and shows the lines that prove it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_SIGNALLED = 128
_RULES = Annotated[
    list[str] | None, typer.Option("--rules", metavar="DIR", help="A folder with causes of your own, a file each.")
]
_GRAMMARS = Annotated[
    list[str] | None,
    typer.Option("--grammar", metavar="FILE.lark", help="A format of your own: a grammar of its lines."),
]
_LOG_FORMATS = Annotated[
    list[str] | None,
    typer.Option("--log-format", metavar="FORMAT", help="An nginx log_format: its string, or the whole directive."),
]


@app.callback(invoke_without_command=True)
def _lasthop(*, version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False) -> None:
    """Say which was the last hop a request reached, and why it went no further."""
    if version:
        from importlib.metadata import version as package_version  # noqa: PLC0415

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
    zones: Annotated[
        list[str] | None,
        typer.Option(
            "--tz",
            metavar="[SOURCE=]ZONE",
            help="The zone of a log that names none: Asia/Kolkata, +05:30. SOURCE is a path or a pattern.",
        ),
    ] = None,
    rules: _RULES = None,
    grammars: _GRAMMARS = None,
    log_formats: _LOG_FORMATS = None,
    redact: Annotated[
        bool, typer.Option("--redact/--no-redact", help="Leave secrets out of all that is written and shown.")
    ] = True,
    anonymize: Annotated[
        bool,
        typer.Option("--anonymize", help="For sharing: pseudonyms for addresses, hosts, names and ids too."),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 if part of the input could not be read.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on the terminal but errors.")] = False,
) -> None:
    """Say why requests did not arrive: the verdict on the terminal, the report in report.html."""
    from analyzer.commands import analyze as command  # noqa: PLC0415
    from analyzer.commands.formats import own_formats  # noqa: PLC0415

    wanted = command.outputs_of(outputs or (), json)
    formats = own_formats(grammars, log_formats)
    redaction = command.shown(redact=redact, anonymize=anonymize)
    report = command.analyze(
        paths, configs or (), wanted, zones=zones or (), rules=rules or (), formats=formats, redaction=redaction
    )
    if not quiet:
        command.tell(report, wanted)
    raise typer.Exit(command.exit_code(report, fail_on, strict=strict))


@app.command()
def demo(
    *,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write its report.")
    ] = "lasthop-demo.html",
) -> None:
    """Show what a verdict looks like: a recorded outage that ships with lasthop is analysed."""
    from analyzer.commands import analyze as command  # noqa: PLC0415
    from analyzer.shipped import shipped  # noqa: PLC0415

    wanted = command.outputs_of([output], None)
    command.tell(command.analyze([str(shipped("samples") / "incident-1a")], (), wanted), wanted)


@app.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A bundle, or a report as JSON.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="The same of later.")],
    *,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write JSON there; `-`: standard output.")
    ] = None,
    fail_on: Annotated[
        Literal["new", "still"] | None,
        typer.Option("--fail-on", help="Exit 1 if an incident is new, or if one is new or still there."),
    ] = None,
) -> None:
    """Say what a change made of the incidents: which are gone, which are new, which are still there."""
    from analyzer.commands import compare as command  # noqa: PLC0415

    raise typer.Exit(command.tell_comparison(before, after, json, fail_on))


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
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write JSON there; `-`: standard output.")
    ] = None,
    websocket: Annotated[
        bool, typer.Option("--websocket", help="Ask for a WebSocket, as ws:// and wss:// do.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show each step, and why each other location lost.")
    ] = False,
) -> None:
    """Say what nginx does with a request: which server and location, and what the backend would receive."""
    from analyzer.commands import route as command  # noqa: PLC0415

    question = command.Question(url, headers or (), websocket, method, port, client, address)
    around = command.Around(nginx_version, files or ())
    raise typer.Exit(command.route(question, configs, around, command.Telling(explain, json)))


@app.command()
def causes(*, rules: _RULES = None) -> None:
    """List the causes that lasthop tells apart, and where each one breaks."""
    from analyzer.commands import causes as command  # noqa: PLC0415

    command.tell_causes(rules or ())


@app.command()
def explain(
    cause: Annotated[str, typer.Argument(metavar="CAUSE", help="A cause's name, as reports have it.")],
    *,
    rules: _RULES = None,
) -> None:
    """Tell what a cause is: what happened, how it is known, what else it could be, what to do."""
    from analyzer.commands import causes as command  # noqa: PLC0415

    command.explain(cause, rules or ())


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
        str, typer.Option("--since", metavar="TIME", help="2h, 3d (back from now), or a time: 2026-11-28T19:30.")
    ] = "24h",
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="The same; now, unless told.")] = None,
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
def formats(context: typer.Context, *, grammars: _GRAMMARS = None, log_formats: _LOG_FORMATS = None) -> None:
    """List the formats that lasthop reads, your own first."""
    if context.invoked_subcommand is None:
        from analyzer.commands import formats as command  # noqa: PLC0415

        command.tell_formats(command.own_formats(grammars, log_formats))


@formats_app.command("test")
def try_format(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Logs; `-` for standard input.")],
    *,
    grammars: _GRAMMARS = None,
    log_formats: _LOG_FORMATS = None,
    name: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="Read it as this format, whatever it looks like.")
    ] = None,
    unread: Annotated[bool, typer.Option("--unread", help="Show only the lines that were not understood.")] = False,
) -> None:
    """Show line by line what was understood; of a line that was not, where it breaks and what was expected there."""
    from analyzer.commands import formats as command  # noqa: PLC0415

    understood = command.show(paths, command.own_formats(grammars, log_formats), name, only_unread=unread)
    raise typer.Exit(Exit.ANALYSED if understood else Exit.NOTHING_READ)


def main() -> None:
    """Run the command as a program: an interrupted one ends as programs do, and a closed pipe is no error."""
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    guard_output()
    run()


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
