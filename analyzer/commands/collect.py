"""`lasthop collect`: make a bundle on the server where it happens.

In come options, out goes an archive and an exit code. The hard thing: who runs it must know before it runs what it will
read, and that what comes out is raw.
"""

import os
import shlex
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table
from rich.text import Text

from analyzer.collecting import Bounds, Packed, Plan, Wanted, gathered, make_plan, read_service, read_window, script
from analyzer.collecting.gather import without_secrets
from analyzer.commands.exits import Exit
from analyzer.commands.printing import STANDARD_OUTPUT, messages, note, write
from analyzer.errors import NothingReadError, UsageError
from analyzer.frozen import dataclass
from analyzer.gathering import reason
from analyzer.manifest import MANIFEST, Part, manifest_text
from analyzer.report.phrases import plural
from analyzer.report.visible import visible

__all__ = ["Asked", "Making", "collect", "print_script"]

_RAW = (
    "It will hold these as they are, tokens and passwords included; --redact leaves out what lasthop knows as secret."
)
_REDACTED = (
    "What lasthop knows as a secret will be left out. Names, addresses and secrets that bear no mark stay in it."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be collected, as it was typed."""

    services: Sequence[str] = ()
    files: Sequence[str] = ()
    since: str = "24h"
    until: str | None = None
    nginx: str = "nginx"
    most_mib: int = 64


@dataclass(frozen=True, slots=True)
class Making:
    """How the bundle is made: where to, whether secrets stay out, whether it was agreed to beforehand."""

    output: str | None = None
    redact: bool = False
    yes: bool = False


def collect(asked: Asked, making: Making) -> Exit:
    """Show what would be read, ask, and write the archive."""
    now = datetime.now(UTC)
    plan = make_plan(_wanted(asked, now))
    place = Path(making.output or _name(now))
    _show(plan)
    if not (plan.files or plan.commands or plan.config):
        raise NothingReadError("there is nothing to collect", "Name a log with --file, or a service with --service.")
    if not _is_agreed(place, making):
        messages.print("nothing was collected")
        return Exit.ANALYSED
    parts = _write(plan, place, making)
    for part in parts:
        if part.lacks:
            note(f"{part.origin} {part.lacks}")
    taken = plural(sum(part.size > 0 for part in parts), "part")
    messages.print(visible(f"{taken} written to {place}, for `lasthop analyze`"), markup=False, highlight=False)
    return Exit.ANALYSED


def print_script(asked: Asked, making: Making) -> Exit:
    """Print a shell script that does the same where lasthop is not."""
    if making.redact:
        raise UsageError("--print: a shell cannot tell what is secret", "Leave out --redact, and read what was packed.")
    write(STANDARD_OUTPUT, script(_wanted(asked, datetime.now(UTC))))
    return Exit.ANALYSED


def _wanted(asked: Asked, now: datetime) -> Wanted:
    try:
        words = tuple(shlex.split(asked.nginx, posix=os.name != "nt"))  # Windows' paths have backslashes
    except ValueError:
        words = ()
    if not words:
        raise UsageError(f"--nginx: {asked.nginx} is no command", "Write what runs nginx: /usr/sbin/nginx.")
    services = [read_service(name) for name in asked.services]
    bounds = Bounds(part=asked.most_mib << 20)
    return Wanted(read_window(asked.since, asked.until, now), services, asked.files, words, bounds)


def _name(now: datetime) -> str:
    host = "".join(
        char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in socket.gethostname()
    )
    return f"lasthop-{host}-{now:%Y%m%dT%H%M%SZ}{'.zip' if os.name == 'nt' else '.tar.gz'}"


def _show(plan: Plan) -> None:
    window, most = plan.wanted.window, plan.wanted.bounds.part >> 20
    span = f"{window.since:%Y-%m-%d %H:%M} to {window.until:%Y-%m-%d %H:%M} UTC"
    for heading, rows in (
        (
            "was run to find out what there is",
            [(command.line, "") for command, ran in plan.ran if ran.total or ran.said],
        ),
        ("will be read", [(str(file.path), _size(file.size)) for file in plan.files]),
        ("will be run", [(command.line, "") for command in plan.commands]),
        ("is not in it", [(each.where, f"{each.why}. {each.hint}") for each in plan.left_out]),
    ):
        if rows:
            messages.print(Text(heading, style="bold"))
            messages.print(_table(rows))
    messages.print(Text(f"Of {span}, at most {most} MiB of each, the newest."))


def _table(rows: Sequence[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    for first, second in rows:
        table.add_row("", Text(visible(first), overflow="fold"), Text(visible(second), overflow="fold"))
    return table


def _size(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MiB" if size >= 1 << 20 else f"{size:,} bytes"


def _is_agreed(place: Path, making: Making) -> bool:
    messages.print(Text(_REDACTED if making.redact else _RAW))
    if making.yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked", "--yes does what is listed above.")
    messages.print(visible(f"Write {place}? [y/N] "), end="", markup=False, highlight=False)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _write(plan: Plan, place: Path, making: Making) -> list[Part]:
    shown: Callable[[bytes], bytes] = without_secrets() if making.redact else bytes
    rows = []
    try:
        with Packed(place) as packed:
            for each in gathered(plan, shown):
                rows.append(each.part)
                if each.data:
                    packed.add(each.part.name, each.data, each.written)
            packed.add(MANIFEST, manifest_text(rows).encode())
    except OSError as error:
        raise UsageError(f"{place} cannot be written: {reason(error)}", "Name another place: -o FILE.") from None
    return rows
