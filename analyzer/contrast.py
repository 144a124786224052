"""A failing journey beside a working one of the same server: what differs is the explanation people believe.

In: the journeys, one that failed, and its rule. Out: the working peer that is most alike, the rows that differ, and
what the config does with both.
"""

import polars as pl

from analyzer.journeys import Journeys
from analyzer.nginx import Route
from analyzer.paths import ASSET
from analyzer.quoting import Quotes
from analyzer.report.model import Contrast, Routing
from analyzer.report.routes import placed
from analyzer.rule import Rule
from analyzer.schema import (
    BACKEND_AT,
    BACKEND_SEEN,
    CLIENT,
    HANDSHAKE,
    HOST,
    JOURNEY,
    ORIGIN,
    OUTCOME,
    PATH,
    PATH_KEY,
    PLACE_OR_PATH,
    ROUTE,
    ROUTE_SERVER_AT,
    Outcome,
    Seen,
)
from analyzer.wording import Row, Values, place_in, say

_COMPARED = {
    "location": "nginx location",
    "proxy_pass": "proxy_pass",
    "lacks": "upgrade lacks",
    "backend_path": "path at the backend",
    "origin": "Origin",
    "answer": "answer",
    "backend_at": "in the backend's log",
}


def find_peer(journeys: pl.DataFrame, failed: Row, rule: Rule) -> Row | None:
    """The working journey most like the failed one; of the same kind if there is one. None where nothing worked."""
    same_path = PATH_KEY.col.eq_missing(pl.lit(failed[PATH_KEY.name], dtype=pl.String))
    other_origin = ORIGIN.col.is_not_null() & ORIGIN.col.ne_missing(pl.lit(failed[ORIGIN.name], dtype=pl.String))
    by_origin = ORIGIN in rule.apart
    likeness = (
        16 * (same_path & other_origin & pl.lit(by_origin)).fill_null(value=False).cast(pl.Int64)
        + 8 * HANDSHAKE.col.eq_missing(failed[HANDSHAKE.name] is not False).cast(pl.Int64)
        + 4 * (BACKEND_SEEN.col == Seen.SEEN).cast(pl.Int64)
        + 2 * HOST.col.eq_missing(failed[HOST.name]).cast(pl.Int64)
        + 2 * CLIENT.col.eq_missing(pl.lit(failed[CLIENT.name], dtype=pl.String)).cast(pl.Int64)
        + 1 * (ROUTE_SERVER_AT.col.struct.field("line").is_not_null()).cast(pl.Int64)
    )
    worked = journeys.filter(
        OUTCOME.col == Outcome.OK,
        ~same_path | (other_origin & pl.lit(by_origin)),
        HOST.col.is_null() | HOST.col.eq_missing(failed[HOST.name]) | pl.lit(failed[HOST.name] is None),
        ~PATH.col.str.contains(ASSET),
        PLACE_OR_PATH.col.ne_missing(pl.lit(failed[PLACE_OR_PATH.name], dtype=pl.String)) | pl.lit(by_origin),
        HANDSHAKE.col | (BACKEND_AT.col.is_not_null() & pl.lit(not by_origin)),
    )
    best = worked.sort(likeness, JOURNEY.col, descending=[True, False]).head(1)
    return best.row(0, named=True) if best.height else None


def draw_contrast(rule: Rule, values: Values, peer: Row | None, quotes: Quotes) -> Contrast | None:
    """Say what differs, in the rule's words and as rows."""
    sentence = say(rule.contrast, values) if peer is not None else None
    if peer is None or sentence is None:
        return None
    rows = [(words, values.get(name), values.get(f"peer_{name}")) for name, words in _COMPARED.items()]
    differing = tuple((words, own or "—", other or "—") for words, own, other in rows if own != other)
    place = place_in(peer, BACKEND_AT)
    told = (quotes.evidence(place, "the working path, as the backend logged it"),) if place else ()
    return Contrast(str(peer[PATH_KEY.name]), sentence, differing, told)


def lay_routes(failed: Row, peer: Row | None, journeys: Journeys) -> Routing | None:
    """Say what the config does with the failed request, and with the working one where there is one."""
    failing = _route_of(failed, journeys)
    return Routing(failing, _route_of(peer, journeys) if peer else None) if failing else None


def _route_of(row: Row, journeys: Journeys) -> Route | None:
    number = row[ROUTE.name]
    if journeys.config is None or not isinstance(number, int):
        return None
    return placed(journeys.routes[number], journeys.config)
