"""`lasthop batch`: months of logs into a store, and what they come to as a history.

In come paths and a store, out go a history and an exit code. The hard thing is to be run every night: what is known is
not read again, what went wrong is told, and what was read stays.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import typer

from analyzer.batch.coordinator import Wanted, Watching, keep
from analyzer.batch.executors import Executor, Local, outliving_workers, shared_cores
from analyzer.batch.history import history_of
from analyzer.batch.keys import key_of
from analyzer.batch.lock import locked
from analyzer.batch.manifest import open_store
from analyzer.batch.pieces import PIECE_BYTES
from analyzer.batch.place import place_of
from analyzer.batch.settings import Settings
from analyzer.commands.exits import Exit, any_as_sure
from analyzer.commands.printing import STANDARD_OUTPUT, messages, note_all, output, write
from analyzer.errors import NothingReadError, UsageError
from analyzer.frozen import dataclass
from analyzer.journeys.clocks import read_zones
from analyzer.languages import ENGLISH, Language
from analyzer.report.history import History
from analyzer.report.history_console import print_history
from analyzer.report.history_html import history_html
from analyzer.report.history_json import history_json
from analyzer.report.history_links import base_of
from analyzer.report.model import Confidence
from analyzer.report.visible import visible
from analyzer.said import said
from analyzer.sources import configs_named

__all__ = ["Asked", "exit_code", "kept", "outputs_of", "retention_of", "tell", "write_all"]

Render = Callable[[History, Language, str], str]
"""Writes a history in a language, its links with this before the names of reports."""

_PAGE, _DATA = "history.html", "history.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say: see `analyzer.cli`."""

    paths: Sequence[str]
    store: str
    configs: Sequence[str]
    rules: Sequence[str]
    grammars: Sequence[str]
    log_formats: Sequence[str]
    zones: Sequence[str]
    retain: str | None
    jobs: int | None
    cluster: str | None


def kept(asked: Asked, watching: Watching, say: Language = ENGLISH) -> History:
    """Bring the store up to date, say what it holds, and lay that beside the days' reports.

    Raises UsageError, and NothingReadError if the store holds nothing.
    """
    own = typer.get_app_dir("lasthop")
    place = place_of(asked.store)
    settings = Settings(
        key=key_of(open_store(place), Path(own)),
        format_folder=own,
        grammars=tuple(_absolute(asked.grammars)),
        log_formats=tuple(asked.log_formats),
        rule_folders=tuple(_absolute(asked.rules)),
        zones=tuple(asked.zones),
        configs=_configs_of(asked.configs),
    )
    settings.formats(), settings.rules(), read_zones(asked.zones)  # what is wrong is told before anything is read
    wanted = Wanted(asked.paths, retention_of(asked.retain), PIECE_BYTES)
    jobs = asked.jobs or os.cpu_count() or 1
    with locked(place):
        with shared_cores(jobs), outliving_workers(), closing(_executor(asked.cluster, jobs)) as executor:
            done = keep(place, wanted, settings, executor, watching)
        history = history_of(place, done.manifest, done.problems)
        _demand_something_read(history)
        place.replace(_PAGE, history_html(history, say).encode())
        place.replace(_DATA, history_json(history).encode())
    return history


def _demand_something_read(history: History) -> None:
    """Raise NothingReadError where the store holds nothing that was understood: that is never "all fine"."""
    if any(row.parsed for row in history.sources):
        return
    reasons = "; ".join(f"{problem.path} {problem.what}" for problem in history.problems) or "nothing was handed in"
    raise NothingReadError(f"the store holds nothing that could be read: {reasons}", "Hand in logs of nginx first.")


def retention_of(words: str | None) -> int | None:
    """Read how many days are kept: `90d`, `12w` or `90`. Raises UsageError.

    >>> retention_of("12w")
    84
    """
    if words is None:
        return None
    number, unit = (words[:-1], words[-1]) if words[-1:] in {"d", "w"} else (words, "d")
    if not number.isdecimal() or int(number) == 0:
        raise UsageError(f"--retain {words}: this is no length of time", "Say 90d or 12w.")
    return int(number) * (7 if unit == "w" else 1)


def _executor(cluster: str | None, jobs: int) -> Executor:
    if cluster is None:
        return Local(jobs)
    from analyzer.batch.cluster import Cluster  # noqa: PLC0415  only who has a cluster has what it takes

    return Cluster(cluster)


def _absolute(paths: Sequence[str]) -> list[str]:
    return [str(Path(path).absolute()) for path in paths]


def _configs_of(paths: Sequence[str]) -> dict[str, str]:
    """The configs that were named. Raises UsageError where nothing is there."""
    texts, problems = configs_named(paths)
    if paths and not texts:
        reasons = "; ".join(f"{problem.path} {problem.what}" for problem in problems) or "nothing is there"
        raise UsageError(f"--config {' '.join(paths)}: {reasons}", "Check the path.")
    return texts


def outputs_of(places: Sequence[str] | None, json: str | None) -> tuple[tuple[str, Render], ...]:
    """Say what is written where: by its ending, and JSON where it was asked for. Raises UsageError."""
    named = tuple((place, _render_for(place)) for place in places or ())
    return (*named, (json, _json)) if json else named


def _render_for(place: str) -> Render:
    renders: dict[str, Render] = {".html": history_html, ".json": _json}
    render = history_html if place == STANDARD_OUTPUT else renders.get(Path(place).suffix.lower())
    if render is None:
        raise UsageError(f"{place}: a history is written as a page or as data", "Name a file in .html or .json.")
    return render


def _json(history: History, _: Language, __: str) -> str:
    return history_json(history)


def write_all(history: History, store: str, written: Sequence[tuple[str, Render]], say: Language = ENGLISH) -> None:
    """Write the history where it was asked for; its links lead to the store from there."""
    for place, render in written:
        base = base_of(store, None if place == STANDARD_OUTPUT else Path(place))
        write(place, render(history, say, base))


def tell(history: History, store: str, written: Sequence[tuple[str, Render]], say: Language = ENGLISH) -> None:
    """Print the history, and what else there is to know."""
    places = [f"{store.rstrip('/')}/{_PAGE}", *(place for place, _ in written)]
    print_history(history, messages if STANDARD_OUTPUT in places else output(), say)
    note_all(history.problems, history.notes, say)
    for place in places:
        if place != STANDARD_OUTPUT:
            messages.print(visible(say(said("history written to {place}", place=place))), markup=False, highlight=False)


def exit_code(history: History, fail_on: Confidence | None, *, strict: bool) -> Exit:
    """Say how the command ends."""
    if fail_on and any_as_sure((each.confidence for each in history.incidents), fail_on):
        return Exit.FOUND
    if strict and (any(problem.lost for problem in history.problems) or any(row.unparsed for row in history.sources)):
        return Exit.INCOMPLETE
    return Exit.ANALYSED
