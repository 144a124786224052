"""Times as load balancers write them, with their zone.

In: a text column. Out: moments in UTC. The hard thing is that a fraction may have more digits than a column holds.
"""

import polars as pl

_NANOSECONDS_FROM, _MICROSECONDS_FROM, _MILLISECONDS_FROM = 10**17, 10**14, 10**11
"""A number of seconds this large would lie beyond the year 5138."""


def rfc3339(text: pl.Expr) -> pl.Expr:
    """Read a time of RFC 3339, to the microsecond."""
    short = text.str.replace(r"(\.[0-9]{6})[0-9]+", "${1}")
    return short.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False).dt.convert_time_zone("UTC")


def epoch(text: pl.Expr) -> pl.Expr:
    """Read a number of seconds, milliseconds, microseconds or nanoseconds since 1970, by its size."""
    whole = text.str.extract(r"^([0-9]{1,19})$", 1).cast(pl.Int64, strict=False)
    micros = (
        pl.when(whole >= _NANOSECONDS_FROM).then(whole // 1000)
        .when(whole >= _MICROSECONDS_FROM).then(whole)
        .when(whole >= _MILLISECONDS_FROM).then(whole * 1000)
        .otherwise(whole * 1_000_000)
    )  # fmt: skip
    broken = text.str.extract(r"^([0-9]{1,11}\.[0-9]+)$", 1).cast(pl.Float64, strict=False) * 1_000_000
    found = pl.coalesce(micros, broken.round().cast(pl.Int64, strict=False))
    return found.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
