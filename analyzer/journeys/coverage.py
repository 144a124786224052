"""Whether a log would show a request, had it come: only then is its silence evidence.

In: the joined journeys, and the families. Out: the rows that nginx's log, or the backend's, covers. The hard thing: to
say yes rarely enough. Of nginx: the log must tell of requests before and after, of this host's or this path's, through
this balancer's target where one is named, the config must log there, and the clocks must be comparable. The backend's
log must tell of requests of this kind that nginx passed to this very address, and about then.
"""

import polars as pl

from analyzer.journeys.balancers import by_end
from analyzer.journeys.matching import ROW
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    BACKEND_KIND,
    CLOCK_TOLERANCE,
    ERROR_AT,
    FIRST,
    HANDSHAKE,
    HOP,
    HOST,
    KIND,
    LAST,
    LB_TARGET,
    PATH_KEY,
    ROUTE_ACCESS_LOG,
    ROUTE_ADDRESS,
    ROUTE_LACKS,
    SOURCE,
    TIME,
    TIME_LACKS,
    Column,
    Hop,
    Kind,
)

_MARGIN_S = 5
_ABOUT = pl.duration(minutes=1)
_NAME = r"([^/!]*?)(?:\.[0-9]+|-[0-9]{8})?(?:\.gz|\.bz2|\.xz|\.zst)?$"  # of a log, rotated or not


def rows_covered_by_backend(joined: pl.DataFrame) -> pl.Series:
    """The rows (ROW) which the log of the backend that they were passed to would show, had they arrived there.

    A handshake without its headers arrives as a plain request; what logs only the one kind covers only that.
    """
    arrives_plain = ~HANDSHAKE.col.fill_null(value=False) | (ROUTE_LACKS.col.list.len() > 0).fill_null(value=False)
    kinds = joined.with_columns(arrives_plain.alias("plain"), (BACKEND_KIND.col == Kind.REQUEST).alias("told plain"))
    shown = kinds.filter(BACKEND_AT.col.is_not_null(), ACCESS_AT.col.is_not_null() | ERROR_AT.col.is_not_null())
    told = shown.group_by(ROUTE_ADDRESS.name, pl.col("told plain").alias("plain")).agg(
        TIME.col.min().alias(FIRST.name), TIME.col.max().alias(LAST.name)
    )
    beside = kinds.join(told, on=[ROUTE_ADDRESS.name, "plain"], nulls_equal=True)
    about_then = TIME.col.is_between(FIRST.col - _ABOUT, LAST.col + _ABOUT).fill_null(value=True)
    return beside.filter(about_then)[ROW]


def rows_covered_by_nginx(journeys: pl.DataFrame, families: pl.DataFrame) -> pl.Series:
    """The rows (ROW) of which nginx tells nothing although one of its access logs covers their moment."""
    seen = journeys.filter(ACCESS_AT.col.is_not_null()).with_columns(
        ACCESS_AT.col.struct.field("source").alias(SOURCE.name)
    )
    silent = by_end(journeys.filter(ACCESS_AT.col.is_null(), ERROR_AT.col.is_null(), _comparable()))
    asked = silent.select(ROW, HOST.name, PATH_KEY.name, LB_TARGET.name, ROUTE_ACCESS_LOG.name, TIME.name, _margin())
    logs = _windows(seen, families)
    within = asked.join(logs, how="cross").filter(
        FIRST.col <= TIME.col - pl.col("margin"), LAST.col >= TIME.col + pl.col("margin"), _logged_there(logs)
    )
    of_balancer = _told(within, seen, LB_TARGET)
    of_client = pl.concat([_told(within, seen, HOST), _told(within, seen, PATH_KEY)])
    named = LB_TARGET.col.is_not_null()
    covered = pl.concat([of_balancer, of_client.filter(~named)])
    return covered[ROW].unique()


def _comparable() -> pl.Expr:
    return TIME.col.is_not_null() & TIME_LACKS.col.is_null()


def _margin() -> pl.Expr:
    return pl.duration(seconds=_MARGIN_S + CLOCK_TOLERANCE.col.fill_null(0)).alias("margin")


def _windows(seen: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """From when to when each access log tells of requests."""
    access = families.filter(KIND.col == Kind.REQUEST, HOP.col == Hop.NGINX, FIRST.col.is_not_null())
    times = access.group_by(SOURCE.name).agg(FIRST.col.min(), LAST.col.max())
    return times.filter(SOURCE.col.is_in(seen[SOURCE.name].unique().implode()))


def _told(asked: pl.DataFrame, seen: pl.DataFrame, column: Column) -> pl.DataFrame:
    """The rows whose value of this column the log knows from another request."""
    known = seen.select(SOURCE.name, column.name).drop_nulls().unique()
    return asked.join(known, on=[SOURCE.name, column.name], how="semi")


def _logged_there(logs: pl.DataFrame) -> pl.Expr:
    """By the config, the request would stand in this log, or the config does not tell which log this file is."""
    log = ROUTE_ACCESS_LOG.col
    names = logs.select(SOURCE.col.str.extract(_NAME, 1)).to_series().to_list()
    own = log.str.split(" ").list.first().str.extract(_NAME, 1)
    another = own.is_in(names) & (own != SOURCE.col.str.extract(_NAME, 1))
    return log.is_null() | ~((log == "off") | log.str.contains(" if=", literal=True) | another)
