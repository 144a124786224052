"""Sources as one event table, read block by block; and the parse ledger of what was and was not understood.

In: `Sources`. Out: `Events`: the records that matter kept whole, every record counted in its family, a ledger row per
source. The hard thing is a bound on memory: of each family only the first records are kept; the rest is counted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from analyzer.blocks import Block, read_texts
from analyzer.counters import Counter, Whole, as_told
from analyzer.documents import Document, DocumentError, records_of
from analyzer.families import Families
from analyzer.formats import Format
from analyzer.formats.settings import MASK
from analyzer.histogram import Histogram
from analyzer.ledger import Tally
from analyzer.paths import path_key, path_of, query_of
from analyzer.perspective import seen_from, seen_from_behind, taken_for_a_backend, without_bystanders
from analyzer.progress import SILENT, Progress
from analyzer.report.grounds import LedgerRow, Problem
from analyzer.said import said, term
from analyzer.schema import (
    DURATION,
    EVENTS,
    FORMAT,
    HOP,
    KIND,
    LAST_LINE,
    LINE,
    PATH,
    PATH_KEY,
    QUERY,
    RAW,
    SETTING,
    SIGNS,
    SOURCE,
    START,
    TARGET,
    TIME,
    TIME_MARKS,
    Kind,
    schema_of,
)
from analyzer.signs import Signs, with_signs
from analyzer.sources import Log, Sources, formats_for
from analyzer.stamps import with_times
from analyzer.wrapping import inner_of

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
    tallies = [read_log(log, counters, signs, progress) for log in sources.logs]
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
        records = self.choice(whole(told))
        for counter in self.counters:
            counter.add(records)


def read_log(log: Log, counters: Sequence[Counter], signs: Signs = (), progress: Progress = SILENT) -> Tally:
    """Read one log, and tell each counter of every record; returns what the ledger has to say of it."""
    progress.opens(log.file.name)
    tally = Tally(log)
    for reading in readings(log, signs):
        tally.saw(reading.block)
        if reading.block:
            progress.reads(reading.block.lines)
        seen = taken_for_a_backend(seen_from(reading.events, is_backend=log.is_backend, backends=log.backends))
        told = _located(without_bystanders(with_signs(seen, signs)), log.file.name)
        tally.read(told, reading.unread)
        for counter in counters:
            counter.add(told)
    return tally


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of one block: the records that some format reads, with its columns, and those that none does."""

    block: Block | None
    events: pl.DataFrame
    unread: pl.DataFrame


def readings(log: Log, signs: Signs = ()) -> Iterator[Reading]:
    """Read a log block by block; a format that turns up on the way reads on from there."""
    formats = log.formats
    for block, records in _records(log):
        events, unread = read_records(records, formats)
        if unread.height and (found := formats_for(unread, log.candidates, formats, signs)):
            formats = (*formats, *found)
            more, unread = read_records(unread, found)
            events = pl.concat([events, more])
        yield Reading(block, events, unread)


def _records(log: Log) -> Iterator[tuple[Block | None, pl.DataFrame]]:
    """Assemble each block's lines to records; what the last block left over comes last."""
    if log.document:
        yield from _cut(log, log.document)
        return
    streams = log.streams
    for block in log.blocks():
        yield block, log.wrapping.whole(streams.take(log.wrapping.opened(block.lines)))
    yield None, log.wrapping.whole(streams.rest())


def _cut(log: Log, document: Document) -> Iterator[tuple[Block | None, pl.DataFrame]]:
    """Cut a document to records; where it breaks off, what came before stands."""
    try:
        for records in records_of(document.cut(read_texts(log.file))):
            yield Block(records.select(LINE.name, RAW.name)), records
    except DocumentError as error:
        what = said("is a {title} that breaks off: {error}", title=term(document.format.title), error=error.args[0])
        problem = Problem(
            log.file.name, what, said("What came before was analysed; export or copy it again for the rest.")
        )
        yield Block(pl.DataFrame(schema=schema_of((LINE, RAW))), problem), pl.DataFrame(schema=_RECORDS)


_RECORDS = schema_of((LINE, LAST_LINE, RAW))


def read_records(records: pl.DataFrame, formats: tuple[Format, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Let each format in turn read what the ones before it did not. Returns what was read, and what was not."""
    read: list[pl.DataFrame] = []
    for form in formats:
        if records.is_empty():
            break
        columns = with_times(form.read(records.with_columns(inner_of(records))), records)
        told = pl.concat([records, columns], how="horizontal").with_columns(
            pl.lit(form.name).alias(FORMAT.name), pl.lit(form.hop, dtype=HOP.dtype).alias(HOP.name)
        )
        known = told[KIND.name].is_not_null()
        read.append(told.filter(known))
        records = records.filter(~known)
    empty = pl.DataFrame(schema=pl.Schema({n: t for n, t in schema_of(EVENTS).items() if n not in _LATER}))
    return pl.concat([empty, *read], how="diagonal"), records


_LATER = frozenset(column.name for column in (SOURCE, START, PATH, QUERY, PATH_KEY, SIGNS))


def _located(events: pl.DataFrame, source: str) -> pl.DataFrame:
    """Fill what follows from other columns: where it stands, when it began, and what path family it asks for."""
    ended = TIME_MARKS.col == "end"
    began = pl.when(ended & DURATION.col.is_not_null()).then(TIME.col - pl.duration(microseconds=DURATION.col))
    return (
        _quotable(events)
        .with_columns(
            pl.lit(source).alias(SOURCE.name), pl.when(ended).then(began).otherwise(TIME.col).alias(START.name)
        )
        .join(_paths(events[TARGET.name]), on=TARGET.name, how="left", nulls_equal=True, maintain_order="left")
        .select(_NAMES)
    )


def _quotable(events: pl.DataFrame) -> pl.DataFrame:
    """A setting's text as a person would write it, without its value."""
    settings = KIND.col == Kind.SETTING
    if events.filter(settings).is_empty():
        return events
    told = pl.format("{} = {}", SETTING.col, pl.lit(MASK))
    return events.with_columns(pl.when(settings).then(told).otherwise(RAW.col).alias(RAW.name))


def _paths(targets: pl.Series) -> pl.DataFrame:
    """Path, query and path family of each distinct target: most logs ask for the same few again and again."""
    distinct = (
        targets.unique()
        .to_frame()
        .with_columns(path_of(TARGET.col).alias(PATH.name), query_of(TARGET.col).alias(QUERY.name))
    )
    folded = distinct.select(PATH.col.unique()).with_columns(path_key(PATH.col).alias(PATH_KEY.name))
    return distinct.join(folded, on=PATH.name, how="left", nulls_equal=True)
