"""Sources as one event table, read block by block; and the parse ledger of what was and was not understood.

In: `Sources`. Out: `Events`: the records that matter kept whole, every record counted in its family, a ledger row per
source. The hard thing is a bound on memory: of each family only the first records are kept; the rest is counted.
"""

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from analyzer.counters import Counter, Whole, as_told
from analyzer.families import Families
from analyzer.frozen import dataclass
from analyzer.histogram import Histogram
from analyzer.ledger import Tally
from analyzer.perspective import seen_from_behind
from analyzer.progress import SILENT, Progress
from analyzer.readings import Reading, told_of
from analyzer.report.grounds import LedgerRow, Problem
from analyzer.schema import (
    EVENTS,
    LINE,
    SOURCE,
    TIME,
)
from analyzer.signs import Signs
from analyzer.sources import Log, Sources

_NAMES = [column.name for column in EVENTS]

Choice = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Events:
    """`kept`: EVENTS, sorted by (time, source, line). `families`: FAMILY with counts. `lines`: all logs' raw lines.

    `histogram`: HISTOGRAM, in buckets of `step_s` seconds.
    """

    kept: pl.DataFrame
    families: pl.DataFrame
    histogram: pl.DataFrame
    step_s: int
    ledger: tuple[LedgerRow, ...]
    problems: tuple[Problem, ...]
    lines: int


def read_events(
    sources: Sources, signs: Signs = (), chosen: Choice | None = None, progress: Progress = SILENT
) -> Events:
    """Read every log of the bundle, and mark the records that hold a sign of a cause.

    `chosen` takes the records of a block (EVENTS) and gives those that are to be kept and counted; else all are.
    """
    families, histogram = Families(), Histogram()
    counters = (_Chosen((families, histogram), chosen),) if chosen else (families, histogram)
    tallies = [_counted(log, told, counters, progress) for log, told in told_of(sources.logs, signs)]
    kept = families.kept().sort(TIME.name, SOURCE.name, LINE.name, nulls_last=True)
    return Events(
        kept=seen_from_behind(kept),
        families=families.counts(),
        histogram=histogram.counts(),
        step_s=histogram.step_s,
        ledger=tuple(row for tally in tallies for row in tally.rows()),
        problems=tuple(problem for tally in tallies for problem in tally.problems()),
        lines=sum(tally.lines for tally in tallies if tally.is_log),
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Tells other counters of those records alone that are chosen."""

    counters: Sequence[Counter]
    choice: Choice

    def add(self, told: pl.DataFrame, whole: Whole = as_told) -> None:
        """Choose among a block's records."""
        records = self.choice(whole(told)())
        for counter in self.counters:
            counter.add(records)


def read_log(log: Log, counters: Sequence[Counter], signs: Signs = ()) -> Tally:
    """Read one log, and tell each counter of every record; returns what the ledger has to say of it."""
    (tally,) = (_counted(log, told, counters, SILENT) for log, told in told_of((log,), signs))
    return tally


def _counted(log: Log, told_of_log: Iterable[Reading], counters: Sequence[Counter], progress: Progress) -> Tally:
    progress.opens(log.file.name)
    tally = Tally(log)
    for reading in told_of_log:
        tally.saw(reading.block)
        if reading.block:
            progress.reads(reading.block.lines)
        tally.skimmed(reading.skimmed)
        tally.read(reading.events, reading.unread)
        told = reading.told
        for counter in counters:
            counter.add(told, reading.whole)
    return tally
