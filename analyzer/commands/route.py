"""`lasthop route`: what nginx does with one request, told at a glance.

In come a question and a config, out goes an exit code. The hard thing is to answer at once: nothing here loads the
tables that logs need.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePosixPath

from analyzer.commands.asking import Question, request_of
from analyzer.commands.configs import read_configs
from analyzer.commands.exits import Exit
from analyzer.commands.printing import STANDARD_OUTPUT, messages, note, output, write
from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.nginx import Config, Machine, OnDisk, Route
from analyzer.nginx import route as ask_nginx
from analyzer.nginx.answer.refusals import Refusal, refusals_of
from analyzer.report.json_text import SCHEMA_VERSION, Json, json_text
from analyzer.report.routes import as_values
from analyzer.report.routes.terminal import explain_route, render_refused, render_route
from analyzer.report.visible import visible

__all__ = ["Around", "Question", "Telling", "route"]

_ANYBODY = "203.0.113.1"
_PARTS_OF_A_VERSION = 3


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around nginx: its version, and the files that exist."""

    nginx_version: str | None = None
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """How the answer is told. `json` is where to write it as data."""

    explain: bool = False
    json: str | None = None


def route(question: Question, configs: Sequence[str], around: Around, telling: Telling) -> Exit:
    """Answer a question about a config."""
    machine = Machine(_version(around.nginx_version), _paths(around.files))
    with _keeping_all():
        config, gaps = read_configs(configs)
        refusals = refusals_of(config)
        request, assumed = request_of(question, config)
        answer = ask_nginx(config, request, machine)
        hints = _hints(answer, ask_nginx(config, replace(request, client=_ANYBODY), machine))
    notes = (*assumed, *hints, *gaps)
    if telling.json is not None:
        write(telling.json, json_text(_values(answer, config, refusals, notes)))
    if telling.json != STANDARD_OUTPUT:
        render_refused(refusals, output())
        (explain_route if telling.explain else render_route)(answer, output())
    for told in notes:
        note(told)
    if telling.json not in {None, STANDARD_OUTPUT}:
        messages.print(visible(f"answer written to {telling.json}"), markup=False, highlight=False)
    return Exit.ANALYSED


@contextmanager
def _keeping_all() -> Iterator[None]:
    """Look for no garbage: a config that is read is kept whole, and looking takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _hints(answer: Route, for_a_client: Route) -> Iterator[str]:
    """Name the option that would tell more."""
    if answer.request.client is None and _open_ends(for_a_client) < _open_ends(answer):
        yield "what depends on the client's address is not known: --client ADDRESS tells it"


def _open_ends(answer: Route) -> int:
    headers = answer.backend.headers if answer.backend else ()
    return len(answer.unknown) + sum(value is None for _, value in headers)


def _values(answer: Route, config: Config, refusals: Sequence[Refusal], notes: Sequence[str]) -> dict[str, Json]:
    read: dict[str, Json] = {
        "files": [file.name for file in config.files],
        "missing_includes": [
            {"pattern": each.pattern, "file": each.file, "line": each.line} for each in config.missing_includes
        ],
        "refused": [{"file": each.file, "line": each.line, "words": each.words} for each in refusals],
        "skipped": [{"file": each.file, "line": each.line, "reason": each.reason} for each in config.skipped],
    }
    return {"schema_version": SCHEMA_VERSION, **as_values(answer), "config": read, "notes": list(notes)}


def _version(told: str | None) -> tuple[int, int, int] | None:
    if told is None:
        return None
    parts = told.split(".")
    if len(parts) != _PARTS_OF_A_VERSION or not all(part.isascii() and part.isdecimal() for part in parts):
        raise UsageError("nginx's version reads like 1.22.1", "nginx -v tells it.")
    major, minor, patch = map(int, parts)
    return major, minor, patch


def _paths(files: Sequence[str]) -> dict[str, OnDisk]:
    """Return what is at each path: the file that was named, and the folders that it needs."""
    known: dict[str, OnDisk] = {}
    for file in files:
        if not file.startswith("/"):
            raise UsageError("--file takes a path on nginx's machine, from the root", "For instance: /var/www/x.html.")
        path = PurePosixPath(file)
        known |= {str(parent): OnDisk.DIRECTORY for parent in path.parents}
        known[str(path)] = OnDisk.DIRECTORY if file.endswith("/") else OnDisk.FILE
    return known
