"""A run: find out what is new, read it, judge the days it tells of, and say what the store holds now.

In: paths, a store, how to read and judge, who does the work. Out: what was done; the store holds the rest. Everything
that decides is here, and all that it knows it knows from the manifest: so a run may end anywhere, and the next goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from analyzer.batch.executors import Executor
from analyzer.batch.inputs import Unit, units_of
from analyzer.batch.manifest import Manifest, commit_day, commit_piece, read_manifest
from analyzer.batch.place import Place
from analyzer.batch.plan import Planned, plan_of
from analyzer.batch.reading import read_pieces
from analyzer.batch.running import Failed, Task, run
from analyzer.batch.secrets import Digesting
from analyzer.batch.seen import Seen
from analyzer.batch.settings import Settings
from analyzer.batch.slices import ChangedError
from analyzer.batch.stretches import Stretch, pieces_of, stretches_of
from analyzer.batch.survey import Survey, find_configs, survey
from analyzer.batch.upkeep import retained, swept
from analyzer.batch.verdicts import basis_of, judge_stretch
from analyzer.digests import keyed
from analyzer.frozen import dataclass
from analyzer.journeys.clocks import demand_sources, read_zones
from analyzer.report.grounds import Problem
from analyzer.said import said

__all__ = ["Done", "Wanted", "Watching", "keep"]

_T = TypeVar("_T")
_CONFIGS = "configs.json"

Watching = Callable[[str, int, int], None]
"""Hears what is being done, how many of these are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to do: read `paths`, keep `days` of them; `piece_bytes`: how large a piece is."""

    paths: Sequence[str]
    days: int | None
    piece_bytes: int


@dataclass(frozen=True, slots=True)
class Done:
    """What a run came to: the manifest that counts now, and what went wrong."""

    manifest: Manifest
    problems: tuple[Problem, ...]
    read: int
    judged: int


def keep(place: Place, wanted: Wanted, settings: Settings, executor: Executor, watching: Watching) -> Done:
    """Bring a store up to date, whose lock the caller holds (`lock.locked`): nobody else must write meanwhile."""
    going = _Run(place, settings, executor, watching)
    manifest, problems = going.read_new(wanted, read_manifest(place))
    manifest, stretches, failed = going.judge_new(retained(place, manifest, wanted.days))
    done = swept(place, manifest, [stretch.name for stretch in stretches])
    return Done(done, (*problems, *failed), going.pieces_read, going.stretches_judged)


class _Run:
    """What the steps of a run share."""

    def __init__(self, place: Place, settings: Settings, executor: Executor, watching: Watching) -> None:
        self._place, self._settings, self._executor, self._watching = place, settings, executor, watching
        self.pieces_read = self.stretches_judged = 0

    def read_new(self, wanted: Wanted, manifest: Manifest) -> tuple[Manifest, list[Problem]]:
        """Read what of the paths is not in the store."""
        units, problems = units_of(wanted.paths, self._place.address) if wanted.paths else ([], [])
        seen = Seen.of(self._place)
        self._take_configs([unit for unit in units if not seen.knows(unit)])
        reading = self._settings.reading()
        todo = [unit for unit in units if not seen.knows(unit, reading)]
        surveys, failed = self._survey(todo, manifest, wanted.piece_bytes)
        failed |= self._read(plan_of(surveys, manifest, reading))
        for unit, found in surveys:
            if unit.address not in failed:
                seen.note(unit, reading, found.problems)
        seen.keep()
        problems += [*self._settings.problems(), *seen.problems(units), *failed.values()]
        told = sorted(dict.fromkeys(problems), key=lambda each: (each.path, each.what))
        return (read_manifest(self._place) if self.pieces_read else manifest), told

    def _take_configs(self, units: Sequence[Unit]) -> None:
        """Find the configs among the files, and keep them beside those of before, without their secrets."""
        kept = self._place.read_json(_CONFIGS)
        found: dict[str, str] = {}
        for _, texts in self._done("looking for configs", [Task(u.name, find_configs, (u,)) for u in units]):
            found |= {} if isinstance(texts, Failed) else texts
        told = {**found, **self._settings.configs}
        with keyed(self._settings.key):
            hidden = {name: Digesting().piece(text) for name, text in told.items()}
        configs = dict(sorted({**kept, **hidden}.items()))
        if configs != kept:
            self._place.write_json(_CONFIGS, configs)
        self._settings = replace(self._settings, configs=configs)

    def _survey(
        self, units: Sequence[Unit], manifest: Manifest, piece_bytes: int
    ) -> tuple[list[tuple[Unit, Survey]], dict[str, Problem]]:
        given = (self._settings, manifest.earlier, piece_bytes)
        by_address = {unit.address: unit for unit in units}
        tasks = [Task(unit.address, survey, (unit, *given)) for unit in units]
        surveyed: dict[str, Survey] = {}
        failed: dict[str, Problem] = {}
        for task, found in self._done("looking what is new", tasks):
            if isinstance(found, Failed):
                failed[task.about] = _problem(by_address[task.about].name, found)
            else:
                surveyed[task.about] = found
        return [(unit, surveyed[unit.address]) for unit in units if unit.address in surveyed], failed

    def _read(self, planned: Sequence[Planned]) -> dict[str, Problem]:
        """Read pieces and commit them as they come; what could not be read is told by its file."""
        given = (self._settings, self._place.address)
        names = {each.unit.address: each.unit.name for each in planned}
        tasks = [Task(each.unit.address, read_pieces, (each.unit, each.chosen, *given)) for each in planned]
        failed: dict[str, Problem] = {}
        for task, held in self._done("reading", tasks):
            if isinstance(held, Failed):
                failed[task.about] = _problem(names[task.about], held)
                continue
            for piece in held:
                commit_piece(self._place, piece)
                self.pieces_read += 1
        return failed

    def judge_new(self, manifest: Manifest) -> tuple[Manifest, list[Stretch], list[Problem]]:
        """Judge the stretches of which something changed since they were judged.

        Raises UsageError where a zone was told for a source that the store does not hold.
        """
        names = sorted({piece.source for piece in manifest.pieces.values()})
        if names:
            demand_sources(read_zones(self._settings.zones), names)
        judging = self._settings.judging()
        stretches = stretches_of(manifest)
        due = {stretch.name: (stretch, pieces_of(manifest, stretch)) for stretch in stretches}
        tasks = [
            Task(name, judge_stretch, (stretch, pieces, self._settings, self._place.address))
            for name, (stretch, pieces) in due.items()
            if manifest.days.get(name, {}).get("basis") != basis_of(stretch, pieces, judging)
        ]
        days, failed = dict(manifest.days), list[Problem]()
        for task, told in self._done("judging", tasks):
            if isinstance(told, Failed):
                failed.append(_problem(task.about, told))
                days.pop(task.about, None)
            else:
                commit_day(self._place, told)
                days[task.about] = told
                self.stretches_judged += 1
        return replace(manifest, days=days), stretches, sorted(failed, key=lambda each: each.path)

    def _done(self, what: str, tasks: Sequence[Task[_T]]) -> Iterator[tuple[Task[_T], _T | Failed]]:
        self._watching(what, 0, len(tasks))
        for done, ended in enumerate(run(self._executor, tasks), 1):
            self._watching(what, done, len(tasks))
            yield ended


def _problem(about: str, failed: Failed) -> Problem:
    error = failed.error
    if isinstance(error, ChangedError):
        return Problem(about, said("changed while it was read"), said("Run it once more; the rest was read."))
    reason = str(error).partition("\n")[0] or type(error).__name__
    return Problem(about, said("cannot be read: {reason}", reason=reason), said("The rest was read."))
