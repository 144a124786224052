"""A failing journey beside a working one of the same server: what differs is the explanation people believe.

In: the journeys, one that failed, and its rule. Out: the working peer that is most alike, the rows that differ, and
what the config does with both.
"""

import polars as pl

from analyzer.journeys import Journeys
from analyzer.nginx import Route
from analyzer.paths import ASSET
from analyzer.quoting import Quotes
from analyzer.report.beside import UNKNOWN
from analyzer.report.model import Contrast, Routing
from analyzer.report.routes import placed
from analyzer.rule import Rule
from analyzer.said import said
from analyzer.schema import (
    BACKEND_AT,
    BACKEND_SEEN,
    CLIENT,
    CLIENT_STATUS,
    HANDSHAKE,
    HOST,
    JOURNEY,
    NEAR_PATH,
    NGINX_SEEN,
    ORIGIN,
    OUTCOME,
    PATH,
    PATH_KEY,
    PLACE_OR_PATH,
    ROUTE,
    ROUTE_OUTCOME,
    ROUTE_SERVER_AT,
    UPSTREAM_ADDR,
    Outcome,
    Seen,
)
from analyzer.wording import Row, Values, place_in, say

_COMPARED = {
    "location": said("nginx location"),
    "proxy_pass": "proxy_pass",
    "lacks": said("upgrade lacks"),
    "backend_path": said("path at the backend"),
    "origin": "Origin",
    "answer": said("answer"),
    "backend_at": said("in the backend's log"),
}


def find_peer(journeys: pl.DataFrame, failed: Row, rule: Rule) -> Row | None:
    """The working journey most like the failed one: spelled almost alike, or by another location and of the same kind.

    None where nothing worked that a backend answers.
    """
    same_path = PATH_KEY.col.eq_missing(pl.lit(failed[PATH_KEY.name], dtype=pl.String))
    other_place = PLACE_OR_PATH.col.ne_missing(pl.lit(failed[PLACE_OR_PATH.name], dtype=pl.String))
    other_origin = ORIGIN.col.is_not_null() & ORIGIN.col.ne_missing(pl.lit(failed[ORIGIN.name], dtype=pl.String))
    by_origin = pl.lit(ORIGIN in rule.apart)
    alike = (
        PATH.col == pl.lit(failed[NEAR_PATH.name], dtype=pl.String),
        same_path & other_origin & by_origin,
        other_place,
        HANDSHAKE.col.eq_missing(failed[HANDSHAKE.name] is not False),
        BACKEND_SEEN.col == Seen.SEEN,
        HOST.col.eq_missing(failed[HOST.name]),
        CLIENT.col.eq_missing(pl.lit(failed[CLIENT.name], dtype=pl.String)),
        ROUTE_SERVER_AT.col.struct.field("line").is_not_null(),
    )
    worked = journeys.filter(
        OUTCOME.col == Outcome.OK,
        ~same_path | (other_origin & by_origin),
        HOST.col.is_null() | HOST.col.eq_missing(failed[HOST.name]) | pl.lit(_came_nowhere(failed)),
        ~PATH.col.str.contains(ASSET),
        HANDSHAKE.col | (_came_to_a_backend() & ~by_origin),
    )
    ranked = [one.fill_null(value=False) for one in alike]
    best = worked.sort(*ranked, JOURNEY.col, descending=[True] * len(ranked) + [False]).head(1)
    return best.row(0, named=True) if best.height else None


def elsewhere(peer: Row | None, failed: Row) -> Row | None:
    """The peer if another location takes it, which can be a pattern for the failed one's."""
    return peer if peer is not None and peer[PLACE_OR_PATH.name] != failed[PLACE_OR_PATH.name] else None


def _came_nowhere(failed: Row) -> bool:
    """Whether its host is unknown or nobody there heard of it: then what works at another host is a contrast too."""
    unheard = failed[NGINX_SEEN.name] != Seen.SEEN and failed[CLIENT_STATUS.name] is None
    return failed[HOST.name] is None or unheard


def _came_to_a_backend() -> pl.Expr:
    asked = UPSTREAM_ADDR.col.is_not_null() & ~UPSTREAM_ADDR.col.is_in(["-", ""])
    return (BACKEND_SEEN.col == Seen.SEEN) | asked | (ROUTE_OUTCOME.col == "proxied")


def draw_contrast(rule: Rule, values: Values, peer: Row | None, quotes: Quotes) -> Contrast | None:
    """Say what differs, in the rule's words and as rows.

    What a plain request lacks to be a handshake is no difference, nor is where in its log the backend tells of both.
    """
    sentence = say(rule.contrast, values) if peer is not None else None
    if peer is None or sentence is None:
        return None
    told_of = {name: (values.get(name), values.get(f"peer_{name}")) for name in _COMPARED}
    if values.get("peer_websocket_path") is None:
        del told_of["lacks"]
    if all(told_of["backend_at"]):
        del told_of["backend_at"]
    differing = tuple(
        (_COMPARED[name], own or UNKNOWN, other or UNKNOWN) for name, (own, other) in told_of.items() if own != other
    )
    place = place_in(peer, BACKEND_AT)
    told = (quotes.evidence(place, said("the working path, as the backend logged it")),) if place else ()
    return Contrast(quotes.redaction.text(str(peer[PATH_KEY.name])), sentence, differing, told)


def lay_routes(failed: Row, peer: Row | None, journeys: Journeys) -> Routing | None:
    """Say what the config does with the failed request, and with the working one where there is one."""
    failing = _route_of(failed, journeys)
    return Routing(failing, _route_of(peer, journeys) if peer else None) if failing else None


def _route_of(row: Row, journeys: Journeys) -> Route | None:
    number = row[ROUTE.name]
    if journeys.config is None or not isinstance(number, int):
        return None
    return placed(journeys.routes[number], journeys.config)
