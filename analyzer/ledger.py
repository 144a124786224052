"""The parse ledger: per file the format chosen and why, what was read, what was not, and from when to when it tells."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from analyzer.blocks import Block
from analyzer.report.model import LedgerRow, Problem, UnparsedSample
from analyzer.report.phrases import plural
from analyzer.schema import FORMAT, LINE, RAW, TIME
from analyzer.sources import Log

if TYPE_CHECKING:
    from analyzer.encodings import Oddity

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
        self._oddities = Counter["Oddity"]()
        self._times: list[datetime] = []
        self._blank = 0
        self.is_log = log.document is None or log.document.is_log
        self.lines = 0
        self._unread = 0

    def saw(self, block: Block | None) -> None:
        """Count a block's raw lines."""
        if block is None:
            return
        self.lines += block.lines.height
        self._oddities.update(block.oddities)
        self._blank += int(block.lines[RAW.name].str.contains(_BLANK).sum())
        if block.problem:
            self._problems.append(block.problem)

    def read(self, events: pl.DataFrame, unread: pl.DataFrame) -> None:
        """Count what was understood of a block, and sample what was not."""
        for name, count in events.group_by(FORMAT.name, maintain_order=True).agg(self._size()).iter_rows():
            self._by_format[name] = self._by_format.get(name, 0) + count
        times = events[TIME.name].drop_nulls()
        self._times += [moment for moment in (times.min(), times.max()) if isinstance(moment, datetime)]
        odd = unread.filter(~RAW.col.str.contains(_BLANK))
        self._unread += int(odd.select(self._size()).item())
        self._samples += [self._sample(*row) for row in odd.select(LINE.name, RAW.name).head(_SAMPLES).iter_rows()]

    def _size(self) -> pl.Expr:
        """How many lines these records are; of a document, how many records."""
        lines = RAW.col.str.count_matches("\n", literal=True).cast(pl.Int64) + 1
        return pl.len().cast(pl.Int64) if self._log.document else lines.sum()

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
        return tuple(self._problems)

    def _put_right(self) -> list[str]:
        """Say what was put right while the text was read."""
        told = ((plural(count, "line"), count, oddity) for oddity, count in self._oddities.items() if count)
        return [f"{lines} {'was' if count == 1 else 'were'} {oddity}" for lines, count, oddity in told]

    def row(self) -> LedgerRow:
        """The ledger's row. Blank lines are neither parsed nor unparsed."""
        most = max(self._by_format, key=lambda name: self._by_format[name], default=None)
        others = [f"{count} lines as {name}" for name, count in self._by_format.items() if name != most]
        return LedgerRow(
            path=self._log.file.name,
            service=None,
            format=most,
            why="; ".join([self._log.why, *others, *self._put_right()]),
            lines=self.lines,
            parsed=sum(self._by_format.values()),
            unparsed=self._unread,
            first=min(self._times, default=None),
            last=max(self._times, default=None),
            clock_offset_s=None,
            samples=tuple(self._samples[:_SAMPLES]),
        )
