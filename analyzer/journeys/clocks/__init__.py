"""The zone of a log that names none, estimated from requests that stand in another log too.

In: nginx's access lines, whose times carry an offset, and error lines, whose times do not (ngx_times.c writes local
time). Out: the error lines moved to UTC, and the offset per source. Zones lie on quarters of an hour.
"""

import polars as pl

from analyzer.schema import CLIENT, METHOD, SOURCE, START, TARGET, TIME, Column

OFFSET = Column("lasthop.clock_offset", pl.Int64(), "seconds that a source's clock is ahead of UTC", "journeys")

_QUARTER_S = 900
_SAME_MOMENT_S = 5
_MOST_PER_KEY = 50
_KEY = [column.name for column in (CLIENT, METHOD, TARGET)]


def estimate_offsets(access: pl.DataFrame, errors: pl.DataFrame) -> pl.DataFrame:
    """Return (SOURCE, OFFSET) for every error log of which a request is told by the access log too."""
    apart = (
        _firsts(errors)
        .select(*_KEY, SOURCE.name, TIME.name)
        .join(_firsts(access).select(*_KEY, TIME.col.alias("access time")), on=_KEY)
        .with_columns((TIME.col - pl.col("access time")).dt.total_seconds().alias("apart"))
        .with_columns(((pl.col("apart") / _QUARTER_S).round() * _QUARTER_S).cast(pl.Int64).alias(OFFSET.name))
    )
    near = apart.filter((pl.col("apart") - OFFSET.col).abs() <= _SAME_MOMENT_S)
    votes = near.group_by(SOURCE.name, OFFSET.name).len()
    best = votes.sort(SOURCE.name, "len", OFFSET.col.abs(), descending=[False, True, False])
    return best.unique(SOURCE.name, keep="first", maintain_order=True).select(SOURCE.name, OFFSET.name)


def _firsts(lines: pl.DataFrame) -> pl.DataFrame:
    timed = lines.drop_nulls([TIME.name, *_KEY])
    return timed.filter(pl.int_range(pl.len()).over(_KEY) < _MOST_PER_KEY)


def to_utc(errors: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    """Move each source's times by its offset; a source without one keeps its times as written."""
    ahead = pl.duration(seconds=OFFSET.col.fill_null(0))
    moved = errors.join(offsets, on=SOURCE.name, how="left", maintain_order="left")
    return moved.with_columns(TIME.col - ahead, START.col - ahead).drop(OFFSET.name)
