"""Which journey the words that are a sign of a cause belong to.

In: the journeys, and the events with SIGNS. Out: the signs, a row per record and cause: EVENTS with JOURNEY and CAUSE.
The hard thing is that programs say what happened on a line of its own, beside the one that names the request; and that
many a sign belongs to no request at all: those get a number of their own, below zero.
"""

from typing import Literal

import polars as pl

from analyzer.schema import (
    CAUSE,
    FORMAT,
    HOP,
    JOURNEY,
    LAST_LINE,
    LINE,
    OUTCOME,
    PLACES,
    SIGNS,
    SOURCE,
    TARGET,
    TIME,
    TIME_LACKS,
    Column,
    Hop,
    Outcome,
)

_LINES_BESIDE, _SECONDS_BESIDE = 6, 5
_RECORD = [SOURCE.name, LINE.name]
_TIMED = [TIME.name, TIME_LACKS.name, FORMAT.name]


def signs_told(journeys: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Every sign of the bundle with the journey it tells of; of several failed ones beside it, the nearest."""
    records = kept.filter(SIGNS.col.is_not_null()).sort(SOURCE.name, LINE.name)
    places = _places(journeys)
    owned = records.join(places.select(*_RECORD, JOURNEY.name).unique(_RECORD, keep="first"), on=_RECORD, how="left")
    of_record = kept.select(*_RECORD, LAST_LINE.name, *_TIMED, TARGET.name)
    timed = places.filter(OUTCOME.col != Outcome.OK).join(of_record, on=_RECORD)
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
    Where a backend names it, that request goes before a nearer one.
    """
    by_nginx, named = HOP.col == Hop.NGINX, TARGET.col.is_not_null()
    names_it = named & HOP.col.is_in([Hop.NGINX, Hop.CLIENT])
    request = [SOURCE.name, TARGET.name]
    same = _nearest(signs.filter(names_it), requests, request)
    others = signs.filter(~names_it & ~by_nginx)
    said = _nearest(others.filter(named), requests, request, within=_LINES_BESIDE)
    near = _nearest(others.join(said, on=_RECORD, how="anti"), requests, [SOURCE.name], within=_LINES_BESIDE)
    return pl.concat([same, said, near])


def _nearest(signs: pl.DataFrame, requests: pl.DataFrame, by: list[str], within: int | None = None) -> pl.DataFrame:
    """The request before a sign or after it, whichever is fewer lines away: a traceback's lines are the sign's own."""
    if signs.is_empty():
        return signs.select(*_RECORD, JOURNEY.col.alias("beside"))
    left = signs.select(*dict.fromkeys([*_RECORD, LAST_LINE.name, *_TIMED, *by]))
    sides = (
        _next_to(left, requests, by, within, (LAST_LINE, LINE, "forward")),
        _next_to(left, requests, by, within, (LINE, LAST_LINE, "backward")),
    )
    near = pl.concat(sides).sort("away", maintain_order=True).unique(_RECORD, keep="first", maintain_order=True)
    return near.select(*_RECORD, "beside")


def _next_to(
    left: pl.DataFrame,
    requests: pl.DataFrame,
    by: list[str],
    within: int | None,
    ends: tuple[Column, Column, Literal["forward", "backward"]],
) -> pl.DataFrame:
    own, others, strategy = ends
    times = (pl.col(name).alias(f"other {name}") for name in _TIMED)
    right = requests.select(*by, others.col.alias("end"), JOURNEY.col.alias("beside"), *times).sort("end")
    near = left.sort(own.name).join_asof(
        right, left_on=own.name, right_on="end", by=by, strategy=strategy, tolerance=within,
        check_sortedness=False, coalesce=False,
    )  # fmt: skip
    away = (pl.col("end") - own.col).abs().alias("away")
    return near.filter(pl.col("beside").is_not_null(), _soon()).select(*_RECORD, "beside", away)


def _soon() -> pl.Expr:
    """Within seconds, where both times stand by one clock: two loggers of a process may write two zones."""
    apart = (TIME.col - pl.col(f"other {TIME.name}")).dt.total_seconds().abs()
    settled = TIME_LACKS.col.is_null() & pl.col(f"other {TIME_LACKS.name}").is_null()
    one_clock = settled | (FORMAT.col == pl.col(f"other {FORMAT.name}"))
    return ((apart <= _SECONDS_BESIDE) | ~one_clock).fill_null(value=True)
