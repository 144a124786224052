"""The parse ledger: per file the format chosen and why, what was read, what was not, and from when to when it tells.

In come the records of one log, read and unread, out go its rows. The hard thing is a log of several services: each has
a row of its own, for each may be understood or not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from analyzer.blocks import Block
from analyzer.formats.generic import BY_FEATURES
from analyzer.formats.generic import FORMAT as GENERIC
from analyzer.frozen import dataclass
from analyzer.report.grounds import LedgerRow, Problem, UnparsedSample
from analyzer.said import counted, joined, plural, said
from analyzer.schema import CLOCK, FORMAT, HOP, LINE, RAW, SERVICE, TIME
from analyzer.shapes import Shapes
from analyzer.sources import Log
from analyzer.wrapping import inner_of

if TYPE_CHECKING:
    from analyzer.encodings import Oddity

_SAMPLES = 5
_CHARACTERS = 300
_BLANK = r"^\s*$"
_MOST_SERVICES = 50


@dataclass(slots=True)
class _Count:
    """What one service's lines came to; `timed` and `telling` count those read by general features alone."""

    lines: int = 0
    unread: int = 0
    by_format: Counter[str] = field(default_factory=Counter)
    samples: list[UnparsedSample] = field(default_factory=list)
    shapes: Shapes = field(default_factory=Shapes)
    times: list[datetime] = field(default_factory=list)
    timed: int = 0
    telling: int = 0

    def add(self, other: "_Count") -> None:
        """Take another's lines along."""
        self.lines += other.lines
        self.unread += other.unread
        self.by_format += other.by_format
        self.samples = sorted([*self.samples, *other.samples], key=lambda sample: sample.line)[:_SAMPLES]
        self.shapes.join(other.shapes)
        self.times += other.times
        self.timed += other.timed
        self.telling += other.telling

    @property
    def how_sure(self) -> str:
        """How sure the reading of no known format is."""
        return said(
            "{lines} read by general features alone: {timed:,} have a time, {telling:,} tell of a request, a handshake"
            " or a cause",
            lines=plural(self.by_format[GENERIC.name], "line"),
            timed=self.timed,
            telling=self.telling,
        )


class Tally:
    """Counts one log while it is read."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._counts: dict[str | None, _Count] = {}
        self._problems: list[Problem] = []
        self._oddities = Counter["Oddity"]()
        self.is_log = log.document is None or log.document.is_log

    @property
    def lines(self) -> int:
        """How many lines it has; of a document, how many records."""
        return sum(count.lines for count in self._counts.values())

    def saw(self, block: Block | None) -> None:
        """Take note of what was put right, and of where the file broke off."""
        if block is None:
            return
        self._oddities.update(block.oddities)
        if block.problem:
            self._problems.append(block.problem)

    def skimmed(self, told: pl.DataFrame) -> None:
        """Count what was understood of a block without being read in full: plain lines of one format."""
        if told.is_empty():
            return
        count = self._counts.setdefault(None, _Count())
        count.lines += told.height
        count.by_format[told.head(1)[FORMAT.name][0]] += told.height
        count.times += _first_and_last(told)

    def read(self, events: pl.DataFrame, unread: pl.DataFrame) -> None:
        """Count what was understood of a block, and sample what was not."""
        if events.is_empty() and unread.is_empty():
            return
        left = _by_service(unread)
        for service, understood in _by_service(events).items():
            self._add(service, understood, left.pop(service, unread.clear()))
        for service, rest in left.items():
            self._add(service, events.clear(), rest)

    def _add(self, service: str | None, events: pl.DataFrame, unread: pl.DataFrame) -> None:
        named = service if service in self._counts or len(self._counts) < _MOST_SERVICES else None
        count = self._counts.setdefault(named, _Count())
        for name, lines in events.group_by(FORMAT.name, maintain_order=True).agg(self._size()).iter_rows():
            count.by_format[name] += lines
        count.times += _first_and_last(events)
        generic = events.filter(BY_FEATURES)
        count.timed += self._sized(generic.filter(TIME.col.is_not_null() | CLOCK.col.is_not_null()))
        count.telling += self._sized(generic.filter(HOP.col.is_not_null()))
        odd = unread.filter(~RAW.col.str.contains(_BLANK))
        count.lines += self._sized(events) + self._sized(unread)
        count.unread += self._sized(odd)
        count.shapes.add(odd)
        count.samples += list(self._samples(odd.head(_SAMPLES - len(count.samples))))

    def _sized(self, records: pl.DataFrame) -> int:
        return 0 if records.is_empty() else int(records.select(self._size()).item())

    def _size(self) -> pl.Expr:
        """How many lines these records are; of a document, how many records."""
        lines = RAW.col.str.count_matches("\n", literal=True).cast(pl.Int64) + 1
        return pl.len().cast(pl.Int64) if self._log.document else lines.sum()

    def _samples(self, odd: pl.DataFrame) -> Iterator[UnparsedSample]:
        grammar = self._log.formats[0].grammar if self._log.formats else None
        for line, raw, inner in zip(odd[LINE.name], odd[RAW.name], inner_of(odd), strict=True):
            reason = grammar.explain(inner.partition("\n")[0]) if grammar else said("no format reads this line")
            yield UnparsedSample(line, raw.partition("\n")[0][:_CHARACTERS], reason)

    def problems(self) -> tuple[Problem, ...]:
        """What broke off, and a file of which nothing was understood."""
        whole = _sum(self._counts.values())
        if whole.unread and not whole.by_format:
            hint = said("Is this a log of nginx, a browser or a backend? It was kept out of the verdict.")
            return (*self._problems, Problem(self._log.file.name, said("is in no format that lasthop reads"), hint))
        if list(whole.by_format) == [GENERIC.name] and not whole.telling:
            what = said("is in no format that lasthop knows, and none of its lines tells of a request")
            hint = said(
                "{lines} have a time, no more. It was kept out of the verdict.", lines=plural(whole.timed, "line")
            )
            return (*self._problems, Problem(self._log.file.name, what, hint, lost=False))
        return tuple(self._problems)

    def _put_right(self) -> list[str]:
        """Say what was put right while the text was read."""
        return [
            counted(count, "{count:,} line was {oddity}", "{count:,} lines were {oddity}", oddity=said(oddity.value))
            for oddity, count in self._oddities.items()
            if count
        ]

    def rows(self) -> tuple[LedgerRow, ...]:
        """A row per service, where several are named; else one. Blank lines are neither parsed nor unparsed."""
        named = sorted(service for service in self._counts if service is not None)
        if len(named) <= 1:
            return (self._row(named[0] if named else None, _sum(self._counts.values())),)
        rest = self._counts.get(None)
        nameless = (self._row(None, rest),) if rest and (rest.unread or rest.by_format) else ()
        return (*(self._row(service, self._counts[service]) for service in named), *nameless)

    def _row(self, service: str | None, count: _Count) -> LedgerRow:
        most = max(count.by_format, key=lambda name: count.by_format[name], default=None)
        others = [
            said("{lines} as {name}", lines=plural(lines, "line"), name=name)
            for name, lines in count.by_format.items()
            if name != most
        ]
        why = count.how_sure if most == GENERIC.name else self._log.why
        shapes, more_shapes = count.shapes.found()
        return LedgerRow(
            path=self._log.file.name,
            service=service,
            format=most,
            why=joined([why, *others, *self._put_right()], "{before}; {last}"),
            lines=count.lines,
            parsed=count.by_format.total(),
            unparsed=count.unread,
            first=min(count.times, default=None),
            last=max(count.times, default=None),
            clock_offset_s=None,
            samples=tuple(count.samples),
            by_features=count.by_format[GENERIC.name],
            shapes=shapes,
            more_shapes=more_shapes,
        )


def _first_and_last(events: pl.DataFrame) -> list[datetime]:
    times = events[TIME.name]
    return [moment for moment in (times.min(), times.max()) if isinstance(moment, datetime)]


def _by_service(records: pl.DataFrame) -> dict[str | None, pl.DataFrame]:
    if SERVICE.name not in records.columns or records[SERVICE.name].null_count() == records.height:
        return {None: records}
    parts = records.partition_by(SERVICE.name, as_dict=True, maintain_order=True)
    return {service if isinstance(service, str) else None: part for (service,), part in parts.items()}


def _sum(counts: Iterable[_Count]) -> _Count:
    whole = _Count()
    for count in counts:
        whole.add(count)
    return whole
