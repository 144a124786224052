"""For how long each WebSocket stayed open, in seconds.

In: the journeys and the events. Out: the journeys with LIFETIME. nginx logs a 101 when the connection ends, with its
duration; a client and a backend tell an opening and an end, each with its time. The hard thing is which end belongs to
which opening: one that names no path is that of the socket that has been open longest. What ended in good order was
not cut.
"""

import polars as pl

from analyzer.rule import TOOK
from analyzer.schema import (
    BACKEND_AT,
    CLIENT_AT,
    CLOSE_CODE,
    HOP,
    KIND,
    LIFETIME,
    LINE,
    SOURCE,
    STATUS,
    TARGET,
    TIME,
    Column,
    Hop,
    Kind,
)

_SWITCHING_PROTOCOLS = 101
_IN_GOOD_ORDER = (1000, 1001)  # RFC 6455, 7.4.1
_OPENINGS = (Kind.OPENED, Kind.HANDSHAKE_ACCEPTED)
_PLACES = {Hop.CLIENT: CLIENT_AT, Hop.BACKEND: BACKEND_AT}
_OPEN_FOR, _ENDED, _WHICH = "open for", "ended", "which"


def with_lifetimes(journeys: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Fill LIFETIME."""
    spans = _spans(kept.filter(HOP.col.is_in(list(_PLACES)), TIME.col.is_not_null()))
    told = journeys
    for hop, column in _PLACES.items():
        told = _joined(told, spans.filter(HOP.col == hop), column)
    at_nginx = pl.when(STATUS.col == _SWITCHING_PROTOCOLS).then(TOOK)
    lifetime = pl.coalesce(at_nginx, *(pl.col(_name(column)) for column in _PLACES.values()))
    return told.with_columns(lifetime.alias(LIFETIME.name)).drop(_name(column) for column in _PLACES.values())


def _spans(told: pl.DataFrame) -> pl.DataFrame:
    """Each opening with the end that belongs to it, in the order in which they came."""
    opened = _counted(told.filter(KIND.col.is_in(_OPENINGS)))
    ended = _counted(told.filter(KIND.col == Kind.CLOSED)).select(
        SOURCE.name, TARGET.name, _WHICH, TIME.col.alias(_ENDED), CLOSE_CODE.name
    )
    unnamed = ended.filter(TARGET.col.is_null()).drop(TARGET.name)
    by_path = opened.drop(CLOSE_CODE.name).join(ended, on=[SOURCE.name, TARGET.name, _WHICH])
    in_order = opened.drop(CLOSE_CODE.name, _WHICH).with_columns(
        pl.int_range(pl.len()).over(SOURCE.name).alias(_WHICH)
    ).join(unnamed, on=[SOURCE.name, _WHICH])  # fmt: skip
    both = pl.concat([by_path.select(in_order.columns), in_order])
    cut = both.filter(~CLOSE_CODE.col.is_in(_IN_GOOD_ORDER).fill_null(value=False), pl.col(_ENDED) >= TIME.col)
    seconds = (pl.col(_ENDED) - TIME.col).dt.total_milliseconds() / 1000
    return cut.with_columns(seconds.alias(_OPEN_FOR)).unique([SOURCE.name, LINE.name], keep="first")


def _counted(told: pl.DataFrame) -> pl.DataFrame:
    ordered = told.sort(SOURCE.name, LINE.name)
    return ordered.with_columns(pl.int_range(pl.len()).over(SOURCE.name, TARGET.name).alias(_WHICH))


def _joined(journeys: pl.DataFrame, spans: pl.DataFrame, column: Column) -> pl.DataFrame:
    at = spans.select(
        pl.struct(SOURCE.col.alias("source"), LINE.col.alias("line")).alias("at"),
        pl.col(_OPEN_FOR).alias(_name(column)),
    )
    place = pl.struct(column.col.struct.field("source"), column.col.struct.field("line")).alias("at")
    return journeys.with_columns(place).join(at, on="at", how="left", maintain_order="left").drop("at")


def _name(column: Column) -> str:
    return f"{_OPEN_FOR} by {column.name}"
