"""The server opened the WebSocket, and the client never learned of it: the 101 was lost on the way back.

What happened
-------------
The handshake reached the backend and was answered with 101; the backend counts a client and sends to it. The client stays in
CONNECTING until it or somebody else gives up, and reports 1006. Something between the two keeps the answer: a load
balancer without WebSocket support, a proxy that buffers, an antivirus or company proxy that ends the TLS.

How it is known
---------------
The backend, or nginx with 101, tells of handshakes on this path that opened, of which no client's log shows an `open`; and
a client on the same path waited, and was told no status. Where both have times, they must be the same seconds.

What else it could be
---------------------
The openings may be another client's: compare address, user agent and time. A page that closes its socket itself before it
opened (`WebSocket is closed before the connection is established`, React's strict mode, a reload) leaves the same lines.
A client that was told a status, or a reason of its own, was answered.

What to do
----------
Leave out one hop after the other: dial the instance directly, then nginx, then the load balancer. The first that does not
open is where the answer is lost.

References
----------
RFC 6455, section 4.1; https://developer.mozilla.org/docs/Web/API/WebSocket/readyState
"""

import polars as pl

from analyzer.rule import MISSED, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    BACKEND_KIND,
    BACKEND_SEEN,
    BACKEND_TARGET,
    CLIENT_AT,
    CLIENT_ERROR,
    CLIENT_STATUS,
    HANDSHAKE,
    HOST,
    JOURNEY,
    LB_AT,
    MESSAGE,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    SIGN_AT,
    TIME,
    Hop,
    Kind,
    Outcome,
    Seen,
)

_SOON_S, _FEW = 10, 12
_NO_REASON = r"net::ERR_(?:CONNECTION_(?:RESET|CLOSED|TIMED_OUT|ABORTED)|TIMED_OUT|EMPTY_RESPONSE)"
_CLOSED_BY_THE_PAGE = MESSAGE.col.str.contains("closed before the connection is established", literal=True)
_OF_THE_SERVER = (ACCESS_AT, BACKEND_AT, NGINX_SEEN, BACKEND_SEEN, BACKEND_TARGET)
_APART = "seconds apart"


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Clients that waited, while the server tells of WebSockets on that path that no client saw open."""
    by_server = (NGINX_SEEN.col == Seen.SEEN) | (BACKEND_SEEN.col == Seen.SEEN)
    opened = journeys.filter(OUTCOME.col == Outcome.OK, HANDSHAKE.col, CLIENT_AT.col.is_null(), by_server)
    waiting = journeys.filter(MISSED, (HANDSHAKE.col & _was_told_nothing()) | (TOLD & PATH_KEY.col.is_null()))
    if opened.is_empty() or waiting.is_empty():
        return waiting.clear()
    named = _with_path_of_the_only(opened, waiting)
    pairs = _nearest(named, opened)
    few = pl.len().over(PATH_KEY.name) <= _FEW * pl.lit(max(1, waiting.height))
    openings = opened.filter(few).select(PATH_KEY.name).to_series().unique().implode()
    doubtful = _CLOSED_BY_THE_PAGE.fill_null(value=False) | ~PATH_KEY.col.is_in(openings) | CLIENT_AT.col.is_null()
    beside = named.drop(column.name for column in _OF_THE_SERVER).join(pairs, on=JOURNEY.name)
    grade = graded((Grade.CONSISTENT, doubtful), (Grade.CORROBORATED, pl.lit(value=True)))
    return beside.select(journeys.columns).with_columns(grade)


def _was_told_nothing() -> pl.Expr:
    """No status and no reason of its own, and no server's log tells what became of this very attempt."""
    silent = CLIENT_STATUS.col.is_null() & CLIENT_ERROR.col.str.contains(_NO_REASON).fill_null(value=True)
    undecided = BACKEND_KIND.col == Kind.HANDSHAKE_RECEIVED
    at_backend = (BACKEND_SEEN.col == Seen.SEEN) & ~undecided.fill_null(value=False)
    nowhere = (NGINX_SEEN.col != Seen.SEEN) & ~at_backend & LB_AT.col.is_null()
    return CLIENT_AT.col.is_not_null() & silent & nowhere


def _with_path_of_the_only(opened: pl.DataFrame, waiting: pl.DataFrame) -> pl.DataFrame:
    """A client that says only that it waits means the one path that the server opened, if there is but one."""
    paths = opened[PATH_KEY.name].drop_nulls().unique()
    only = pl.lit(paths[0] if len(paths) == 1 else None, dtype=pl.String)
    return waiting.with_columns(pl.coalesce(PATH_KEY.col, only).alias(PATH_KEY.name))


def _nearest(waiting: pl.DataFrame, opened: pl.DataFrame) -> pl.DataFrame:
    """Of each the server's opening that is nearest in time; where one of them has no time, the first."""
    known = opened.select(PATH_KEY.name, TIME.col.alias("opened"), *(column.name for column in _OF_THE_SERVER))
    both = waiting.select(JOURNEY.name, PATH_KEY.name, TIME.name).join(known, on=PATH_KEY.name)
    apart = (TIME.col - pl.col("opened")).dt.total_seconds().abs().alias(_APART)
    soon = both.with_columns(apart).filter((pl.col(_APART) <= _SOON_S).fill_null(value=True))
    first = soon.sort(_APART, nulls_last=True).unique(JOURNEY.name, keep="first", maintain_order=True)
    return first.drop(PATH_KEY.name, TIME.name, "opened", _APART)


RULE = Rule(
    slug="handshake-not-returned",
    hop=Hop.NETWORK,
    title=(
        "{path} opens on the server, and the client never learns of it",
        "The WebSocket opens on the server, and the client never learns of it",
    ),
    sentence=(
        "The backend opened a WebSocket on {path} ({backend_at}), and the client that waited for it was told nothing ({client_at}): the 101 was lost on the way back.",
        "nginx answered a handshake on {path} with 101 ({access_at}), and the client that waited for it was told nothing ({client_at}): the 101 was lost on the way back.",
        "The server opened a WebSocket on {path}, and the client went on waiting ({sign_at}): the 101 was lost on the way back.",
        "The server opened the WebSocket, and the client went on waiting: the 101 was lost on the way back.",
    ),
    contrast=("the client of {peer_websocket_path} saw it open ({peer_client_at}); that of {path} did not.",),
    needs=((Input.CLIENT_LOG, Input.BACKEND_LOG),),
    uses=(Input.ACCESS_LOG, Input.BACKEND_LOG),
    signs=tuple(
        Sign(hop, r"(?i)\b(?:ready ?state\b\W{1,4}(?:0\b|CONNECTING)|(?:stuck|hangs?|still) (?:in|at) CONNECTING)")
        for hop in (Hop.CLIENT, Hop.BACKEND)
    ),
    apart=(HOST,),
    witnesses=(
        Witness(BACKEND_AT, "the backend opened it"),
        Witness(ACCESS_AT, "nginx handed the backend's 101 on"),
        Witness(CLIENT_AT, "the client could not open it, and was told no status"),
        Witness(SIGN_AT, "the client was still waiting"),
    ),
    alternatives=(
        Otherwise("missing-location", "the server side opened it ({backend_at})."),
        Otherwise("origin-rejected", "the backend took it ({backend_at})."),
        Otherwise("intermediary-dropped", "the request did arrive: it is the answer that was lost.", when=MISSED),
        Otherwise("idle-timeout", "the client never saw it open, so nothing was idle yet.", when=MISSED),
    ),
    notes=(
        Note(
            _CLOSED_BY_THE_PAGE,
            "The browser says that the page itself closed the socket before it opened: a reload, React's strict mode, or a timeout of the page's own.",
        ),
        Note(
            MISSED,
            "After the 101 nothing is HTTP any more: whatever buffers answers or waits for their end keeps it for ever.",
        ),
    ),
    remedies=(
        Remedy(
            summary=(
                "Leave out one hop after the other: dial the instance directly, then nginx, then the load balancer. The first that does not open is where the 101 is lost; there WebSockets must be switched on, and buffering off.",
            ),
            verify=("npx wscat --connect ws://INSTANCE:PORT{path}", "{handshake_command}"),
            expect=(
                "Connected (press CTRL+C to quit)",
                "the client's `open` comes before the first message of the backend",
            ),
            if_it_still_fails=(
                "AWS: a classic load balancer needs a TCP or SSL listener for WebSockets; an application load balancer does not. A CDN has a switch for WebSockets.",
                "If the instance itself does not open either from outside: the firewall or security group; from the instance itself: the backend.",
                "If wscat opens and the browser does not: an extension, an antivirus or a company's proxy; compare another network.",
            ),
        ),
    ),
    asks=(
        Ask(
            LB_AT.col.is_null(),
            ask="the load balancer's access log of these minutes",
            why="A line with 101 there means that it was lost between it and the client; none, or another status, before it.",
        ),
    ),
    find=find,
    supersedes=("intermediary-dropped",),
    watch=(
        "Open a WebSocket to {path} from outside every minute, and alert when no 101 comes back.",
        "Open a WebSocket from outside every minute, and alert when no 101 comes back.",
    ),
)
