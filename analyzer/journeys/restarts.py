"""Failures that a restart explains: a backend was away for seconds, and the same worked again right after.

In: the judged journeys and the families' counts. Out: the journeys; nobody wanted those that a restart took along. The
hard thing is to tell a restart from a backend that dies again and again: a restart stands alone, and what comes after
it works. An error log alone shows nothing that works: where it goes on for long without them, that is a guess.
"""

import polars as pl

from analyzer.rule import DIALLED, MISSED
from analyzer.schema import (
    ANSWERED_BY,
    CLIENT_STATUS,
    COUNT,
    HOP,
    HOST,
    JOURNEY,
    KEPT,
    LAST,
    MESSAGE,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    STATUS,
    TIME,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_AWAY_S, _BACK_WITHIN_S, _APART_S = 15, 60, 600
_BAD_GATEWAY, _CLIENT_ERROR, _REDIRECT = 502, 400, 300
_GONE = (
    r"^(?:(?:kevent\(\) reported that )?connect\(\) |(?:recv|send|writev|readv)\(\) failed "
    r"|upstream prematurely closed |no live upstreams|\S+ could not be resolved )"
)
_BACKEND, _RUN, _BACK = "restarted backend", "run", "worked again"
_LAST_FAILED, _WORKED = "last failed journey", "journey that worked"


def without_restarts(journeys: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Take WANTED from the failures of a restart."""
    failed = _runs(journeys.filter(MISSED & _gone(), TIME.col.is_not_null()))
    spans = failed.group_by(_BACKEND, _RUN).agg(
        TIME.col.min().alias("first"), TIME.col.max().alias("last"), JOURNEY.col.max().alias(_LAST_FAILED)
    )
    short = spans.filter((pl.col("last") - pl.col("first")).dt.total_seconds() <= _AWAY_S)
    away = failed.join(short, on=[_BACKEND, _RUN])
    restarted = away.join(_worked_again(away, journeys, families), on=[_BACKEND, _RUN], how="semi")[JOURNEY.name]
    wanted = (
        pl.when(JOURNEY.col.is_in(restarted.implode())).then(pl.lit(None, dtype=pl.String))
        .when(JOURNEY.col.is_in(_over(away, journeys).implode())).then(pl.lit(Wanted.RETRIED.value))
        .otherwise(WANTED.col)
    )  # fmt: skip
    return journeys.with_columns(wanted.alias(WANTED.name))


def _gone() -> pl.Expr:
    status = pl.coalesce(STATUS.col, CLIENT_STATUS.col)
    return MESSAGE.col.str.contains(_GONE).fill_null(status == _BAD_GATEWAY).fill_null(value=False)


def _runs(failed: pl.DataFrame) -> pl.DataFrame:
    """Number the failures of one backend: a new run begins after a pause."""
    named = failed.with_columns(pl.coalesce(DIALLED, HOST.col, pl.lit("")).alias(_BACKEND)).sort(TIME.name)
    pause = (TIME.col.diff().over(_BACKEND).dt.total_seconds() > _APART_S).fill_null(value=False)
    return named.with_columns(pause.cast(pl.Int64).cum_sum().over(_BACKEND).alias(_RUN))


def _over(away: pl.DataFrame, journeys: pl.DataFrame) -> pl.Series:
    """The failures that end long before the logs do, where no log tells of anything that works."""
    works = journeys.select((OUTCOME.col == Outcome.OK).any()).item()
    until = pl.lit(journeys[TIME.name].max(), dtype=TIME.dtype) - pl.duration(seconds=_APART_S)
    return away.filter(pl.lit(not works), pl.col("last") < until)[JOURNEY.name]


def _redirected() -> pl.Expr:
    """A redirect, to https above all: nginx needs no backend for it."""
    return STATUS.col.is_between(_REDIRECT, _CLIENT_ERROR, closed="left").fill_null(value=False)


def _worked_again(away: pl.DataFrame, journeys: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """The runs after which one of their paths worked; of a success that was not kept, its family knows the last.

    Who asked the backend directly, past nginx, says nothing of what nginx got.
    """
    at_nginx = NGINX_SEEN.col == Seen.SEEN
    through = at_nginx | ~at_nginx.any()
    by_backend = ANSWERED_BY.col.ne_missing(Hop.NGINX) & ~_redirected()  # what is nginx's own works all the time
    worked = journeys.filter((OUTCOME.col == Outcome.OK) & through & by_backend).select(
        PATH_KEY.name, TIME.col.alias(_BACK), JOURNEY.col.alias(_WORKED)
    )
    counted = families.filter(HOP.col == Hop.NGINX, STATUS.col < _CLIENT_ERROR, ~_redirected(), COUNT.col > KEPT.col)
    lasts = counted.select(PATH_KEY.name, LAST.col.alias("last success"))
    kept = away.join(worked, on=PATH_KEY.name).filter(
        pl.col(_BACK).is_between(pl.col("last"), pl.col("last") + pl.duration(seconds=_BACK_WITHIN_S)),
        pl.col(_WORKED) > pl.col(_LAST_FAILED),  # in the same second the order of the lines counts
    )
    beyond = away.join(lasts, on=PATH_KEY.name).filter(pl.col("last success") > pl.col("last"))
    return pl.concat([kept.select(_BACKEND, _RUN), beyond.select(_BACKEND, _RUN)])
