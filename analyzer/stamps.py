"""The time that a prefix tells, for what was read without one of its own.

In: what a format read, the records as they stand in the file, and their prefixes. Out: the same with TIME, or with
CLOCK where the prefix writes no year. The hard thing is not to overrule a log: its own time is exact, and says what it
marks.
"""

from collections.abc import Sequence

import polars as pl

from analyzer.prefixes import Prefix, without
from analyzer.records import plain
from analyzer.schema import CLOCK, KIND, RAW, TIME, TIME_LACKS, TIME_MARKS, Lacks

_STAMP = r"^([0-9-]{10})[T ]([0-9:]{8})(?:[.,]([0-9]{1,6})[0-9]*)?(Z|[+-][0-9:]+)?$"


def with_times(read: pl.DataFrame, records: pl.DataFrame, prefixes: Sequence[Prefix]) -> pl.DataFrame:
    """Fill the time of what was read without one."""
    timeless = KIND.col.is_not_null() & TIME.col.is_null() & CLOCK.col.is_null()
    told = any(prefix.time or prefix.clock for prefix in prefixes)
    if not told or not read.select(timeless.any()).item():
        return read
    stamps = records.select(
        _group(prefixes, [prefix.time for prefix in prefixes]).alias("_stamp"),
        _group(prefixes, [prefix.clock for prefix in prefixes]).alias("_clock"),
    )
    clock = _moment(pl.lit("1970-01-01T") + pl.col("_clock") + "Z", "%#z")
    filled = {TIME: _time(), CLOCK: clock, TIME_LACKS: _lacks(), TIME_MARKS: pl.lit("instant")}
    known = timeless & pl.any_horizontal(_time().is_not_null(), clock.is_not_null())
    return (
        read.hstack(stamps)
        .with_columns(
            pl.when(known).then(fill).otherwise(column.col).alias(column.name) for column, fill in filled.items()
        )
        .select(read.columns)
    )


def _group(prefixes: Sequence[Prefix], groups: Sequence[int | None]) -> pl.Expr:
    """What stands in a group of the innermost prefix that has it."""
    text = plain(RAW.col)
    found = [
        prefix.group(without(prefixes[:depth], text), group)
        for depth, (prefix, group) in enumerate(zip(prefixes, groups, strict=True))
    ]
    return pl.coalesce(reversed(found))


def _time() -> pl.Expr:
    """The stamp as a moment; one without a zone is read as if it were UTC."""
    day, clock, fraction, zone = (pl.col("_stamp").str.extract(_STAMP, group) for group in (1, 2, 3, 4))
    text = pl.concat_str(day, pl.lit("T"), clock, pl.lit("."), fraction.fill_null("0"), zone.fill_null("Z"))
    return _moment(text, "%.f%#z")


def _moment(text: pl.Expr, end: str) -> pl.Expr:
    return text.str.to_datetime(f"%Y-%m-%dT%H:%M:%S{end}", time_unit="us", strict=False)


def _lacks() -> pl.Expr:
    zone = pl.col("_stamp").str.extract(_STAMP, 4)
    return (
        pl.when(pl.col("_stamp").is_null()).then(pl.lit(Lacks.DATE.value))
        .when(zone.is_null()).then(pl.lit(Lacks.ZONE.value))
    )  # fmt: skip
