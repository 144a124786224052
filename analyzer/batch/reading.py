"""Pieces of logs as tables in the store: the one task that sees raw logs.

In: a unit and which pieces of it are to be read. Out: Parquet tables by day and service, and a commit per piece. The
hard thing is that it may be done twice, or killed half way: names and bytes depend on the piece alone, and nothing
counts before it is committed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from analyzer.ahead import with_helpers
from analyzer.batch.inputs import Unit, opened
from analyzer.batch.manifest import EVENTS_IN, FAMILIES_IN, PULSES_IN, UNDATED, Held
from analyzer.batch.pieces import Piece
from analyzer.batch.place import Place, place_of
from analyzer.batch.pulses import Pulses
from analyzer.batch.secrets import Digesting, digested
from analyzer.batch.settings import Settings, digest_of_texts
from analyzer.batch.slices import ChangedError, slicing
from analyzer.counters import Whole, as_told
from analyzer.digests import keyed
from analyzer.events import read_log
from analyzer.families import Families, Most, hour
from analyzer.frozen import dataclass
from analyzer.ledger import Tally
from analyzer.report.grounds import LedgerRow
from analyzer.report.json import problem_contents, source_contents
from analyzer.schema import (
    EVENTS,
    FAMILY,
    HOP,
    HOUR,
    LAST_LINE,
    LINE,
    SERVICE,
    SOURCE,
    TIME,
    TIME_LACKS,
    Column,
    Lacks,
    schema_of,
)
from analyzer.showing import problems_shown, rows_shown
from analyzer.signs import Signs
from analyzer.sources import Log, recognise

__all__ = ["STORED", "STORED_FAMILY", "ChangedError", "Chosen", "id_of", "read_pieces"]

STORED: tuple[Column, ...] = (HOUR, *EVENTS)
"""The columns of a store's events."""
STORED_FAMILY: tuple[Column, ...] = (HOUR, *FAMILY)
"""What makes records of a store alike: of each hour the first are kept."""
_MOST = Most(failures=250, successes=20)  # of every hour
_OTHER = "other"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A piece that is to be read: the name of its file in the unit, by what name it is told, what it replaces."""

    inner: str
    source: str
    piece: Piece
    replaces: tuple[str, ...] = ()


def id_of(piece: Piece, reading: str) -> str:
    """Name a piece by its content, and by how it is read."""
    return digest_of_texts(piece.digest, reading)


def read_pieces(unit: Unit, chosen: Sequence[Chosen], settings: Settings, store: str) -> list[Held]:
    """Read pieces of one unit into a store, and give what is to be committed of each.

    Where Polars has one thread all is done on that one: the other cores have pieces of their own. Raises ChangedError
    where the unit does not hold them any more.
    """
    return with_helpers(partial(_read, unit, chosen, settings, store))


def _read(unit: Unit, chosen: Sequence[Chosen], settings: Settings, store: str) -> list[Held]:
    place, reading, signs = place_of(store), settings.reading(), settings.signs()
    with keyed(settings.key), opened(unit) as bundle:
        logs = {log.file.name: log for log in recognise(bundle, (), signs, settings.formats()).logs}
        return [
            held
            for name, of_log in _by_file(chosen).items()
            for held in _read_log(logs.get(name), of_log, unit, (place, reading, signs))
        ]


def _by_file(chosen: Sequence[Chosen]) -> Mapping[str, list[Chosen]]:
    """The pieces of each file, in the order in which they stand."""
    by_file: dict[str, list[Chosen]] = {}
    for each in sorted(chosen, key=lambda each: (each.inner, each.piece.offset)):
        by_file.setdefault(each.inner, []).append(each)
    return by_file


def _read_log(log: Log | None, chosen: Sequence[Chosen], unit: Unit, how: tuple[Place, str, Signs]) -> Iterator[Held]:
    if log is None:
        raise ChangedError(unit.name)
    place, reading, signs = how
    with slicing(log.file) as slicer:
        for each in chosen:
            part = slicer.part(each.piece.offset, each.piece.length)
            counting = _Counting(each.source, each.piece.first_line - 1)
            tally = read_log(replace(log, file=part), (counting,), signs)
            if slicer.digest() != each.piece.digest:
                raise ChangedError(unit.name)
            yield _stored(each, counting, tally, unit, (place, reading))


class _Counting:
    """Counts a piece's records under the name and the line numbers of its whole file."""

    def __init__(self, source: str, lines_before: int) -> None:
        self._moved = [pl.lit(source).alias(SOURCE.name), LINE.col + lines_before]
        self._last = LAST_LINE.col + lines_before
        self.families, self.pulses = Families(STORED_FAMILY, _MOST), Pulses()

    def add(self, told: pl.DataFrame, whole: Whole = as_told) -> None:
        """Count a block's records."""
        self.families.add(told, whole)
        self.pulses.add(told, whole)

    def events(self) -> pl.DataFrame:
        """The kept records, as STORED."""
        kept = self.families.kept().with_columns(*self._moved, self._last, hour())
        return kept.select(schema_of(STORED).names()).sort(TIME.name, SOURCE.name, LINE.name, nulls_last=True)

    def named(self, counts: pl.DataFrame) -> pl.DataFrame:
        """Counts under the source's own name."""
        return counts.with_columns(self._moved[0])


def _stored(each: Chosen, counting: _Counting, tally: Tally, unit: Unit, where: tuple[Place, str]) -> Held:
    """Write the tables of a piece."""
    place, reading = where
    id_ = id_of(each.piece, reading)
    events = digested(counting.events())
    tables = {
        FAMILIES_IN: digested(counting.named(counting.families.counts())),
        PULSES_IN: digested(counting.named(counting.pulses.counts())),
    }
    objects: dict[str, list[str]] = {}
    for day, service, of_day in _by_day_and_service(events):
        objects.setdefault(day, []).append(_write(place, f"{EVENTS_IN}/service={service}/day={day}/{id_}", of_day))
    for folder, table in tables.items():
        for day, of_day in _by_day(table, HOUR.col if folder == FAMILIES_IN else TIME.col):
            objects.setdefault(day, []).append(_write(place, f"{folder}/day={day}/{id_}", of_day))
    hiding = Digesting()
    rows = [_moved(row, each) for row in rows_shown(tally.rows(), hiding)]
    problems = [replace(problem, path=each.source) for problem in problems_shown(tally.problems(), hiding)]
    piece = each.piece
    return Held(
        id=id_,
        digest=piece.digest,
        reading=reading,
        source=each.source,
        unit=unit.name,
        offset=piece.offset,
        length=piece.length,
        first_line=piece.first_line,
        lines=piece.lines,
        whole=piece.whole,
        objects=objects,
        hours=_hours(events),
        replaces=each.replaces,
        sources=[source_contents(row) for row in rows],
        problems=[problem_contents(problem) for problem in problems],
        zoneless=events.filter(TIME_LACKS.col == Lacks.ZONE).height > 0,
    )


def _moved(row: LedgerRow, each: Chosen) -> LedgerRow:
    """A row of the ledger under the name and the line numbers of the whole file."""
    before = each.piece.first_line - 1
    samples = tuple(replace(sample, line=sample.line + before) for sample in row.samples)
    shapes = tuple(replace(shape, line=shape.line + before) for shape in row.shapes)
    return replace(row, path=each.source, samples=samples, shapes=shapes)


def _hours(events: pl.DataFrame) -> dict[str, int]:
    named = HOUR.col.dt.strftime("%Y-%m-%dT%H").fill_null(UNDATED)
    return dict(events.group_by(named).len().sort(HOUR.name).iter_rows())


def _by_day_and_service(events: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    service = pl.coalesce(SERVICE.col, HOP.col, pl.lit(_OTHER))
    for day, of_day in _by_day(events, HOUR.col):
        parts = of_day.with_columns(service.alias("of")).partition_by("of", as_dict=True, maintain_order=True)
        for (name,), part in sorted(parts.items(), key=lambda pair: str(pair[0])):
            yield day, _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", str(name)), part.drop("of")


def _by_day(table: pl.DataFrame, moment: pl.Expr) -> Iterator[tuple[str, pl.DataFrame]]:
    day = moment.dt.strftime("%Y-%m-%d").fill_null(UNDATED)
    parts = table.with_columns(day.alias("of")).partition_by("of", as_dict=True, maintain_order=True)
    for (name,), part in sorted(parts.items(), key=lambda pair: str(pair[0])):
        yield str(name), part.drop("of")


def _write(place: Place, stem: str, table: pl.DataFrame) -> str:
    place.write_frame(f"{stem}.parquet", table)
    return f"{stem}.parquet"
