"""How far the requests of each path came: the whole outage in one table.

In: `Journeys`. Out: a row per path family, with how many of its requests came to each hop and how many were served. The
hard thing is that no record is no absence: where no log covers a hop, what came there is not known, and is not zero.
"""

import polars as pl

from analyzer.journeys import Journeys
from analyzer.overflow import WEIGHT, weighted
from analyzer.redaction import Redaction
from analyzer.report.figures import Reach, ReachRow
from analyzer.schema import (
    ANSWERED_BY,
    OUTCOME,
    PATH_KEY,
    SEEN_BY,
    WANTED,
    Hop,
    Outcome,
    Seen,
)

_ROWS = 1000  # more paths are a scanner's
_SERVED, _ASKED, _MISSED = "served", "asked", "missed"


def reach_of(journeys: Journeys, shown: Redaction) -> Reach | None:
    """Count, by path family, what came to each hop that some log tells of; None where no path is told of."""
    table = weighted(journeys.journeys.filter(PATH_KEY.col.is_not_null()), journeys.counted)
    hops = [hop for hop, column in SEEN_BY.items() if (table[column.name] == Seen.SEEN).any()]
    if not hops:
        return None
    counts = table.group_by(PATH_KEY.name).agg(
        _count(pl.lit(value=True)).alias(_ASKED),
        _count(OUTCOME.col == Outcome.OK).alias(_SERVED),
        _count((OUTCOME.col == Outcome.FAILED) & WANTED.col.is_not_null()).alias(_MISSED),
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


def _count(condition: pl.Expr) -> pl.Expr:
    return pl.col(WEIGHT).filter(condition).sum().round().cast(pl.Int64)


def _came_to(hop: Hop) -> pl.Expr:
    """How many came to a hop, or to one behind it; null where of some of them no log says so."""
    behind = list(SEEN_BY.values())[list(SEEN_BY).index(hop) :]
    answered = (ANSWERED_BY.col == Hop.BACKEND).fill_null(value=False)  # its log may tell of handshakes alone
    came = pl.any_horizontal(answered, *(column.col == Seen.SEEN for column in behind))
    served = (OUTCOME.col == Outcome.OK) & ANSWERED_BY.col.is_null()
    untold = (~came & (served | (SEEN_BY[hop].col == Seen.UNKNOWN))).any()
    return pl.when(~untold).then(_count(came)).alias(hop.value)
