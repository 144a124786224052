"""What came of each journey: was it a handshake, did it succeed, who answered, which hop saw it, did anybody want it.

In: the joined hops. Out: the same rows with these columns filled. The hard thing is absence: a hop's silence counts
only where its log demonstrably tells of such requests (DESIGN, idea 5); otherwise it is unknown.
"""

import polars as pl

from analyzer.journeys.attempts import OPENED
from analyzer.journeys.coverage import rows_covered_by_backend, rows_covered_by_nginx
from analyzer.journeys.matching import ROW, numbered
from analyzer.journeys.visitors import probed
from analyzer.journeys.wanting import wanted
from analyzer.paths import path_of, removed_prefix, sockets_folder
from analyzer.rule import TURNED_AWAY
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_SEEN,
    BACKEND_STATUS,
    BACKEND_TARGET,
    CAUGHT,
    CLIENT_AT,
    CLIENT_ERROR,
    CLIENT_SEEN,
    CLIENT_STATUS,
    ERROR_AT,
    FILE,
    FOLDER,
    HANDSHAKE,
    LB_ANSWERED,
    LB_AT,
    LB_SEEN,
    LB_STATUS,
    LEVEL,
    MESSAGE,
    METHOD,
    NGINX_SEEN,
    OUTCOME,
    PATH,
    PATH_KEY,
    PLACE_OR_PATH,
    QUERY,
    REFERRER,
    REMOVED,
    ROUTE_ADDRESS,
    ROUTE_LOCATION,
    ROUTE_LOCATION_AT,
    ROUTE_OUTCOME,
    ROUTE_REMOVED,
    ROUTE_TARGET,
    SCHEME,
    STATUS,
    UPGRADE,
    UPSTREAM,
    UPSTREAM_ADDR,
    UPSTREAM_HEADER_TIME,
    Hop,
    Outcome,
    Seen,
)

_SWITCHING_PROTOCOLS = 101
_NO_STATUS = 100  # below it stands no status: `009` is what nginx logs for an answer that is no HTTP (HTTP/0.9)
_GRAVE = ("error", "crit", "alert", "emerg")
_CLIENT_ERROR = 400
_URI_TOO_LONG, _UPGRADE_REQUIRED = 414, 426
_CLIENT_CLOSED_REQUEST = 499  # nginx's own: the client left first
_NO_ERROR = (
    r"is buffered to a temporary file|client (?:prematurely )?closed|^client timed out|^using uninitialized|keepalive"
)
_REFUSED_IN_WORDS = r"^client (?:sent (?:too (?:long|large)|plain HTTP|invalid)|intended to send)"
"""What nginx says, at the level info, of a request that it refuses."""
_REFUSED_BY_NGINX = (
    r"^client (?:intended to send|sent) |^access forbidden by rule|^limiting (?:requests|connections)(?:, excess|\s*by)"
    r"|^user \"|^no user/password was |^rewrite or internal redirection cycle"
)
"""What nginx says of a request that it refuses by itself; a limit that runs dry says so."""
_GIVEN_UP = ("net::ERR_ABORTED", "net::ERR_BLOCKED_BY_CLIENT", "NS_BINDING_ABORTED")  # the page's, a blocker's doing
_BY_NGINX_ALONE = ("static", "answered", "denied", "redirected", "closed")


def answered_by() -> pl.Expr:
    """Who made the answer, as far as nginx's own logs and its config tell (formats/01, section 1.5)."""
    refused = MESSAGE.col.str.contains(_REFUSED_BY_NGINX).fill_null(value=False) & UPSTREAM.col.is_null()
    nobody_asked = UPSTREAM_ADDR.col.is_in(["-", ""]) | FILE.col.is_not_null() | refused
    backend_answered = UPSTREAM_HEADER_TIME.col.str.contains(r"[0-9]\s*$")
    by_config = ROUTE_OUTCOME.col.is_in(_BY_NGINX_ALONE) & UPSTREAM_ADDR.col.is_null() & ~_only_at_balancer()
    return (
        pl.when(LB_ANSWERED.col).then(pl.lit(Hop.LOAD_BALANCER.value))
        .when(nobody_asked).then(pl.lit(Hop.NGINX.value))
        .when(backend_answered | (STATUS.col == _SWITCHING_PROTOCOLS)).then(pl.lit(Hop.BACKEND.value))
        .when(by_config).then(pl.lit(Hop.NGINX.value))
        .otherwise(pl.lit(None, dtype=pl.String))
        .alias(ANSWERED_BY.name)
    )  # fmt: skip


def _only_at_balancer() -> pl.Expr:
    return LB_AT.col.is_not_null() & ACCESS_AT.col.is_null() & ERROR_AT.col.is_null()


def judge(joined: pl.DataFrame, families: pl.DataFrame, *, short: bool) -> pl.DataFrame:
    """Fill OUTCOME, ANSWERED_BY, *_SEEN, WANTED and PLACE_OR_PATH. `short`: the bundle is a paste of a few lines."""
    joined = numbered(joined)
    known = joined.with_columns(_outcome(), *_removed()).with_columns(_place_or_path(), _folder(), _caught())
    seen = known.with_columns(
        _seen(CLIENT_AT.col.is_not_null()).alias(CLIENT_SEEN.name),
        _seen(LB_AT.col.is_not_null()).alias(LB_SEEN.name),
        _nginx_seen(rows_covered_by_nginx(joined, families)),
    ).with_columns(_answered_by_seen())
    known = seen.with_columns(_backend_seen(seen))
    return known.with_columns(wanted(known, short=short))


def with_handshakes(joined: pl.DataFrame) -> pl.DataFrame:
    """Fill HANDSHAKE: whether a WebSocket was to be opened; the scheme is ws: or wss: where one was."""
    scheme = (
        pl.when(HANDSHAKE.col).then(SCHEME.col.str.replace("^http", "ws"))
        .when(~HANDSHAKE.col).then(SCHEME.col.str.replace("^ws", "http"))
        .otherwise(SCHEME.col)
    )  # fmt: skip
    return joined.with_columns(_handshake(joined)).with_columns(scheme.alias(SCHEME.name))


def _place_or_path() -> pl.Expr:
    at = ROUTE_LOCATION_AT.col.struct
    place = pl.concat_str(at.field("source"), pl.lit(":"), at.field("line").cast(pl.String))
    return pl.coalesce(place, REMOVED.col, PATH_KEY.col).alias(PLACE_OR_PATH.name)


def _folder() -> pl.Expr:
    return pl.coalesce(sockets_folder(PATH_KEY.col), PATH_KEY.col).alias(FOLDER.name)


def _removed() -> tuple[pl.Expr, pl.Expr]:
    """What the path had lost when it arrived, and what the config makes it lose."""
    arrived, configured = path_of(BACKEND_TARGET.col), path_of(ROUTE_TARGET.col)
    return (
        removed_prefix(PATH.col, arrived).alias(REMOVED.name),
        removed_prefix(PATH.col, configured).alias(ROUTE_REMOVED.name),
    )


def _caught() -> pl.Expr:
    """`location /` hands it to an upstream to which no working WebSocket goes, while others go elsewhere."""
    to_catch_all = (ROUTE_LOCATION.col == "/") & (ROUTE_OUTCOME.col == "proxied")
    opens = (OUTCOME.col == Outcome.OK) & HANDSHAKE.col.fill_null(value=False) & ROUTE_ADDRESS.col.is_not_null()
    addresses = ROUTE_ADDRESS.col.filter(opens).unique()
    elsewhere = ~ROUTE_ADDRESS.col.is_in(addresses.implode()) & opens.any()
    return (to_catch_all & elsewhere).fill_null(value=False).alias(CAUGHT.name)


def _handshake(joined: pl.DataFrame) -> pl.Expr:
    """A handshake is what a client or a backend says is one; the same path elsewhere being one is enough."""
    said = pl.coalesce(pl.col("client handshake"), pl.col("backend handshake").replace({False: None}))
    upgraded = (STATUS.col == _SWITCHING_PROTOCOLS) | (UPGRADE.col.str.to_lowercase() == "websocket")
    of_path = joined.select(PATH_KEY.col.filter(said | upgraded)).to_series().drop_nulls().unique().to_list()
    refused = joined.filter(~pl.col("client opened")).select(_as_refused()).to_series().drop_nulls().unique().to_list()
    return (
        pl.when(said.is_not_null()).then(said)
        .when(upgraded).then(pl.lit(value=True))
        .when(METHOD.col != "GET").then(pl.lit(value=False))
        .when((UPGRADE.col == "") & (STATUS.col != _URI_TOO_LONG)).then(pl.lit(value=False))  # 414: no header was read
        .when(PATH_KEY.col.is_in(of_path) & _like_a_refused_handshake()).then(pl.lit(value=True))
        .when((STATUS.col == _UPGRADE_REQUIRED) & ~probed()).then(pl.lit(value=True))
        .when(_as_refused().is_in(refused) & REFERRER.col.is_null() & ~probed()).then(pl.lit(value=True))
        .otherwise(pl.lit(None, dtype=pl.Boolean))
        .alias(HANDSHAKE.name)
    )  # fmt: skip


def _as_refused() -> pl.Expr:
    """A path and a status with which a client's handshake to it was refused: a page may answer it with 200."""
    return pl.concat_str(PATH_KEY.col, STATUS.col.cast(pl.String), separator=" ")


def _like_a_refused_handshake() -> pl.Expr:
    """A failed GET that is neither long polling on the same path nor somebody's health check."""
    failed = STATUS.col.is_null() | (STATUS.col >= _CLIENT_ERROR)
    polling = QUERY.col.str.contains("transport=polling", literal=True).fill_null(value=False)
    return failed & ~polling & ~probed()


def _outcome() -> pl.Expr:
    """The client's word counts first, then nginx's status, then the backend's verdict."""
    by_balancer = LB_STATUS.col == _SWITCHING_PROTOCOLS
    opened = pl.coalesce(pl.col("client opened"), by_balancer, pl.col(OPENED), pl.col("backend opened"))
    status = pl.coalesce(LB_STATUS.col, STATUS.col, CLIENT_STATUS.col, BACKEND_STATUS.col)
    given_up = CLIENT_ERROR.col.is_in(_GIVEN_UP) & status.is_null()
    unlevelled = LEVEL.col.is_null() & ERROR_AT.col.is_not_null() & ~MESSAGE.col.str.contains(_NO_ERROR)
    as_error = LEVEL.col.is_in(_GRAVE) | unlevelled | MESSAGE.col.str.contains(_REFUSED_IN_WORDS)
    only_told_as_error = status.is_null() & as_error
    return (
        pl.when(HANDSHAKE.col.fill_null(value=False) & opened.is_not_null())
        .then(pl.when(opened).then(pl.lit(Outcome.OK.value)).otherwise(pl.lit(Outcome.FAILED.value)))
        .when((status == _CLIENT_CLOSED_REQUEST) | given_up).then(pl.lit(Outcome.UNKNOWN.value))
        .when(CLIENT_ERROR.col.is_not_null()).then(pl.lit(Outcome.FAILED.value))
        .when((status >= _CLIENT_ERROR) | (status < _NO_STATUS)).then(pl.lit(Outcome.FAILED.value))
        .when(status.is_not_null()).then(pl.lit(Outcome.OK.value))
        .when(only_told_as_error).then(pl.lit(Outcome.FAILED.value))
        .otherwise(pl.lit(Outcome.UNKNOWN.value))
        .alias(OUTCOME.name)
    )  # fmt: skip


def _seen(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(pl.lit(Seen.SEEN.value)).otherwise(pl.lit(Seen.UNKNOWN.value))


def _nginx_seen(covered: pl.Series) -> pl.Expr:
    """Absent where a load balancer says that it chose nobody, or where nginx's log covers the moment."""
    by_balancer = _only_at_balancer() & TURNED_AWAY
    return (
        pl.when(ACCESS_AT.col.is_not_null() | ERROR_AT.col.is_not_null()).then(pl.lit(Seen.SEEN.value))
        .when(BACKEND_AT.col.is_not_null()).then(pl.lit(Seen.UNKNOWN.value))
        .when(by_balancer | pl.col(ROW).is_in(covered.implode())).then(pl.lit(Seen.ABSENT.value))
        .otherwise(pl.lit(Seen.UNKNOWN.value))
        .alias(NGINX_SEEN.name)
    )  # fmt: skip


def _answered_by_seen() -> pl.Expr:
    """Who answered, now that it is known who was there."""
    not_nginx = (NGINX_SEEN.col == Seen.ABSENT) & (ANSWERED_BY.col == Hop.NGINX)
    return (
        pl.when(BACKEND_AT.col.is_not_null() & ~LB_ANSWERED.col.fill_null(value=False)).then(pl.lit(Hop.BACKEND.value))
        .when(not_nginx).then(pl.lit(None, dtype=pl.String))
        .otherwise(ANSWERED_BY.col)
        .alias(ANSWERED_BY.name)
    )  # fmt: skip


def _backend_seen(joined: pl.DataFrame) -> pl.Expr:
    """Absent where nginx itself says that it asked nobody, or where the backend's log covers such a request."""
    covered = pl.col(ROW).is_in(rows_covered_by_backend(joined).implode())
    return (
        pl.when(BACKEND_AT.col.is_not_null()).then(pl.lit(Seen.SEEN.value))
        .when(ANSWERED_BY.col == Hop.NGINX).then(pl.lit(Seen.ABSENT.value))
        .when(_only_at_balancer() & TURNED_AWAY).then(pl.lit(Seen.ABSENT.value))
        .when((NGINX_SEEN.col == Seen.SEEN) & ANSWERED_BY.col.is_null() & covered).then(pl.lit(Seen.ABSENT.value))
        .otherwise(pl.lit(Seen.UNKNOWN.value))
        .alias(BACKEND_SEEN.name)
    )  # fmt: skip
