"""A store kept by this process itself: what the command does, without the processes that it starts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analyzer.batch.coordinator import Done, Wanted, keep
from analyzer.batch.executors import Executor, Handle
from analyzer.batch.history import history_of
from analyzer.batch.lock import locked
from analyzer.batch.manifest import open_store
from analyzer.batch.pieces import PIECE_BYTES
from analyzer.batch.place import place_of
from analyzer.batch.settings import Settings
from analyzer.report.history import History
from analyzer.report.history_json import history_json

KEY = bytes(range(32))


class Inline(Executor):
    """Does each task at once, in this process."""

    at_once = 1

    def submit(self, function: Callable[..., object], *values: object) -> Handle:
        return _Done(function(*values))

    def wait_any(self, handles: list[Handle]) -> Handle:
        return handles[0]

    def result(self, handle: Handle) -> object:
        assert isinstance(handle, _Done)
        return handle.value

    def close(self) -> None:
        pass


@dataclass(frozen=True, eq=False)
class _Done:
    value: object


@dataclass(frozen=True)
class Kept:
    """What a run came to."""

    history: History
    done: Done
    store: Path

    @property
    def json(self) -> str:
        return history_json(replace(self.history, store="store"))

    @property
    def causes(self) -> list[str]:
        return [incident.cause for incident in self.history.incidents]


def keep_in(  # noqa: PLR0913  as the command has options
    store: Path | str,
    *paths: Path,
    days: int | None = None,
    piece_bytes: int = PIECE_BYTES,
    executor: Executor | None = None,
    zones: Sequence[str] = (),
    log_formats: Sequence[str] = (),
) -> Kept:
    """Run `lasthop batch` on the paths."""
    place = place_of(str(store))
    open_store(place)
    settings = Settings(KEY, str(Path(store).parent), zones=tuple(zones), log_formats=tuple(log_formats))
    wanted = Wanted([str(path) for path in paths], days, piece_bytes)
    with locked(place):
        done = keep(place, wanted, settings, executor or Inline(), lambda *_: None)
        return Kept(history_of(place, done.manifest, done.problems), done, Path(store))
