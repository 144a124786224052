"""Records by family: of each the first are kept whole, all are counted. This is what bounds memory.

A family is what makes records alike (schema.FAMILY). The samples are the first by (source, line), so the same on every
run, whatever the size of a block. The hard thing is a scanner, who makes a family of every path: there are bounds on
the number of families and on all that is kept.
"""

from collections.abc import Sequence

import polars as pl

from analyzer.aside import Later, on_its_own
from analyzer.counters import Whole, as_told, counted
from analyzer.frozen import dataclass
from analyzer.paths import REST
from analyzer.schema import (
    COUNT,
    EVENTS,
    FAMILY,
    FIRST,
    HOUR,
    KEPT,
    KIND,
    LAST,
    MESSAGE,
    PATH_KEY,
    SIGNS,
    START,
    STATUS,
    STEM,
    TIME,
    Column,
    Kind,
    schema_of,
)

_MOST_FAMILIES = 50_000
_MOST_KEPT = 300_000
_FEW = 3
_STEM_CHARACTERS = 80
_ROWS, _BEFORE = "rows", "before"


@dataclass(frozen=True, slots=True)
class Most:
    """How many records of a family are kept: failures and handshakes are what incidents are made of.

    Of the rest a few controls are enough.
    """

    failures: int = 1000
    successes: int = 100

    def of_family(self) -> pl.Expr:
        """Say how many are kept of a record's family."""
        served = (KIND.col == Kind.REQUEST) & (STATUS.col < 400) & (STATUS.col != 101)  # noqa: PLR2004  HTTP's own
        few = ((KIND.col == Kind.MESSAGE) | served) & SIGNS.col.is_null()
        return pl.when(few).then(self.successes).otherwise(self.failures)


_MOST = Most()


class Families:
    """Takes events block by block; gives the kept ones and the counts at the end.

    `alike`: what makes records alike: FAMILY, and maybe more of the columns that are told, and HOUR. How many of a
    family are kept holds for each of these families: of each hour, where HOUR is among them.
    """

    def __init__(self, alike: Sequence[Column] = FAMILY, most: Most = _MOST) -> None:
        self._most = most
        self._alike = [column.name for column in alike]
        self._counts = pl.DataFrame(schema=schema_of((*alike, COUNT, KEPT, FIRST, LAST)))
        self._kept: list[tuple[Later, pl.Series]] = []
        self._rows = 0

    def add(self, told: pl.DataFrame, whole: Whole = as_told) -> None:
        """Count a block's events, and keep those that come first in their family."""
        if told.is_empty():
            return
        named = self._folded(told.with_columns(self._derived())).with_row_index(_ROWS)
        first, last = TIME.col.min().alias(FIRST.name), TIME.col.max().alias(LAST.name)
        groups = counted(named, self._alike, first, last, pl.col(_ROWS))
        before = self._counts.select(*self._alike, KEPT.col.alias(_BEFORE))
        limit = self._most.of_family() if self._rows < _MOST_KEPT else pl.lit(_FEW)
        found = groups.join(before, on=self._alike, how="left", nulls_equal=True, maintain_order="left").with_columns(
            pl.min_horizontal(COUNT.col, (limit - pl.col(_BEFORE).fill_null(0)).clip(0)).alias(KEPT.name)
        )
        self._keep(named, found.filter(KEPT.col > 0), whole)
        self._counts = on_its_own(
            pl.concat([self._counts, found.select(self._counts.columns)])
            .group_by(self._alike, maintain_order=True)
            .agg(COUNT.col.sum(), KEPT.col.sum(), FIRST.col.min(), LAST.col.max())
        )

    def _keep(self, named: pl.DataFrame, groups: pl.DataFrame, whole: Whole) -> None:
        """Keep so many records of each group as it says, in the order in which they stand."""
        if groups.is_empty():
            return
        chosen = groups.select(pl.col(_ROWS).list.head(KEPT.col)).to_series().explode().sort()
        records = named[chosen]
        self._kept.append((whole(records), on_its_own(records.select(PATH_KEY.name))[PATH_KEY.name]))
        self._rows += records.height

    def _derived(self) -> list[pl.Expr]:
        """What makes records alike, and follows from other columns."""
        return [each for each in (_stem(), hour()) if each.meta.output_name() in self._alike]

    def _folded(self, named: pl.DataFrame) -> pl.DataFrame:
        """Beyond a bound, new paths of plain requests are counted as one: no log needs more families than this.

        Beyond twice the bound new paths of anything are, or a scanner could fill the memory with handshakes.
        """
        if self._counts.height < _MOST_FAMILIES:
            return named
        known = PATH_KEY.col.is_in(self._counts[PATH_KEY.name].unique().implode())
        plain = KIND.col.is_in([Kind.REQUEST, Kind.NGINX_ERROR]) | pl.lit(self._counts.height >= 2 * _MOST_FAMILIES)
        return named.with_columns(
            pl.when(plain & ~known).then(pl.lit(REST)).otherwise(PATH_KEY.col).alias(PATH_KEY.name)
        )

    def kept(self) -> pl.DataFrame:
        """The events that are kept whole."""
        kept = (later().with_columns(paths) for later, paths in self._kept)
        return pl.concat([pl.DataFrame(schema=schema_of(EVENTS)), *kept])

    def counts(self) -> pl.DataFrame:
        """The families: what makes records alike, with COUNT, KEPT, FIRST and LAST."""
        return self._counts


def _stem() -> pl.Expr:
    """What is left of an error's words without numbers and quoted parts; other kinds have columns that tell."""
    message = pl.when(KIND.col == Kind.NGINX_ERROR).then(MESSAGE.col)
    words = message.str.slice(0, 4 * _STEM_CHARACTERS).str.replace_all(r'"[^"]*"|[0-9]+', "*")
    return words.str.slice(0, _STEM_CHARACTERS).alias(STEM.name)


def hour() -> pl.Expr:
    """The hour that a record began in, or ended in where its log does not tell: HOUR."""
    return pl.coalesce(START.col, TIME.col).dt.truncate("1h").alias(HOUR.name)
