"""Whether anybody wanted a request, and why: a line says which cause it is, never whether there is an incident.

In: the judged hops. Out: WANTED. The hard thing is a plain access log: nobody says there that a WebSocket was meant, so
what is asked for is judged by who asks, how often, and what stands beside it. Such guesses are named as what they are
(RETRIED, BESIDE, CUSTOMERS), and no verdict that rests on one is more than possible.
"""

import re

import polars as pl

from analyzer.journeys.visitors import customer, probed, refused_stranger, scans, tried_by_hand
from analyzer.paths import ASSET, UNASKED, path_of
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_STATUS,
    BACKEND_TARGET,
    CLIENT,
    CLIENT_AT,
    ERROR_AT,
    HANDSHAKE,
    LB_ANSWERED,
    METHOD,
    NGINX_SEEN,
    OUTCOME,
    PATH,
    PATH_KEY,
    PHASE,
    REFERRER,
    ROUTE_LACKS,
    ROUTE_LOCATION_AT,
    ROUTE_OUTCOME,
    STATUS,
    TIME,
    UPSTREAM,
    USER_AGENT,
    WANTED,
    Outcome,
    Seen,
    Wanted,
)

_RETRIES, _SOON_S, _FEW_PATHS, _FEW_COMPLAINTS, _FEW_FOLDERS, _MUCH_WORKS = 3, 120, 5, 3, 50, 10
_CLIENT_ERROR, _URI_TOO_LONG, _SERVER_ERROR = 400, 414, 500
_REDIRECTS = (301, 302, 303, 307, 308)
_WORKS, _FAILED = OUTCOME.col == Outcome.OK, OUTCOME.col == Outcome.FAILED
_HANDSHAKE = HANDSHAKE.col.fill_null(value=False)
_GET = (METHOD.col == "GET").fill_null(value=False)
_FOLDER = r"^(/.+)/[^/]+$"


def wanted(journeys: pl.DataFrame, *, short: bool) -> pl.Expr:
    """Why somebody wanted it, or null: a file that browsers and scanners try by themselves is wanted by nobody."""
    guessed = _beside_sockets(journeys) | _asked_by_customers(journeys)
    by_machine = probed() & CLIENT_AT.col.is_null() & ~(tried_by_hand() & pl.lit(short))
    reason = (
        pl.when(by_machine).then(pl.lit(None, dtype=pl.String))
        .when(scans() | (refused_stranger() & pl.lit(not short))).then(pl.lit(None, dtype=pl.String))
        .when(HANDSHAKE.col).then(pl.lit(Wanted.HANDSHAKE.value))
        .when(_failed_behind_nginx()).then(pl.lit(Wanted.PROXIED.value))
        .when(PATH.col.str.contains(UNASKED)).then(pl.lit(None, dtype=pl.String))
        .when(pl.lit(short) & _few_failures() & _complained_of()).then(pl.lit(Wanted.PASTE.value))
        .when(PATH.col.str.contains(ASSET)).then(pl.lit(None, dtype=pl.String))
        .when(CLIENT_AT.col.is_not_null()).then(pl.lit(Wanted.CLIENT.value))
        .when(PATH.col.is_in(_named_by_backend(journeys))).then(pl.lit(Wanted.BACKEND.value))
        .when(_retried()).then(pl.lit(Wanted.RETRIED.value))
        .when(guessed).then(pl.lit(Wanted.BESIDE.value))
        .otherwise(pl.lit(None, dtype=pl.String))
    )  # fmt: skip
    return reason.alias(WANTED.name)


def _failed_behind_nginx() -> pl.Expr:
    """nginx passed it on, and the upstream failed: no scanner's path, but a service that is set up and gone."""
    asked = UPSTREAM.col.is_not_null() | PHASE.col.str.contains("upstream").fill_null(value=False)
    return (asked & ERROR_AT.col.is_not_null() & _FAILED) | STATUS.col.is_in([502, 504])


def _few_failures() -> pl.Expr:
    """A paste complains of one thing or two; many paths, once each, are a scanner's."""
    return PATH_KEY.col.filter(_FAILED).n_unique() <= _FEW_COMPLAINTS


def _complained_of() -> pl.Expr:
    """In a whole screen on which nearly everything works, a single plain 404 is not what the complaint is about."""
    once = ~_HANDSHAKE & (pl.len().over(PATH_KEY.name) == 1) & _FAILED
    return ~(once & (_WORKS.sum() > _MUCH_WORKS))


def _named_by_backend(journeys: pl.DataFrame) -> list[str]:
    """The paths that a backend's log names, and not as refused."""
    named = journeys.select(
        path_of(BACKEND_TARGET.col).filter(~(BACKEND_STATUS.col >= _CLIENT_ERROR).fill_null(value=False))
    )
    return named.to_series().drop_nulls().unique().to_list()


def _retried() -> pl.Expr:
    """One client wants one thing, soon again, and never gets it; and this server does serve WebSockets.

    A crawler comes back after hours, a scanner tries many paths, a page's own fetch names its page in Referer.
    """
    attempt = [CLIENT.name, PATH_KEY.name]
    never = _FAILED.all().over(attempt) & _GET & REFERRER.col.is_null()
    gap = (TIME.col.max() - TIME.col.min()).dt.total_seconds() / pl.len()
    soon = (pl.len() >= _RETRIES) & (gap <= _SOON_S).fill_null(value=True)
    few_paths = PATH_KEY.col.filter(_FAILED).n_unique().over(CLIENT.name) <= _FEW_PATHS
    serves_websockets = (_WORKS & _HANDSHAKE).any()
    browser = USER_AGENT.col.is_null() | USER_AGENT.col.str.contains("Mozilla", literal=True)
    nothing_works = ~_WORKS.any()  # an error log alone tells of failures only
    serves = serves_websockets | nothing_works
    return CLIENT.col.is_not_null() & browser & never & soon.over(attempt) & few_paths & serves


def _beside_sockets(journeys: pl.DataFrame) -> pl.Expr:
    """A GET below a folder whose paths open as WebSockets, by a client that is served other things here.

    A redirect is no failure of a page's, and is one of a handshake's. An error log alone tells of nobody who is served.
    """
    opens = journeys.filter(_WORKS, _HANDSHAKE).select(PATH_KEY.col.str.extract(_FOLDER, 1)).to_series()
    folders = opens.drop_nulls().unique().sort().head(_FEW_FOLDERS).to_list()
    if not folders:
        return pl.lit(value=False)
    below = PATH_KEY.col.str.contains(rf"^(?:{'|'.join(map(re.escape, folders))})/").fill_null(value=False)
    unserved = journeys[ACCESS_AT.name].struct.field("line").null_count() == journeys.height
    served = pl.lit(unserved) | (_WORKS & ~STATUS.col.is_in(_REDIRECTS).fill_null(value=False)).any().over(CLIENT.name)
    never = ~(_WORKS & ~STATUS.col.is_in(_REDIRECTS).fill_null(value=False)).any().over(PATH_KEY.name)
    away = _FAILED | STATUS.col.is_in(_REDIRECTS).fill_null(value=False)
    return below & _GET & REFERRER.col.is_null() & away & never & CLIENT.col.is_not_null() & served


def _asked_by_customers(journeys: pl.DataFrame) -> pl.Expr:
    """What clients of the service ask for again and again and never get, where only a service's own path leads.

    That is: a location that hands on the upgrade and answers no plain request; one behind which nothing works at all;
    too long a URL; an answer 500 that the application itself gave; a load balancer's own refusal.
    """
    at_nginx = NGINX_SEEN.col == Seen.SEEN
    through = _WORKS & (at_nginx | ~at_nginx.any())  # who asks the backend directly passes no location
    proxied = ROUTE_OUTCOME.col == "proxied"
    plain = (_WORKS & ~_HANDSHAKE).any().over(ROUTE_LOCATION_AT.name)
    for_sockets = proxied & (ROUTE_LACKS.col.list.len() == 0) & ~plain & _GET
    dead = proxied & ~through.any().over(ROUTE_LOCATION_AT.name)
    own = for_sockets | dead | (STATUS.col == _URI_TOO_LONG) | (BACKEND_STATUS.col == _SERVER_ERROR) | LB_ANSWERED.col
    several = (_FAILED.sum().over(PATH_KEY.name) > 1) & (_FAILED & customer(journeys)).any().over(PATH_KEY.name)
    return own.fill_null(value=False) & _FAILED & several & ~through.any().over(PATH_KEY.name)
