"""Whose eyes an access line was written with: nginx's, or a backend's that logs in the same combined format.

morgan, gunicorn and many others write exactly nginx's `combined`. What tells them apart is the company they keep: a
backend's own lines in the same file, or clients that are all one proxy, beside another access log where they are not.
"""

from collections.abc import Collection

import polars as pl

from analyzer.formats.generic import BY_FEATURES, TELLS
from analyzer.schema import CLIENT, HOP, KIND, PROTOCOL, SERVICE, SIGNS, SOURCE, Hop, Kind

_PRIVATE = (
    r"^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|::1$|::ffff:127\.|f[cd][0-9a-f]{2}:)"  # RFC 1918, 4193
)
_ACCESS_LINE = (HOP.col == Hop.NGINX) & (KIND.col == Kind.REQUEST)


def seen_from(events: pl.DataFrame, *, is_backend: bool, backends: Collection[str] = ()) -> pl.DataFrame:
    """In a backend's own log, access lines are the backend's; so are those of `backends`, the services of a log."""
    if not (is_backend or backends):
        return events
    named = SERVICE.col.is_in(sorted(backends)).fill_null(value=is_backend)
    backend = _ACCESS_LINE & named
    return events.with_columns(pl.when(backend).then(pl.lit(Hop.BACKEND.value)).otherwise(HOP.col).alias(HOP.name))


def taken_for_a_backend(events: pl.DataFrame) -> pl.DataFrame:
    """Take what no format knows for a backend's words, until it is seen whether they tell anything."""
    hop = pl.when(BY_FEATURES).then(pl.lit(Hop.BACKEND.value)).otherwise(HOP.col)
    return events.with_columns(hop.alias(HOP.name))


def without_bystanders(events: pl.DataFrame) -> pl.DataFrame:
    """A line of no known format is nobody's, where it tells neither of a request nor of a cause."""
    if not events.select(BY_FEATURES.any()).item():
        return events
    bystander = BY_FEATURES & ~TELLS.fill_null(value=False) & SIGNS.col.is_null()
    hop = pl.when(bystander).then(pl.lit(None, dtype=pl.String)).otherwise(HOP.col)
    return events.with_columns(hop.alias(HOP.name))


def seen_from_behind(kept: pl.DataFrame) -> pl.DataFrame:
    """Where several files hold access lines, one whose only client is a proxy was written behind the other."""
    by_source = (
        kept.filter(_ACCESS_LINE)
        .group_by(SOURCE.name)
        .agg(
            CLIENT.col.str.contains(_PRIVATE).all().alias("private"),
            CLIENT.col.n_unique().alias("clients"),
            (PROTOCOL.col == "1.0").all().alias("by proxy"),
        )
    )
    proxied = pl.col("private") & ((pl.col("clients") == 1) | pl.col("by proxy"))
    behind = by_source.filter(proxied)[SOURCE.name].to_list()
    if not behind or len(behind) == by_source.height:
        return kept
    moved = _ACCESS_LINE & SOURCE.col.is_in(behind)
    return kept.with_columns(pl.when(moved).then(pl.lit(Hop.BACKEND.value)).otherwise(HOP.col).alias(HOP.name))
