"""A path that works and is written almost like the one that failed: in case, by a slash at the end or one too many.

In: the judged journeys. Out: the same with NEAR_PATH. The hard thing is to mean the same host and the same kind: of a
handshake only a path on which handshakes open counts.
"""

import polars as pl

from analyzer.schema import HANDSHAKE, HOST, NEAR_PATH, OUTCOME, PATH, Outcome

_SPELLING, _OPENED_PATHS = "spelling", "paths that opened"


def with_near_path(journeys: pl.DataFrame) -> pl.DataFrame:
    """Fill NEAR_PATH for failed handshakes, and for what may be one and differs by its capitals only."""
    spelled = journeys.with_columns(_spelling())
    handshake = HANDSHAKE.col.fill_null(value=False)
    opened = spelled.filter(handshake, OUTCOME.col == Outcome.OK, PATH.col.is_not_null())
    near = opened.group_by(HOST.name, _SPELLING).agg(
        PATH.col.first().alias(NEAR_PATH.name), PATH.col.unique().alias(_OPENED_PATHS)
    )
    beside = spelled.join(near, on=[HOST.name, _SPELLING], how="left", nulls_equal=True, maintain_order="left")
    capitals = HANDSHAKE.col.is_null() & (PATH.col.str.to_lowercase() == NEAR_PATH.col.str.to_lowercase())
    failed = (handshake | capitals) & (OUTCOME.col == Outcome.FAILED) & ~PATH.col.is_in(pl.col(_OPENED_PATHS))
    return beside.with_columns(pl.when(failed.fill_null(value=False)).then(NEAR_PATH.col).alias(NEAR_PATH.name)).drop(
        _OPENED_PATHS, _SPELLING
    )


def _spelling() -> pl.Expr:
    """A path without what people get wrong: capitals, slashes too many, a blank or a slash at the end."""
    single = PATH.col.str.to_lowercase().str.replace_all(r"/{2,}", "/")
    return single.str.replace(r"(?:/|%20|\s)+$", "").alias(_SPELLING)
