"""The hops' attempts joined to journeys: which record of nginx, and of the backend, is the client's attempt.

In: three tables of attempts, nginx's with its routes. Out: one row per journey with the columns of all hops, missing
ones null. The hard thing: logs without time are joined by path and order, and the path changes where nginx changes it.
"""

from collections.abc import Sequence

import polars as pl

from analyzer.journeys.attempts import OPENED
from analyzer.journeys.balancers import by_end
from analyzer.journeys.matching import (
    LEFT,
    RIGHT,
    ROW,
    Match,
    agreeing,
    as_many,
    by_tail,
    in_order,
    match,
    nearest,
    numbered,
    only,
)
from analyzer.paths import path_of
from analyzer.rule import TURNED_AWAY
from analyzer.schema import (
    ALLOWED_ORIGINS,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_KIND,
    BACKEND_PLAIN,
    BACKEND_PROTOCOL,
    BACKEND_SAYS,
    BACKEND_STATUS,
    BACKEND_TARGET,
    CLIENT_AT,
    CLIENT_ERROR,
    CLIENT_STATUS,
    CREDENTIALS,
    ERROR,
    HANDSHAKE,
    HOST,
    KIND,
    MESSAGE,
    METHOD,
    ORIGIN,
    PATH,
    PATH_KEY,
    PHASE,
    PORT,
    PROTOCOL,
    ROUTE_TARGET,
    SCHEME,
    STATUS,
    TARGET,
    TIME,
    TIME_LACKS,
    UPSTREAM,
    Hop,
    Kind,
)

NAMED_HOST = "host as nginx's own log names it"
"""Before it is told from what else is known (`routing.with_host`)."""

_TAKEN, _WORKED, _VERDICTS = "taken", "worked", pl.Series(["true", "false"])
_REFUSED, _CLIENT_LEFT, _SERVER_ERROR = 400, 499, 500

_UNDECIDED = "target of a handshake without a verdict"
_UNNAMED_REFUSAL = "refusal for its origin that names no path"
_UNNAMED_REJECTION = "refusal that names no path"
_CLIENT_OPENED = "client opened"
_BACKEND_OPENED = "backend opened"
_BACKEND_HANDSHAKE = "backend handshake"
_CLIENT_HANDSHAKE = "client handshake"

_NO_CONNECTION = (
    r"net::ERR_(?:NAME_|CONNECTION_REFUSED|ADDRESS_UNREACHABLE|CERT_|SSL_|INTERNET_DISCONNECTED|BLOCKED_BY_)"
    r"|CURLE_(?:COULDNT_RESOLVE|SSL_|PEER_)|NS_ERROR_(?:UNKNOWN_HOST|CONNECTION_REFUSED)"
    r"|(?:SEC|SSL|MOZILLA_PKIX|G_TLS)_ERROR_|^(?:ECONNREFUSED|EAI_AGAIN|ENOTFOUND)$"
)

_CONNECTED = ~(PHASE.col == "connecting to upstream").fill_null(value=False)
"""A connection that failed reached no backend: where another peer took the request, it did so within seconds."""

_BROWSER_TO_NGINX = (
    in_order(HOST, TARGET, OPENED, STATUS),
    in_order(TARGET, OPENED, STATUS),
    in_order(HOST, TARGET, OPENED),
    in_order(TARGET, OPENED),
    in_order(PATH, OPENED),
    in_order(PATH_KEY, OPENED),
)
_REQUEST_TO_NGINX = (in_order(METHOD, TARGET, STATUS),)
_AT_THE_SAME_TIME = (
    nearest(HOST, TARGET, OPENED, STATUS, within_seconds=5),
    nearest(TARGET, OPENED, STATUS, within_seconds=5),
    nearest(TARGET, OPENED, within_seconds=5),
    nearest(PATH_KEY, OPENED, within_seconds=5),
    nearest(TARGET, OPENED, STATUS, within_seconds=75),
    nearest(TARGET, OPENED, within_seconds=75),
)
_REQUEST_AT_THE_SAME_TIME = (
    nearest(METHOD, TARGET, STATUS, within_seconds=5),
    nearest(METHOD, TARGET, within_seconds=5),
    nearest(METHOD, TARGET, STATUS, within_seconds=75),
)
_TO_BACKEND_AT_ONCE = (
    nearest(METHOD, TARGET, STATUS, within_seconds=2),
    nearest(METHOD, TARGET, within_seconds=2),
    nearest(TARGET, OPENED, within_seconds=2),
)
_TO_BACKEND = (
    in_order(METHOD, TARGET, STATUS),
    in_order(TARGET, OPENED),
    in_order(PATH, OPENED),
    in_order(_UNDECIDED),
    by_tail(PATH, OPENED),
    by_tail(PATH, METHOD, STATUS),
    in_order(_UNNAMED_REFUSAL),
    as_many(_UNNAMED_REJECTION),
)


def join_hops(clients: pl.DataFrame, nginx: pl.DataFrame, backends: pl.DataFrame) -> pl.DataFrame:
    """Join the three hops' attempts to journeys; what matches nothing is a journey of its own."""
    fronts = _clients_with_nginx(clients, nginx)
    expected = _expecting(fronts)
    at_once = (agreeing(way, _TAKEN, _VERDICTS) for way in _TO_BACKEND_AT_ONCE)
    in_turn = (agreeing(only(_CONNECTED, way), _WORKED, _VERDICTS) for way in _TO_BACKEND)
    pairs = match(expected, _answering(backends), (*at_once, *in_turn))
    told = _renamed_backends(backends)
    joined = fronts.join(pairs, left_on=ROW, right_on=LEFT, how="left").join(told, on=RIGHT, how="left")
    joined = _merged(joined).drop(RIGHT)
    alone = _backends_alone(backends.join(pairs, left_on=ROW, right_on=RIGHT, how="anti"))
    return pl.concat([joined, alone], how="diagonal_relaxed").drop(ROW, NAMED_HOST)


def _clients_with_nginx(clients: pl.DataFrame, nginx: pl.DataFrame) -> pl.DataFrame:
    """nginx's rows with what the client told of them, and the clients' rows that nginx does not tell of."""
    left = clients.filter(~never_left(ERROR.col)).with_columns(HOST.col.alias(NAMED_HOST), _taken())
    doors = nginx.with_columns(_taken())
    handshakes, requests = left.filter(HANDSHAKE.col), left.filter(~HANDSHAKE.col)
    hosts = left.filter(HOST.col.is_in(nginx[NAMED_HOST].drop_nulls().implode()))[HOST.name].unique()
    pairs = pl.concat(
        [
            _met(handshakes, doors.filter(METHOD.col == "GET"), _AT_THE_SAME_TIME, _BROWSER_TO_NGINX, hosts),
            _met(requests, doors, _REQUEST_AT_THE_SAME_TIME, _REQUEST_TO_NGINX, hosts),
        ]
    ).unique(RIGHT, keep="first", maintain_order=True)
    told = clients.select(
        pl.col(ROW).alias(LEFT),
        CLIENT_AT.name,
        STATUS.col.alias(CLIENT_STATUS.name),
        pl.col(OPENED).alias(_CLIENT_OPENED),
        HANDSHAKE.col.alias(_CLIENT_HANDSHAKE),
        ERROR.col.alias(CLIENT_ERROR.name),
        CREDENTIALS.col.alias("client's credentials"),
        HOST.col.alias("client host"),
        SCHEME.col.alias("client scheme"),
        PORT.col.alias("client's port"),
    )
    joined = nginx.join(pairs, left_on=ROW, right_on=RIGHT, how="left").join(told, on=LEFT, how="left")
    seen = joined.with_columns(
        pl.coalesce("client host", HOST.name).alias(HOST.name),
        pl.coalesce("client scheme", SCHEME.name).alias(SCHEME.name),
        pl.coalesce("client's port", PORT.name).alias(PORT.name),
        pl.coalesce("client's credentials", CREDENTIALS.name).alias(CREDENTIALS.name),
    ).drop(LEFT, "client host", "client scheme", "client's port", "client's credentials")
    alone = clients.join(pairs, left_on=ROW, right_on=LEFT, how="anti").with_columns(
        STATUS.col.alias(CLIENT_STATUS.name),
        pl.col(OPENED).alias(_CLIENT_OPENED),
        HANDSHAKE.col.alias(_CLIENT_HANDSHAKE),
        ERROR.col.alias(CLIENT_ERROR.name),
    )
    return numbered(pl.concat([seen, alone], how="diagonal_relaxed"))


def _taken() -> pl.Expr:
    """Whether the answer took the request or refused it; what a proxy in between may have made of it tells nothing."""
    between = (STATUS.col >= _SERVER_ERROR) | (STATUS.col == _CLIENT_LEFT)
    return pl.when(~between).then((STATUS.col < _REFUSED).cast(pl.String)).alias(_TAKEN)


def _worked() -> pl.Expr:
    """Whether it worked by this hop's own status: in turn, only alike is paired with alike."""
    return pl.when(STATUS.col != _CLIENT_LEFT).then((STATUS.col < _REFUSED).cast(pl.String)).alias(_WORKED)


def _met(
    clients: pl.DataFrame, doors: pl.DataFrame, by_time: Sequence[Match], by_order: Sequence[Match], hosts: pl.Series
) -> pl.DataFrame:
    """Pair by time where both logs have comparable ones; by order where one of them has none.

    A socket that opened is told by nginx when it closed, which a client need not know: it is paired by order as well.
    A page and what it dials often share a path, `/` above all: what is told of two hosts is no one request.
    """
    by_time, by_order = (
        [agreeing(agreeing(way, NAMED_HOST, hosts), _TAKEN, _VERDICTS) for way in ways] for ways in (by_time, by_order)
    )
    timed = TIME.col.is_not_null() & TIME_LACKS.col.is_null()
    at_once = match(by_end(clients.filter(timed)), by_end(doors.filter(timed)), by_time)
    left = clients.join(at_once, left_on=ROW, right_on=LEFT, how="anti")
    right = doors.join(at_once, left_on=ROW, right_on=RIGHT, how="anti")
    unclear = left.filter(~timed | pl.col(OPENED).fill_null(value=False))
    in_turn = match(unclear, right, by_order)
    rest = left.join(in_turn, left_on=ROW, right_on=LEFT, how="anti").filter(timed)
    timeless = right.filter(~timed).join(in_turn, left_on=ROW, right_on=RIGHT, how="anti")
    return pl.concat([at_once, in_turn, match(rest, timeless, by_order)])


def never_left(error: pl.Expr) -> pl.Expr:
    """By the client's own word no connection came about that could have carried a request."""
    return error.str.contains(_NO_CONNECTION).fill_null(value=False)


def _expecting(fronts: pl.DataFrame) -> pl.DataFrame:
    """The attempts that may have reached a backend, with the target that the backend should have seen."""
    sent = UPSTREAM.col.str.extract(r"^[a-z]+://(?:unix:[^:]*:|[^/]*)(/.*)$", 1)
    expected = pl.coalesce(sent, ROUTE_TARGET.col, TARGET.col)
    stopped = ANSWERED_BY.col == Hop.NGINX
    reachable = fronts.filter(~(stopped | TURNED_AWAY).fill_null(value=False), ~never_left(CLIENT_ERROR.col))
    refused = STATUS.col.is_in([401, 403]) & ~pl.col(OPENED)
    return reachable.with_columns(expected.alias(TARGET.name)).with_columns(
        path_of(TARGET.col).alias(PATH.name),
        TARGET.col.alias(_UNDECIDED),
        _taken(),
        pl.when(STATUS.col.is_null() & pl.col(OPENED)).then(pl.lit("true")).otherwise(_worked()).alias(_WORKED),
        pl.when(refused).then(pl.lit(value=True)).alias(_UNNAMED_REFUSAL),
        pl.when(refused).then(pl.lit(value=True)).alias(_UNNAMED_REJECTION),
    )


def _answering(backends: pl.DataFrame) -> pl.DataFrame:
    """The backends' attempts, with what is left to match by where they tell less than a target and a verdict."""
    unnamed = TARGET.col.is_null() & (KIND.col == Kind.ORIGIN_REJECTED)
    wordless = TARGET.col.is_null() & (KIND.col == Kind.HANDSHAKE_REJECTED)
    return backends.with_columns(
        pl.when(pl.col(OPENED).is_null() & (METHOD.col == "GET").fill_null(value=True))
        .then(TARGET.col)
        .alias(_UNDECIDED),
        _taken(),
        _worked(),
        pl.when(unnamed).then(pl.lit(value=True)).alias(_UNNAMED_REFUSAL),
        pl.when(wordless).then(pl.lit(value=True)).alias(_UNNAMED_REJECTION),
    )


_BACKEND_TOLD = (
    KIND.col.alias(BACKEND_KIND.name),
    STATUS.col.alias(BACKEND_STATUS.name),
    TARGET.col.alias(BACKEND_TARGET.name),
    PROTOCOL.col.alias(BACKEND_PROTOCOL.name),
    pl.col(OPENED).alias(_BACKEND_OPENED),
    HANDSHAKE.col.alias(_BACKEND_HANDSHAKE),
    MESSAGE.col.alias(BACKEND_SAYS.name),
)


def _renamed_backends(backends: pl.DataFrame) -> pl.DataFrame:
    return backends.select(
        pl.col(ROW).alias(RIGHT),
        BACKEND_AT.name,
        BACKEND_PLAIN.name,
        *_BACKEND_TOLD,
        ORIGIN.col.alias("backend origin"),
        ALLOWED_ORIGINS.col.alias("backend list"),
    )


def _merged(joined: pl.DataFrame) -> pl.DataFrame:
    return joined.with_columns(
        pl.coalesce(ORIGIN.name, "backend origin").alias(ORIGIN.name),
        pl.col("backend list").alias(ALLOWED_ORIGINS.name),
    ).drop("backend origin", "backend list")


def _backends_alone(backends: pl.DataFrame) -> pl.DataFrame:
    """Attempts that only the backend tells of: its target is the best guess at what the client asked."""
    return backends.with_columns(_BACKEND_TOLD)
