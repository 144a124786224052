"""The parse ledger: per file the format chosen and why, what was read, what was not, and from when to when it tells."""

from datetime import datetime

import polars as pl

from analyzer.blocks import Block
from analyzer.formats.generic import BY_FEATURES
from analyzer.formats.generic import FORMAT as GENERIC
from analyzer.report.model import LedgerRow, Problem, UnparsedSample
from analyzer.report.words import plural
from analyzer.schema import CLOCK, FORMAT, HOP, LAST_LINE, LINE, RAW, TIME
from analyzer.shapes import Shapes
from analyzer.sources import Log

_SAMPLES = 5
_CHARACTERS = 300
_BLANK = r"^\s*$"


class Tally:
    """Counts one log while it is read."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._by_format: dict[str, int] = {}
        self._samples: list[UnparsedSample] = []
        self._problems: list[Problem] = []
        self._times: list[datetime] = []
        self._shapes = Shapes()
        self._timed = self._telling = 0
        self._blank = 0
        self.is_log = log.document is None or log.document.is_log
        self.lines = 0
        self._unread = 0

    def saw(self, block: Block | None) -> None:
        """Count a block's raw lines."""
        if block is None:
            return
        self.lines += block.lines.height
        self._blank += int(block.lines[RAW.name].str.contains(_BLANK).sum())
        if block.problem:
            self._problems.append(block.problem)

    def read(self, events: pl.DataFrame, unread: pl.DataFrame) -> None:
        """Count what was understood of a block, and sample what was not."""
        for name, count in events.group_by(FORMAT.name, maintain_order=True).agg(self._size()).iter_rows():
            self._by_format[name] = self._by_format.get(name, 0) + count
        self._features(events.filter(BY_FEATURES))
        times = events[TIME.name].drop_nulls()
        self._times += [moment for moment in (times.min(), times.max()) if isinstance(moment, datetime)]
        odd = unread.filter(~RAW.col.str.contains(_BLANK))
        self._unread += int(odd.select(self._size()).item())
        self._shapes.add(odd)
        self._samples += [self._sample(*row) for row in odd.select(LINE.name, RAW.name).head(_SAMPLES).iter_rows()]

    def _features(self, generic: pl.DataFrame) -> None:
        """How sure the reading of no known format is: how many of its lines have a time, how many tell of anything."""
        timed = TIME.col.is_not_null() | CLOCK.col.is_not_null()
        self._timed += int(generic.filter(timed).select(self._size()).item() or 0)
        self._telling += int(generic.filter(HOP.col.is_not_null()).select(self._size()).item() or 0)

    def _how_sure(self, lines: int) -> str:
        return (
            f"{plural(lines, 'line')} read by general features alone: {self._timed:,} have a time, "
            f"{self._telling:,} tell of a request, a handshake or a cause"
        )

    def _size(self) -> pl.Expr:
        """How many lines these records are; of a document, how many records."""
        return pl.len().cast(pl.Int64) if self._log.document else (LAST_LINE.col - LINE.col + 1).sum()

    def _sample(self, line: int, text: str) -> UnparsedSample:
        first = text.partition("\n")[0]
        grammar = self._log.formats[0].grammar if self._log.formats else None
        reason = grammar.explain(first) if grammar else "no format reads this line"
        return UnparsedSample(line, first[:_CHARACTERS], reason)

    def problems(self) -> tuple[Problem, ...]:
        """What broke off, and a file of which nothing was understood."""
        if self.lines > self._blank and not self._by_format:
            hint = "Is this a log of nginx, a browser or a backend? It was kept out of the verdict."
            return (*self._problems, Problem(self._log.file.name, "is in no format that lasthop reads", hint))
        if list(self._by_format) == [GENERIC.name] and not self._telling:
            what = "is in no format that lasthop knows, and none of its lines tells of a request"
            hint = f"{plural(self._timed, 'line')} have a time, no more. It was kept out of the verdict."
            return (*self._problems, Problem(self._log.file.name, what, hint, lost=False))
        return tuple(self._problems)

    def row(self) -> LedgerRow:
        """The ledger's row. Blank lines are neither parsed nor unparsed."""
        most = max(self._by_format, key=lambda name: self._by_format[name], default=None)
        others = [f"{count} lines as {name}" for name, count in self._by_format.items() if name != most]
        by_features = self._by_format.get(GENERIC.name, 0)
        why = [self._how_sure(by_features)] if most == GENERIC.name else [self._log.why]
        shapes, more_shapes = self._shapes.found()
        return LedgerRow(
            path=self._log.file.name,
            service=None,
            format=most,
            why="; ".join([*why, *others]),
            lines=self.lines,
            parsed=sum(self._by_format.values()),
            unparsed=self._unread,
            first=min(self._times, default=None),
            last=max(self._times, default=None),
            clock_offset_s=None,
            samples=tuple(self._samples[:_SAMPLES]),
            by_features=by_features,
            shapes=shapes,
            more_shapes=more_shapes,
        )
