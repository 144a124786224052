"""How many of the requests arrive, now and with the patch; and what would have told somebody in time.

In: an incident's journeys and its rule. Out: `Arrivals` and a `Watch`. The hard thing is to promise no more than was
tried: without a tested patch there is no figure for afterwards.
"""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from analyzer.overflow import WEIGHT
from analyzer.report.model import Arrivals, Watch
from analyzer.rule import Rule
from analyzer.schema import HANDSHAKE, HOST, OUTCOME, PATH_KEY, TIME, TIME_LACKS, Hop, Outcome
from analyzer.wording import Row, Values, say

ALARM_AFTER, ALARM_WITHIN_S = 5, 300
"""The alert that is proposed: as many failures of one kind within so many seconds."""


def arrivals_of(rule: Rule, row: Row, paths: Sequence[str], mended: int, asked: pl.DataFrame) -> Arrivals | None:
    """Count those that somebody sent to these paths, and those that arrived; `mended`: how many a patch would let in.

    `asked` are all journeys with their WEIGHT; of handshakes only handshakes count. None where no path is known, and
    for what breaks after it has arrived.
    """
    if rule.hop == Hop.SESSION or row[PATH_KEY.name] is None:
        return None
    host = pl.lit(row[HOST.name], dtype=HOST.dtype)
    alike = asked.filter(
        PATH_KEY.col.is_in(paths),
        HOST.col.eq_missing(host) | HOST.col.is_null() | host.is_null(),
        HANDSHAKE.col.fill_null(value=True) | pl.lit(row[HANDSHAKE.name] is not True),
    )
    arrived, failed = (
        round(float(alike.filter(OUTCOME.col == outcome)[WEIGHT].sum())) for outcome in (Outcome.OK, Outcome.FAILED)
    )
    sent = arrived + failed
    return Arrivals(sent, arrived, min(sent, arrived + mended) if mended else None) if sent else None


def watch_for(rule: Rule, failed: pl.DataFrame, values: Values) -> Watch | None:
    """What would have caught it, in the rule's words; for a request the check asks for it as its client does."""
    alert = say(rule.watch, values)
    if alert is None:
        return None
    return Watch(alert, values.get("handshake_command"), _rings_at(failed))


def _rings_at(failed: pl.DataFrame) -> datetime | None:
    """When the alert would have rung first; None where that many failures never come together."""
    times = failed.filter(TIME_LACKS.col.is_null())[TIME.name].drop_nulls().sort()
    last_of = times.to_frame().select(
        TIME.col.filter((TIME.col - TIME.col.shift(ALARM_AFTER - 1)).dt.total_seconds() <= ALARM_WITHIN_S).min()
    )
    rings: datetime | None = last_of.item()
    return rings
