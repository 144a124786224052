"""Events as journeys: one row per attempt of one client at one target, with what each hop saw of it.

In: the `Events` and the config. Out: `Journeys`: the four small tables that the rules read (DESIGN, idea 10).
"""

import polars as pl

from analyzer.events import Events
from analyzer.frozen import dataclass
from analyzer.journeys.answers import Routes
from analyzer.journeys.attempts import backend_attempts, client_attempts, nginx_attempts
from analyzer.journeys.balancers import balancer_attempts, behind_balancers
from analyzer.journeys.changes import with_changes
from analyzer.journeys.contradictions import with_contradictions
from analyzer.journeys.joining import NAMED_HOST, join_hops, never_left
from analyzer.journeys.judging import answered_by, judge, with_handshakes
from analyzer.journeys.lifetimes import with_lifetimes
from analyzer.journeys.listening import with_other_port
from analyzer.journeys.neighbours import with_near_path
from analyzer.journeys.origins import with_origin_difference
from analyzer.journeys.restarts import without_restarts
from analyzer.journeys.routing import with_host, with_routes
from analyzer.journeys.settings import compared, with_origin_setting
from analyzer.journeys.telling import signs_told
from analyzer.nginx import Config
from analyzer.schema import (
    ERROR,
    HOST,
    JOURNEY,
    JOURNEYS,
    KIND,
    LINE,
    SOURCE,
    TIME,
    Kind,
)

__all__ = ["Journeys", "trace_journeys"]

_FEW_LINES, _ONE_SCREEN = 12, 40
_CONDITIONS = (
    Kind.MESSAGE,
    Kind.CLOSED,
    Kind.NOBODY_CONNECTED,
    Kind.CALL_FAILED,
    Kind.LISTENING,
    Kind.NGINX_ERROR,
    Kind.SETTING,
)


@dataclass(frozen=True, slots=True)
class Journeys:
    """What the rules read.

    `journeys`: a row per attempt (JOURNEYS); `conditions`: a row per record that belongs to no request (EVENTS);
    `signs`: words that tell of a cause, with the journey they tell of (EVENTS, JOURNEY, CAUSE); `settings`: what two
    files both set (SETTING_PAIRS); `families`: how many records of each kind there were, and from when to when;
    `counted`: the same of what is asked about; `routes`: the config model's answers, by number; `short`: the bundle is
    a paste of a few lines.
    """

    journeys: pl.DataFrame
    conditions: pl.DataFrame
    signs: pl.DataFrame
    settings: pl.DataFrame
    families: pl.DataFrame
    counted: pl.DataFrame
    routes: Routes
    config: Config | None
    short: bool


def trace_journeys(events: Events, config: Config | None) -> Journeys:
    """Follow each request over the hops; the events' clocks are in step (`clocks.in_step`)."""
    kept = events.kept
    clients, backends = client_attempts(kept), backend_attempts(kept)
    doors = behind_balancers(balancer_attempts(kept), nginx_attempts(kept)).with_columns(HOST.col.alias(NAMED_HOST))
    sent = clients.filter(~never_left(ERROR.col))  # a host that was never reached is not nginx's
    passed_on, asked = with_routes(with_host(doors, (sent, backends), config), config)
    joined = join_hops(clients, passed_on.with_columns(answered_by()), backends)
    told = with_handshakes(with_host(joined, (), config))
    routed, routes = with_routes(told, config, asked)
    short = _is_paste(events)
    judged = judge(with_changes(routed).with_columns(answered_by()), events.families, short=short)
    judged = with_contradictions(judged)
    told = with_origin_setting(with_origin_difference(with_near_path(judged)), kept)
    table = _ordered(with_other_port(told, kept))
    table = with_lifetimes(table, kept)
    table = table if short else without_restarts(table, events.families)
    conditions = kept.filter(KIND.col.is_in(_CONDITIONS))
    signs, families = signs_told(table, kept), events.families
    return Journeys(table, conditions, signs, compared(kept), families, families, routes, config, short)


def _is_paste(events: Events) -> bool:
    """A few lines, or somewhat more of one log alone: so little that handing it in is the complaint."""
    return events.lines <= _FEW_LINES or (events.lines <= _ONE_SCREEN and len({row.path for row in events.ledger}) == 1)


def _ordered(joined: pl.DataFrame) -> pl.DataFrame:
    """Exactly the columns of JOURNEYS, sorted and numbered."""
    ordered = joined.sort(TIME.name, SOURCE.name, LINE.name, nulls_last=True)
    present = ordered.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(JOURNEY.name))
    missing = [c for c in JOURNEYS if c.name not in present.columns]
    return present.with_columns(pl.lit(None, dtype=c.dtype).alias(c.name) for c in missing).select(
        c.col.cast(c.dtype) for c in JOURNEYS
    )
