"""The time that was put before a line, for what was read without one of its own.

In: what a format read, and the records with the stamps of their wrapping. Out: the same with TIME, or with CLOCK where
the stamp has no date. The hard thing is not to overrule a log: its own time is exact, and says what it marks.
"""

import polars as pl

from analyzer.schema import CLOCK, KIND, STAMP, TIME, TIME_LACKS, TIME_MARKS, Lacks

_STAMP = r"^([0-9-]{10})[T -]([0-9:]{8})(?:[.,]([0-9]{1,6})[0-9]*)? ?(Z|UTC|[+-][0-9:]+)?$"
_CLOCK = r"^([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6})[0-9]*)?$"
_HALF_DAY = r"^([0-9]{2}:[0-9]{2}:[0-9]{2} [AP]M)$"
_TAI64N = r"^@4([0-9a-f]{15})([0-9a-f]{8})$"
_EPOCH = r"^([0-9]{10})\.?([0-9]{6})"
_TAI_AHEAD = 10  # seconds that TAI64 was ahead in 1970; leap seconds are left out (daemontools, timestamp.c)


def with_times(read: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Fill the time of what was read without one."""
    timeless = KIND.col.is_not_null() & TIME.col.is_null() & CLOCK.col.is_null()
    if STAMP.name not in records.columns or not read.select(timeless.any()).item():
        return read
    time, clock = time_of_stamp(), _clock()
    filled = {TIME: time, CLOCK: clock, TIME_LACKS: _lacks(), TIME_MARKS: pl.lit("instant")}
    known = timeless & pl.any_horizontal(time.is_not_null(), clock.is_not_null())
    return (
        read.with_columns(records[STAMP.name])
        .with_columns(
            pl.when(known).then(fill).otherwise(column.col).alias(column.name) for column, fill in filled.items()
        )
        .select(read.columns)
    )


def time_of_stamp() -> pl.Expr:
    """The stamp as a moment; one without a zone is read as if it were UTC."""
    return pl.coalesce(_written(), _of_tai64n(), _of_epoch())


def _written() -> pl.Expr:
    day, clock, fraction, zone = (STAMP.col.str.extract(_STAMP, group) for group in (1, 2, 3, 4))
    named = zone.str.replace("UTC", "Z", literal=True).fill_null("Z")
    return _moment(pl.concat_str(day, pl.lit("T"), clock, pl.lit("."), fraction.fill_null("0"), named))


def _of_tai64n() -> pl.Expr:
    seconds, nanoseconds = (
        STAMP.col.str.extract(_TAI64N, group).str.to_integer(base=16, strict=False) for group in (1, 2)
    )
    return _since_1970((seconds - _TAI_AHEAD) * 1_000_000 + nanoseconds // 1000)


def _of_epoch() -> pl.Expr:
    seconds, micros = (STAMP.col.str.extract(_EPOCH, group).cast(pl.Int64, strict=False) for group in (1, 2))
    return _since_1970(seconds * 1_000_000 + micros)


def _since_1970(microseconds: pl.Expr) -> pl.Expr:
    return microseconds.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _clock() -> pl.Expr:
    """A time of day, on 1970-01-01."""
    clock, fraction = (STAMP.col.str.extract(_CLOCK, group) for group in (1, 2))
    whole = pl.concat_str(clock, pl.lit("."), fraction.fill_null("0"))
    half = STAMP.col.str.extract(_HALF_DAY, 1)
    return pl.coalesce(_of_1970(whole, "%H:%M:%S%.f"), _of_1970(half, "%I:%M:%S %p"))


def _of_1970(clock: pl.Expr, written: str) -> pl.Expr:
    return (
        (pl.lit("1970-01-01T") + clock)
        .str.to_datetime(f"%Y-%m-%dT{written}", time_unit="us", strict=False)
        .dt.replace_time_zone("UTC")
    )


def _moment(text: pl.Expr) -> pl.Expr:
    return text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)


def _lacks() -> pl.Expr:
    """A day without its year is no date; a local time without its zone is not UTC."""
    written = STAMP.col.str.contains(_STAMP)
    return (
        pl.when(_clock().is_not_null()).then(pl.lit(Lacks.DATE.value))
        .when(written & STAMP.col.str.extract(_STAMP, 4).is_null()).then(pl.lit(Lacks.ZONE.value))
    )  # fmt: skip
