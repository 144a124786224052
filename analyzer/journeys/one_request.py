"""Neighbouring lines of a backend that tell of one request, made one attempt.

In: a backend's handshakes and its request lines. Out: the same, each request once. The hard thing is that a server
writes why it refused on a line without a path, and the path on the next without a reason; without times only their
places tell that they belong together.
"""

import polars as pl

from analyzer.schema import (
    CLIENT,
    DURATION,
    HOST,
    KIND,
    LINE,
    METHOD,
    PATH,
    PATH_KEY,
    PROTOCOL,
    SOURCE,
    START,
    STATUS,
    TARGET,
    TIME,
    Kind,
)

_BESIDE, _SECONDS = 2, 1
_REFUSED = (400, 499)
_FROM_REQUEST = (METHOD, TARGET, PATH, PATH_KEY, HOST, PROTOCOL, CLIENT, STATUS, TIME, START)


def told_once(requests: pl.DataFrame) -> pl.DataFrame:
    """Drop a request that the next lines tell again with its duration: tornado warns of it before it logs it."""
    ordered = requests.sort(SOURCE.name, LINE.name)
    same = pl.all_horizontal(
        column.col.eq_missing(column.col.shift(-1)) for column in (SOURCE, METHOD, TARGET, STATUS)
    ) & ((LINE.col.shift(-1) - LINE.col) <= _BESIDE)
    again = DURATION.col.is_null() & DURATION.col.shift(-1).is_not_null()
    return ordered.filter(~(same & again & _at_once(TIME.col, TIME.col.shift(-1))).fill_null(value=False))


def with_requests_beside(
    handshakes: pl.DataFrame, requests: pl.DataFrame, asked: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give a refused handshake that names no path the refused request beside it, which is one no more.

    `asked` are lines that only tell that a request came, as Rails' `Started GET`.
    """
    nameless = TARGET.col.is_null() & KIND.col.is_in([Kind.UPGRADE_MISSING, Kind.ORIGIN_REJECTED])
    facts = [column for column in _FROM_REQUEST if column.name in requests.columns]
    told = [requests.filter(STATUS.col.is_between(*_REFUSED)), asked.filter(TARGET.col.is_not_null())]
    paths = pl.concat(told, how="diagonal_relaxed").select(
        SOURCE.name, LINE.name, LINE.col.alias("at"), *(column.col.alias(f"{column.name} beside") for column in facts)
    )
    beside = (
        handshakes.filter(nameless)
        .sort(LINE.name)
        .join_asof(
            paths.sort(LINE.name), on=LINE.name, by=SOURCE.name, strategy="nearest", tolerance=_BESIDE,
            check_sortedness=False,
        )
        .filter(pl.col("at").is_not_null(), _at_once(TIME.col, pl.col(f"{TIME.name} beside")), _one_answer())
        .unique([SOURCE.name, "at"], keep="first", maintain_order=True)
    )  # fmt: skip
    if beside.is_empty():
        return handshakes, requests
    named = beside.with_columns(pl.coalesce(column.col, f"{column.name} beside").alias(column.name) for column in facts)
    others = handshakes.join(beside, on=[SOURCE.name, LINE.name], how="anti")
    left = requests.join(beside, left_on=[SOURCE.name, LINE.name], right_on=[SOURCE.name, "at"], how="anti")
    return pl.concat([others, named.select(handshakes.columns)]), left


def _one_answer() -> pl.Expr:
    """A handshake whose answer is known is no request that got another one."""
    return (STATUS.col == pl.col(f"{STATUS.name} beside")).fill_null(value=True)


def _at_once(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether two lines may tell of one moment: no time says otherwise."""
    return ((one - other).dt.total_seconds().abs() <= _SECONDS).fill_null(value=True)
