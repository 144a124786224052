"""Who asked: a monitor, a scanner, a stranger, or somebody whom the service serves.

In: the judged hops, as expressions over them. Out: a yes per row. The hard thing is that scanners call themselves
browsers: what tells them apart is what they ask for, and whether anything of the service's own is ever answered.
"""

import polars as pl

from analyzer.paths import ASSET, UNASKED
from analyzer.schema import (
    ANSWERED_BY,
    BACKEND_KIND,
    BACKEND_SEEN,
    CLIENT,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    ORIGIN,
    OUTCOME,
    PATH,
    PATH_KEY,
    ROUTE_OUTCOME,
    USER_AGENT,
    Hop,
    Kind,
    Outcome,
    Seen,
)

_FEW_PATHS, _SELDOM = 5, 3
_PROBES = (
    r"(?i)health|probe|monitor|uptime|statuscake|pingdom|bot\b|crawl|spider|scan|zgrab|nuclei|nikto|censys|expanse"
    r"|feed|rss|compatible;|curl|wget|python-requests|go-http-client|^java/|prometheus"
)
_BY_HAND = r"(?i)^(?:curl|wget|httpie|postmanruntime|insomnia|python-requests)/"
_WORKS, _FAILED = OUTCOME.col == Outcome.OK, OUTCOME.col == Outcome.FAILED
_HANDSHAKE = HANDSHAKE.col.fill_null(value=False)


def probed() -> pl.Expr:
    """Asked by a monitor, a crawler or a scanner: its own name says so."""
    return USER_AGENT.col.str.contains(_PROBES).fill_null(value=False)


def tried_by_hand() -> pl.Expr:
    """Asked by a tool that a person types, and scripts use as well: in a paste it is whoever pasted it."""
    return USER_AGENT.col.str.contains(_BY_HAND).fill_null(value=False)


def scans() -> pl.Expr:
    """One client, many handshakes, each to another path, none of which opens."""
    failed = PATH_KEY.col.filter(_FAILED & _HANDSHAKE)
    opened = (_WORKS & _HANDSHAKE).any().over(CLIENT.name)
    once_each = (failed.n_unique().over(CLIENT.name) == failed.len().over(CLIENT.name)) & ~opened
    return (
        CLIENT.col.is_not_null() & CLIENT_AT.col.is_null() & once_each & (failed.len().over(CLIENT.name) >= _FEW_PATHS)
    )


def refused_stranger() -> pl.Expr:
    """An origin that came once or twice and was refused, while the service's own pages pass: a refusal that works."""
    others_pass = (_WORKS & _HANDSHAKE).any()
    refused = (BACKEND_KIND.col == Kind.ORIGIN_REJECTED).fill_null(value=False)
    seldom = refused.sum().over(ORIGIN.name) < _SELDOM
    named = (refused & CLIENT_AT.col.is_not_null()).any().over(ORIGIN.name)
    return refused & others_pass & seldom & ~named & ~_of_this_site()


def _of_this_site() -> pl.Expr:
    """The origin's last two labels are those of the host that was asked."""
    site = r"([^./:]+\.[^./:]+)(?::[0-9]+)?/?$"
    return (ORIGIN.col.str.extract(site, 1) == HOST.col.str.extract(site, 1)).fill_null(value=False)


def customer(journeys: pl.DataFrame) -> pl.Expr:
    """A client to whom a backend answered something of its own; who was served a page at `/` may be a scanner."""
    by_backend = (
        (ROUTE_OUTCOME.col == "proxied") | (BACKEND_SEEN.col == Seen.SEEN) | (ANSWERED_BY.col == Hop.BACKEND)
    ).fill_null(value=False)
    own = (PATH.col != "/") & ~PATH.col.str.contains(UNASKED) & ~PATH.col.str.contains(ASSET)
    served = journeys.filter(_WORKS, by_backend, own, ~probed(), CLIENT.col.is_not_null())
    return CLIENT.col.is_in(served[CLIENT.name].unique().to_list()).fill_null(value=False)
