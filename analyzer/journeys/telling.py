"""Which journey the words that are a sign of a cause belong to.

In: the journeys, and the events with SIGNS. Out: the signs, a row per record and cause: EVENTS with JOURNEY and CAUSE.
The hard thing is that programs say what happened on a line of its own, beside the one that names the request; and that
many a sign belongs to no request at all: those get a number of their own, below zero.
"""

import polars as pl

from analyzer.schema import (
    CAUSE,
    HOP,
    JOURNEY,
    LINE,
    OUTCOME,
    PLACES,
    SIGNS,
    SOURCE,
    TARGET,
    TIME,
    Hop,
    Outcome,
)

_LINES_BESIDE, _SECONDS_BESIDE = 6, 5
_RECORD = [SOURCE.name, LINE.name]


def signs_told(journeys: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Every sign of the bundle with the journey it tells of; of several failed ones beside it, the nearest."""
    records = kept.filter(SIGNS.col.is_not_null()).sort(SOURCE.name, LINE.name)
    places = _places(journeys)
    owned = records.join(places.select(*_RECORD, JOURNEY.name).unique(_RECORD, keep="first"), on=_RECORD, how="left")
    timed = places.filter(OUTCOME.col != Outcome.OK).join(kept.select(*_RECORD, TIME.name, TARGET.name), on=_RECORD)
    beside = _beside(owned.filter(JOURNEY.col.is_null()), timed.unique(_RECORD, keep="first"))
    alone = -1 - pl.int_range(pl.len(), dtype=pl.Int64)
    told = owned.join(beside, on=_RECORD, how="left", maintain_order="left").with_columns(
        pl.coalesce(JOURNEY.col, "beside", alone).alias(JOURNEY.name)
    )
    each = told.drop("beside").with_columns(SIGNS.col.str.split(" ").alias(CAUSE.name))
    return each.explode(CAUSE.name)


def _places(journeys: pl.DataFrame) -> pl.DataFrame:
    """Every record that belongs to a journey: (SOURCE, LINE, JOURNEY, OUTCOME)."""
    return pl.concat(
        journeys.select(
            column.col.struct.field("source").alias(SOURCE.name),
            column.col.struct.field("line").alias(LINE.name),
            JOURNEY.name,
            OUTCOME.name,
        )
        for column in PLACES
    ).drop_nulls(LINE.name)


def _beside(signs: pl.DataFrame, requests: pl.DataFrame) -> pl.DataFrame:
    """(SOURCE, LINE) of a sign with the journey it stands beside.

    nginx and browsers name the request on the line itself: there another line of the same request is meant, or none.
    """
    by_nginx, named = HOP.col == Hop.NGINX, TARGET.col.is_not_null()
    names_it = named & HOP.col.is_in([Hop.NGINX, Hop.CLIENT])
    same = _nearest(signs.filter(names_it), requests, [SOURCE.name, TARGET.name])
    near = _nearest(signs.filter(~names_it & ~by_nginx), requests, [SOURCE.name], within=_LINES_BESIDE)
    return pl.concat([same, near])


def _nearest(signs: pl.DataFrame, requests: pl.DataFrame, by: list[str], within: int | None = None) -> pl.DataFrame:
    left = signs.select(*dict.fromkeys([*_RECORD, TIME.name, *by])).sort(LINE.name)
    right = requests.select(
        *by, LINE.name, JOURNEY.col.alias("beside"), TIME.col.alias("other"), LINE.col.alias("at")
    ).sort(LINE.name)
    near = left.join_asof(right, on=LINE.name, by=by, strategy="nearest", tolerance=within, check_sortedness=False)
    apart = (TIME.col - pl.col("other")).dt.total_seconds().abs()
    soon = (apart <= _SECONDS_BESIDE).fill_null(value=True)
    return near.filter(pl.col("beside").is_not_null(), soon).select(*_RECORD, "beside")
