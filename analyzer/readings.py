"""One log, block by block: what its formats read of it, and what none of them does.

In: a `Log`. Out: a `Reading` per block. The hard thing is that a long log is mostly one plain line after the other, of
which nothing but a number is told in the end: such lines are skimmed, and only what a counter keeps is read in full.
Cutting a file to records goes from line to line; what is made of a block's records does not, so it runs ahead.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import itemgetter

import polars as pl

from analyzer.ahead import ahead
from analyzer.aside import Aside, Later, on_its_own
from analyzer.blocks import Block, read_texts
from analyzer.counters import as_told
from analyzer.documents import Document, DocumentError, records_of
from analyzer.formats import Format
from analyzer.frozen import dataclass
from analyzer.placing import placed, placed_skimmed
from analyzer.report.grounds import Problem
from analyzer.said import said, term
from analyzer.schema import (
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
    SIGNS,
    SOURCE,
    START,
    TOLD,
    schema_of,
)
from analyzer.signs import Signs
from analyzer.sources import Log, formats_for
from analyzer.stamps import with_times
from analyzer.wrapping import inner_of

Part = tuple[Block | None, pl.DataFrame]
"""A block, and the records that end in it, or that nothing follows; of an empty file there is none."""
Read = Callable[[pl.DataFrame, tuple[Format, ...]], tuple[pl.DataFrame, pl.DataFrame]]
"""Lets formats read records: what was read, and what was not."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of one block: the records that some format reads, with its columns, and those that none does.

    `skimmed`: the records of which a few columns were read, and `in_full` reads any of them whole.
    """

    block: Block | None
    events: pl.DataFrame
    unread: pl.DataFrame
    skimmed: pl.DataFrame
    in_full: Callable[[pl.Series], Later]

    @property
    def told(self) -> pl.DataFrame:
        """What counters are told: the records of each format in turn, in their order, as TOLD or more."""
        if self.skimmed.is_empty():
            return self.events
        if self.events.is_empty():
            return self.skimmed
        events = self.events.select(schema_of(TOLD).names())
        same = events[FORMAT.name] == self.skimmed[FORMAT.name][0]
        if not same.any():
            return pl.concat([self.skimmed, events])
        return pl.concat([pl.concat([self.skimmed, events.filter(same)]).sort(LINE.name), events.filter(~same)])

    def whole(self, told: pl.DataFrame) -> Later:
        """Keep records that were told, to be given in full."""
        if self.skimmed.is_empty():
            return as_told(told)
        lines = told[LINE.name]
        if self.events.is_empty() and lines.is_sorted():
            return self.in_full(lines)
        events = on_its_own(self.events.filter(LINE.col.is_in(lines.implode())))
        later = self.in_full(lines.filter(~lines.is_in(events[LINE.name].implode())).sort())
        return lambda: _in_order(lines, pl.concat([later(), events]))

    def read_on(self, read: Read, formats: tuple[Format, ...]) -> "Reading":
        """Let formats that turned up later read what was left over."""
        more, unread = read(self.unread, formats)
        return replace(self, events=pl.concat([self.events, more], how="diagonal"), unread=unread)


def _in_order(lines: pl.Series, found: pl.DataFrame) -> pl.DataFrame:
    return lines.to_frame().join(found, on=LINE.name, how="left", maintain_order="left").select(found.columns)


def readings(log: Log, signs: Signs = ()) -> Iterator[Reading]:
    """Read a log block by block, and every record in full; a format that turns up on the way reads on from there."""
    return _with_later_formats(log, signs, read_records, map(partial(_in_full, log), _records(log)))


def told_of(logs: Iterable[Log], signs: Signs) -> Iterator[tuple[Log, Iterator[Reading]]]:
    """Read logs in turn as counters want them: every record in its place, as EVENTS, and skimmed where that is enough.

    The next log is begun while one is still counted; whoever takes a log's readings takes them all, and in order.
    """
    tellings = (_Telling(log, signs) for log in logs)
    parts = ((telling, part) for telling in tellings for part in _records(telling.log))
    for telling, of_log in groupby(ahead(_told, parts), key=itemgetter(0)):
        found = (reading for _, reading in of_log)
        yield telling.log, _with_later_formats(telling.log, signs, telling.read, found)


def _with_later_formats(log: Log, signs: Signs, read: Read, found: Iterable[Reading]) -> Iterator[Reading]:
    later: tuple[Format, ...] = ()
    for reading in found:
        known = reading.read_on(read, later) if later else reading
        if known.unread.height:
            more = formats_for(known.unread, log.candidates, (*log.formats, *later), signs)
            later = (*later, *more)
            known = known.read_on(read, more) if more else known
        yield known


def _in_full(log: Log, part: Part) -> Reading:
    block, records = part
    return Reading(block, *read_records(records, log.formats), _NONE, _nothing)


class _Telling:
    """Reads one log's blocks, each by itself; what is to be read in full of skimmed ones is set aside."""

    def __init__(self, log: Log, signs: Signs) -> None:
        self.log, self.signs = log, signs
        self.aside = Aside(lambda records: self.read(records, log.formats[:1])[0])

    def reading(self, part: Part) -> Reading:
        """Skim what is plain, and read the rest."""
        block, records = part
        skimmed, rest = self._skimmed(records)
        return Reading(block, *self.read(rest, self.log.formats), skimmed, partial(self._chosen, records))

    def read(self, records: pl.DataFrame, formats: tuple[Format, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Read records, and put them in their place."""
        if records.is_empty():
            return _NO_EVENTS, records
        events, unread = read_records(records, formats)
        return placed(events, self.log, self.signs), unread

    def _skimmed(self, records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Skim records for the first format, if it can do so, and give the rest: no other one is asked before it."""
        form = self.log.formats[0] if self.log.formats else None
        if form is None or form.skim is None or not self.log.line_by_line or records.is_empty():
            return _NONE, records
        found = form.skim(records[RAW.name]).with_columns(
            records[LINE.name], pl.lit(form.name).alias(FORMAT.name), pl.lit(form.hop, dtype=HOP.dtype).alias(HOP.name)
        )
        if not found[KIND.name].null_count():
            return placed_skimmed(found, self.log), records.clear()
        plain = found[KIND.name].is_not_null()
        return placed_skimmed(found.filter(plain), self.log), records.filter(~plain)

    def _chosen(self, records: pl.DataFrame, lines: pl.Series) -> Later:
        return self.aside.put(records[records[LINE.name].search_sorted(lines)])  # each line is a record, in order


def _told(of: tuple[_Telling, Part]) -> tuple[_Telling, Reading]:
    telling, part = of
    return telling, telling.reading(part)


def _nothing(_: pl.Series) -> Later:
    return _NO_EVENTS.clone


_NO_EVENTS = pl.DataFrame(schema=schema_of(EVENTS))
_NONE = pl.DataFrame(schema=schema_of(TOLD))


def _records(log: Log) -> Iterator[Part]:
    """Assemble each block's lines to records; what the last block left over comes with those that end in it."""
    if log.document:
        yield from _cut(log, log.document)
        return
    streams = log.streams
    block, records = None, pl.DataFrame(schema=_RECORDS)
    for following in log.blocks():
        if block:
            yield block, records
        block, records = following, log.wrapping.whole(streams.take(log.wrapping.opened(following.lines)))
    yield block, pl.concat([records, log.wrapping.whole(streams.rest())], how="diagonal").sort(LINE.name)


def _cut(log: Log, document: Document) -> Iterator[Part]:
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
    yield None, pl.DataFrame(schema=_RECORDS)


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
