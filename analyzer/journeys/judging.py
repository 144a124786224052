"""What came of each journey: was it a handshake, did it succeed, who answered, which hop saw it, did anybody want it.

In: the joined hops. Out: the same rows with these columns filled. The hard thing is absence: a hop's silence counts
only where its log demonstrably tells of such requests (DESIGN, idea 5); otherwise it is unknown.
"""

import polars as pl

from analyzer.journeys.attempts import OPENED
from analyzer.journeys.coverage import rows_covered
from analyzer.journeys.matching import ROW, numbered
from analyzer.paths import ASSET, UNASKED, path_of, removed_prefix
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_KIND,
    BACKEND_SEEN,
    BACKEND_STATUS,
    BACKEND_TARGET,
    CAUGHT,
    CLIENT,
    CLIENT_AT,
    CLIENT_ERROR,
    CLIENT_SEEN,
    CLIENT_STATUS,
    ERROR_AT,
    FILE,
    HANDSHAKE,
    HOST,
    LB_ANSWERED,
    LB_AT,
    LB_SEEN,
    LB_STATUS,
    LB_TARGET,
    LEVEL,
    METHOD,
    NGINX_SEEN,
    ORIGIN,
    OUTCOME,
    PATH,
    PATH_KEY,
    PHASE,
    PLACE_OR_PATH,
    QUERY,
    REFERRER,
    REMOVED,
    ROUTE_ADDRESS,
    ROUTE_LACKS,
    ROUTE_LOCATION,
    ROUTE_LOCATION_AT,
    ROUTE_OUTCOME,
    ROUTE_REMOVED,
    ROUTE_TARGET,
    STATUS,
    TIME,
    UPGRADE,
    UPSTREAM,
    UPSTREAM_ADDR,
    UPSTREAM_HEADER_TIME,
    USER_AGENT,
    WANTED,
    Hop,
    Kind,
    Outcome,
    Seen,
    Wanted,
)

_SWITCHING_PROTOCOLS = 101
_RETRIES, _SOON_S, _FEW_PATHS, _FEW_COMPLAINTS = 3, 120, 5, 3
_GRAVE = ("error", "crit", "alert", "emerg")
_CLIENT_ERROR = 400
_URI_TOO_LONG, _UPGRADE_REQUIRED = 414, 426
_CLIENT_CLOSED_REQUEST = 499  # nginx's own: the client left first
_PROBES = (
    r"(?i)health|probe|monitor|uptime|statuscake|pingdom|bot\b|crawl|spider|scan|zgrab|nuclei|nikto|censys|expanse"
    r"|feed|rss|compatible;|curl|wget|python-requests|go-http-client|^java/|prometheus"
)
_GIVEN_UP = ("net::ERR_ABORTED", "net::ERR_BLOCKED_BY_CLIENT", "NS_BINDING_ABORTED")  # the page's, a blocker's doing
_BY_NGINX_ALONE = ("static", "answered", "denied", "redirected", "closed")


def answered_by() -> pl.Expr:
    """Who made the answer, as far as nginx's own logs and its config tell (formats/01, section 1.5)."""
    nobody_asked = UPSTREAM_ADDR.col.is_in(["-", ""]) | FILE.col.is_not_null()
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
    known = joined.with_columns(_outcome(), *_removed()).with_columns(_place_or_path(), _caught())
    seen = known.with_columns(
        _seen(CLIENT_AT.col.is_not_null()).alias(CLIENT_SEEN.name),
        _seen(LB_AT.col.is_not_null()).alias(LB_SEEN.name),
        _nginx_seen(rows_covered(joined, families)),
    ).with_columns(_answered_by_seen())
    return seen.with_columns(_backend_seen(seen)).with_columns(_wanted(seen, short=short))


def with_handshakes(joined: pl.DataFrame) -> pl.DataFrame:
    """Fill HANDSHAKE: whether a WebSocket was to be opened."""
    return joined.with_columns(_handshake(joined))


def _place_or_path() -> pl.Expr:
    at = ROUTE_LOCATION_AT.col.struct
    place = pl.concat_str(at.field("source"), pl.lit(":"), at.field("line").cast(pl.String))
    return pl.coalesce(place, REMOVED.col, PATH_KEY.col).alias(PLACE_OR_PATH.name)


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
        .when((STATUS.col == _UPGRADE_REQUIRED) & ~_probed()).then(pl.lit(value=True))
        .when(_as_refused().is_in(refused) & REFERRER.col.is_null() & ~_probed()).then(pl.lit(value=True))
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
    return failed & ~polling & ~_probed()


def _probed() -> pl.Expr:
    """Asked by a monitor, a crawler or a scanner: its own name says so."""
    return USER_AGENT.col.str.contains(_PROBES).fill_null(value=False)


def _outcome() -> pl.Expr:
    """The client's word counts first, then nginx's status, then the backend's verdict."""
    by_balancer = LB_STATUS.col == _SWITCHING_PROTOCOLS
    opened = pl.coalesce(pl.col("client opened"), by_balancer, pl.col(OPENED), pl.col("backend opened"))
    status = pl.coalesce(LB_STATUS.col, STATUS.col, CLIENT_STATUS.col, BACKEND_STATUS.col)
    given_up = CLIENT_ERROR.col.is_in(_GIVEN_UP) & status.is_null()
    only_told_as_error = status.is_null() & LEVEL.col.is_in(_GRAVE)
    return (
        pl.when(HANDSHAKE.col.fill_null(value=False) & opened.is_not_null())
        .then(pl.when(opened).then(pl.lit(Outcome.OK.value)).otherwise(pl.lit(Outcome.FAILED.value)))
        .when((status == _CLIENT_CLOSED_REQUEST) | given_up).then(pl.lit(Outcome.UNKNOWN.value))
        .when(CLIENT_ERROR.col.is_not_null()).then(pl.lit(Outcome.FAILED.value))
        .when(status >= _CLIENT_ERROR).then(pl.lit(Outcome.FAILED.value))
        .when(status.is_not_null()).then(pl.lit(Outcome.OK.value))
        .when(only_told_as_error).then(pl.lit(Outcome.FAILED.value))
        .otherwise(pl.lit(Outcome.UNKNOWN.value))
        .alias(OUTCOME.name)
    )  # fmt: skip


def _seen(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(pl.lit(Seen.SEEN.value)).otherwise(pl.lit(Seen.UNKNOWN.value))


def _nginx_seen(covered: pl.Series) -> pl.Expr:
    """Absent where a load balancer says that it chose nobody, or where nginx's log covers the moment."""
    turned_away = _only_at_balancer() & LB_TARGET.col.is_null()
    return (
        pl.when(ACCESS_AT.col.is_not_null() | ERROR_AT.col.is_not_null()).then(pl.lit(Seen.SEEN.value))
        .when(BACKEND_AT.col.is_not_null()).then(pl.lit(Seen.UNKNOWN.value))
        .when(turned_away | pl.col(ROW).is_in(covered.implode())).then(pl.lit(Seen.ABSENT.value))
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


def _backend_seen(journeys: pl.DataFrame) -> pl.Expr:
    """Absent where nginx itself says that it asked nobody, or where the backend's log tells of such requests."""
    joined = journeys.filter(BACKEND_AT.col.is_not_null(), NGINX_SEEN.col == Seen.SEEN)
    tells_plain = joined.filter(BACKEND_KIND.col == Kind.REQUEST).height > 0
    tells_handshakes = joined.filter(BACKEND_KIND.col != Kind.REQUEST).height > 0
    arrives_plain = ~HANDSHAKE.col.fill_null(value=False) | (ROUTE_LACKS.col.list.len() > 0).fill_null(value=False)
    covered = pl.when(arrives_plain).then(pl.lit(tells_plain)).otherwise(pl.lit(tells_handshakes))
    return (
        pl.when(BACKEND_AT.col.is_not_null()).then(pl.lit(Seen.SEEN.value))
        .when(ANSWERED_BY.col == Hop.NGINX).then(pl.lit(Seen.ABSENT.value))
        .when(_only_at_balancer() & LB_TARGET.col.is_null()).then(pl.lit(Seen.ABSENT.value))
        .when((NGINX_SEEN.col == Seen.SEEN) & ANSWERED_BY.col.is_null() & covered).then(pl.lit(Seen.ABSENT.value))
        .otherwise(pl.lit(Seen.UNKNOWN.value))
        .alias(BACKEND_SEEN.name)
    )  # fmt: skip


def _few_failures() -> pl.Expr:
    """A paste complains of one thing or two; many paths, once each, are a scanner's."""
    return PATH_KEY.col.filter(OUTCOME.col == Outcome.FAILED).n_unique() <= _FEW_COMPLAINTS


def _scans() -> pl.Expr:
    """One client, many handshakes, each to another path, none of which opens."""
    failed = PATH_KEY.col.filter((OUTCOME.col == Outcome.FAILED) & HANDSHAKE.col.fill_null(value=False))
    opened = ((OUTCOME.col == Outcome.OK) & HANDSHAKE.col.fill_null(value=False)).any().over(CLIENT.name)
    once_each = (failed.n_unique().over(CLIENT.name) == failed.len().over(CLIENT.name)) & ~opened
    return (
        CLIENT.col.is_not_null() & CLIENT_AT.col.is_null() & once_each & (failed.len().over(CLIENT.name) >= _FEW_PATHS)
    )


def _refused_stranger() -> pl.Expr:
    """An origin that came once or twice and was refused, while the service's own pages pass: a refusal that works."""
    others_pass = ((OUTCOME.col == Outcome.OK) & HANDSHAKE.col.fill_null(value=False)).any()
    refused = (BACKEND_KIND.col == Kind.ORIGIN_REJECTED).fill_null(value=False)
    seldom = refused.sum().over(ORIGIN.name) < _RETRIES
    named = (refused & CLIENT_AT.col.is_not_null()).any().over(ORIGIN.name)
    return refused & others_pass & seldom & ~named & ~_of_this_site()


def _of_this_site() -> pl.Expr:
    """The origin's last two labels are those of the host that was asked."""
    site = r"([^./:]+\.[^./:]+)(?::[0-9]+)?/?$"
    return (ORIGIN.col.str.extract(site, 1) == HOST.col.str.extract(site, 1)).fill_null(value=False)


def _retried() -> pl.Expr:
    """One client wants one thing, soon again, and never gets it; and this server does serve WebSockets.

    A crawler comes back after hours, a scanner tries many paths, a page's own fetch names its page in Referer.
    """
    attempt = [CLIENT.name, PATH_KEY.name]
    failed = OUTCOME.col == Outcome.FAILED
    never = failed.all().over(attempt) & (METHOD.col == "GET") & REFERRER.col.is_null()
    gap = (TIME.col.max() - TIME.col.min()).dt.total_seconds() / pl.len()
    soon = (pl.len() >= _RETRIES) & (gap <= _SOON_S).fill_null(value=True)
    few_paths = PATH_KEY.col.filter(failed).n_unique().over(CLIENT.name) <= _FEW_PATHS
    serves_websockets = ((OUTCOME.col == Outcome.OK) & HANDSHAKE.col.fill_null(value=False)).any()
    browser = USER_AGENT.col.is_null() | USER_AGENT.col.str.contains("Mozilla", literal=True)
    nothing_works = ~(OUTCOME.col == Outcome.OK).any()  # an error log alone tells of failures only
    serves = serves_websockets | nothing_works
    return CLIENT.col.is_not_null() & browser & never & soon.over(attempt) & few_paths & serves


def _beside_sockets() -> pl.Expr:
    """A GET to a path whose neighbours open as WebSockets, by a client that is served other things here."""
    folder = PATH_KEY.col.str.extract(r"^(/.+)/[^/]+$", 1)
    opens = (OUTCOME.col == Outcome.OK) & HANDSHAKE.col.fill_null(value=False)
    served = (OUTCOME.col == Outcome.OK).any().over(CLIENT.name) & CLIENT.col.is_not_null()
    asked = (METHOD.col == "GET") & REFERRER.col.is_null() & (OUTCOME.col == Outcome.FAILED)
    return asked & served & folder.is_in(folder.filter(opens).unique().implode()).fill_null(value=False)


def _asked_by_customers(journeys: pl.DataFrame) -> pl.Expr:
    """What several clients of the service ask for and never get, at a location for WebSockets or with too long a URL.

    Such a location hands on the upgrade and answers no plain request; a location for everything does answer them.
    Who was served a page at `/` and no more may be a scanner.
    """
    proxied = ROUTE_OUTCOME.col == "proxied"
    works = OUTCOME.col == Outcome.OK
    plain = (works & ~HANDSHAKE.col.fill_null(value=False)).any().over(ROUTE_LOCATION_AT.name)
    for_sockets = proxied & (ROUTE_LACKS.col.list.len() == 0) & ~plain
    customers = journeys.filter(works, proxied, PATH.col != "/", CLIENT.col.is_not_null())[CLIENT.name].unique()
    failed = (METHOD.col == "GET") & (OUTCOME.col == Outcome.FAILED) & CLIENT.col.is_in(customers.implode())
    several = CLIENT.col.filter(failed).n_unique().over(PATH_KEY.name) > 1
    asked = (for_sockets | (STATUS.col == _URI_TOO_LONG)).fill_null(value=False)
    return asked & failed & several & ~works.any().over(PATH_KEY.name)


def _failed_behind_nginx() -> pl.Expr:
    """nginx passed it on, and the upstream failed: no scanner's path, but a service that is set up and gone."""
    asked = UPSTREAM.col.is_not_null() | PHASE.col.str.contains("upstream").fill_null(value=False)
    return (asked & ERROR_AT.col.is_not_null() & (OUTCOME.col == Outcome.FAILED)) | STATUS.col.is_in([502, 504])


def _wanted(journeys: pl.DataFrame, *, short: bool) -> pl.Expr:
    """Why somebody wanted it, or null: a file that browsers and scanners try by themselves is wanted by nobody."""
    named = path_of(BACKEND_TARGET.col)
    by_backend = journeys.select(named.filter(BACKEND_STATUS.col.is_null() | (BACKEND_STATUS.col < _CLIENT_ERROR)))
    served = by_backend.to_series().drop_nulls().unique().to_list()
    reason = (
        pl.when(_probed() & CLIENT_AT.col.is_null()).then(pl.lit(None, dtype=pl.String))
        .when(_scans() | _refused_stranger()).then(pl.lit(None, dtype=pl.String))
        .when(HANDSHAKE.col).then(pl.lit(Wanted.HANDSHAKE.value))
        .when(_failed_behind_nginx()).then(pl.lit(Wanted.PROXIED.value))
        .when(PATH.col.str.contains(UNASKED)).then(pl.lit(None, dtype=pl.String))
        .when(pl.lit(short) & _few_failures()).then(pl.lit(Wanted.PASTE.value))
        .when(PATH.col.str.contains(ASSET)).then(pl.lit(None, dtype=pl.String))
        .when(CLIENT_AT.col.is_not_null()).then(pl.lit(Wanted.CLIENT.value))
        .when(PATH.col.is_in(served)).then(pl.lit(Wanted.BACKEND.value))
        .when(_retried()).then(pl.lit(Wanted.RETRIED.value))
        .when(_beside_sockets() | _asked_by_customers(journeys)).then(pl.lit(Wanted.BESIDE.value))
        .otherwise(pl.lit(None, dtype=pl.String))
    )  # fmt: skip
    return reason.alias(WANTED.name)
