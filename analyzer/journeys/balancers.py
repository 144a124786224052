"""The load balancer's attempts, and which record of nginx each of them is.

In: the events, and nginx's attempts. Out: nginx's attempts with what the load balancer tells of them, and those that
only the load balancer tells of. The hard thing: one stamps the begin and the other the end, so they are compared by
the end; and a balancer's own answer is no answer of nginx's.
"""

import polars as pl

from analyzer.journeys.attempts import OPENED, dialled, place
from analyzer.journeys.matching import LEFT, RIGHT, ROW, Match, match, nearest, numbered
from analyzer.schema import (
    CLIENT,
    CLIENT_PORT,
    DURATION,
    ENDING,
    FORMAT,
    HANDSHAKE,
    HOP,
    HOST,
    KIND,
    LB_ANSWERED,
    LB_AT,
    LB_ENDING,
    LB_FORMAT,
    LB_SAYS,
    LB_STATUS,
    LB_TARGET,
    MESSAGE,
    METHOD,
    PORT,
    SCHEME,
    STATUS,
    TARGET,
    TIME,
    TIME_MARKS,
    UPGRADE,
    UPSTREAM_ADDR,
    UPSTREAM_STATUS,
    USER_AGENT,
    Column,
    Hop,
    Kind,
)

_SWITCHING_PROTOCOLS = 101
_NONE = ("-", "", "0")
_NOBODY = UPSTREAM_ADDR.col.is_in(_NONE)  # a log that names no peer at all, of any request, does not tell

_TO_NGINX: tuple[Match, ...] = (
    nearest(METHOD, TARGET, STATUS, within_seconds=2),
    nearest(METHOD, TARGET, STATUS, within_seconds=30),
    nearest(METHOD, TARGET, within_seconds=5),  # one gave up on the other: 504 here, 499 or 200 there
)
_TOLD: tuple[Column, ...] = (LB_AT, LB_STATUS, LB_TARGET, LB_SAYS, LB_ENDING, LB_FORMAT, LB_ANSWERED)
_FILLED: tuple[Column, ...] = (HOST, SCHEME, PORT, USER_AGENT)
_NEARER: tuple[Column, ...] = (CLIENT, CLIENT_PORT)


def by_end(attempts: pl.DataFrame) -> pl.DataFrame:
    """The same attempts with the moment of their end as TIME, for comparing; where that is unknown, of their begin."""
    ended = TIME.col + pl.duration(microseconds=DURATION.col.fill_null(0))
    return attempts.with_columns(pl.when(TIME_MARKS.col == "start").then(ended).otherwise(TIME.col).alias(TIME.name))


def balancer_attempts(events: pl.DataFrame) -> pl.DataFrame:
    """Every request that a load balancer tells of."""
    rows = events.filter(HOP.col == Hop.LOAD_BALANCER, KIND.col == Kind.REQUEST, TARGET.col.is_not_null())
    opened = STATUS.col == _SWITCHING_PROTOCOLS
    upgraded = opened | (UPGRADE.col.str.to_lowercase() == "websocket")
    told = rows.with_columns(
        place(LB_AT),
        STATUS.col.alias(LB_STATUS.name),
        pl.when(~_NOBODY).then(UPSTREAM_ADDR.col).alias(LB_TARGET.name),
        MESSAGE.col.alias(LB_SAYS.name),
        ENDING.col.alias(LB_ENDING.name),
        FORMAT.col.alias(LB_FORMAT.name),
        pl.coalesce(UPSTREAM_STATUS.col.is_in(_NONE) | _NOBODY.fill_null(value=False), _NOBODY).alias(LB_ANSWERED.name),
        dialled(),
        opened.alias(OPENED),
        upgraded.replace({False: None}).alias(HANDSHAKE.name),
    )
    return numbered(told.drop(UPSTREAM_ADDR.name, UPSTREAM_STATUS.name, MESSAGE.name, ENDING.name))


def behind_balancers(balancers: pl.DataFrame, nginx: pl.DataFrame) -> pl.DataFrame:
    """nginx's attempts as the client met them: through the load balancer, where one tells of it."""
    pairs = match(by_end(balancers), by_end(nginx), _TO_NGINX)
    others = {column.name: f"balancer's {column.name}" for column in (*_FILLED, *_NEARER)}
    told = balancers.select(
        pl.col(ROW).alias(LEFT), *(c.name for c in _TOLD), *(pl.col(n).alias(o) for n, o in others.items())
    )
    joined = nginx.join(pairs, left_on=ROW, right_on=RIGHT, how="left").join(told, on=LEFT, how="left")
    seen = joined.with_columns(
        *(pl.coalesce(c.name, others[c.name]).alias(c.name) for c in _FILLED),
        *(pl.coalesce(others[c.name], c.name).alias(c.name) for c in _NEARER),
    ).drop(LEFT, *others.values())
    alone = balancers.join(pairs, left_on=ROW, right_on=LEFT, how="anti")
    return numbered(pl.concat([seen, alone], how="diagonal_relaxed"))
