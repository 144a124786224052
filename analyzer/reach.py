"""How far the requests of each path came: the whole outage in one table.

In: `Journeys`. Out: a row per path family, with how many of its requests came to each hop and how many were served. The
hard thing is that no record is no absence: where no log covers a hop, what came there is not known, and is not zero.
"""

import polars as pl

from analyzer.journeys import Journeys
from analyzer.redaction import Redaction
from analyzer.report.model import Reach, ReachRow
from analyzer.schema import (
    ANSWERED_BY,
    BACKEND_SEEN,
    CLIENT_SEEN,
    COUNT,
    KEPT,
    LB_SEEN,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    SOURCE,
    STATUS,
    WANTED,
    Hop,
    Outcome,
    Seen,
)

_SEEN_BY = {Hop.CLIENT: CLIENT_SEEN, Hop.LOAD_BALANCER: LB_SEEN, Hop.NGINX: NGINX_SEEN, Hop.BACKEND: BACKEND_SEEN}
_ROWS = 12
_WEIGHT, _SERVED, _ASKED, _MISSED = "weight", "served", "asked", "missed"


def reach_of(journeys: Journeys, shown: Redaction) -> Reach | None:
    """Count, by path family, what came to each hop that some log tells of; None where no path is told of."""
    table = _weighted(journeys.journeys.filter(PATH_KEY.col.is_not_null()), journeys.families)
    hops = [hop for hop, column in _SEEN_BY.items() if (table[column.name] == Seen.SEEN).any()]
    if not hops:
        return None
    counts = table.group_by(PATH_KEY.name).agg(
        pl.col(_WEIGHT).sum().round().cast(pl.Int64).alias(_ASKED),
        _sum(OUTCOME.col == Outcome.OK, _SERVED),
        _sum((OUTCOME.col == Outcome.FAILED) & WANTED.col.is_not_null(), _MISSED),
        *(_came_to(hop) for hop in hops),
    )
    ranked = counts.sort(_MISSED, _ASKED, PATH_KEY.name, descending=[True, True, False])
    rows = tuple(
        ReachRow(
            shown.text(row[PATH_KEY.name]),
            row[_ASKED],
            tuple(row[hop.value] for hop in hops),
            served=row[_SERVED],
            missed=row[_MISSED],
        )
        for row in ranked.head(_ROWS).iter_rows(named=True)
    )
    return Reach(tuple(hops), rows, max(0, ranked.height - _ROWS))


def _weighted(journeys: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Let the kept requests of a path and status stand for those that were counted and not kept."""
    alike = [PATH_KEY.name, STATUS.name]
    beyond = (
        families.filter(COUNT.col > KEPT.col)
        .group_by(SOURCE.name, *alike)
        .agg((COUNT.col - KEPT.col).sum().alias("beyond"))
        .group_by(alike)
        .agg(pl.col("beyond").max())
    )
    more = pl.col("beyond").fill_null(0) / pl.len().over(alike)
    return journeys.join(beyond, on=alike, how="left", nulls_equal=True).with_columns((1 + more).alias(_WEIGHT))


def _sum(condition: pl.Expr, name: str) -> pl.Expr:
    return pl.col(_WEIGHT).filter(condition).sum().round().cast(pl.Int64).alias(name)


def _came_to(hop: Hop) -> pl.Expr:
    """How many came to a hop, or to one behind it; null where some did not and no log says so."""
    behind = list(_SEEN_BY.values())[list(_SEEN_BY).index(hop) :]
    answered = (ANSWERED_BY.col == Hop.BACKEND).fill_null(value=False)  # its log may tell of handshakes alone
    came = pl.any_horizontal(answered, *(column.col == Seen.SEEN for column in behind))
    served = (OUTCOME.col == Outcome.OK) & ANSWERED_BY.col.is_null()
    untold = (~came & (served | (_SEEN_BY[hop].col == Seen.UNKNOWN))).any()
    return (
        pl.when(~untold | came.any()).then(pl.col(_WEIGHT).filter(came).sum().round().cast(pl.Int64)).alias(hop.value)
    )
