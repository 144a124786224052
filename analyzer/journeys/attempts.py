"""What each hop saw, as attempts: one row per attempt and hop, before the hops are joined.

In: the event table. Out: three tables of one shape each: the clients', nginx's (access log and error log as one) and
the backends' (several records of one handshake as one). The hard thing is that one attempt leaves several records.
"""

import polars as pl

from analyzer.journeys.matching import LEFT, RIGHT, ROW, Match, match, nearest, numbered
from analyzer.journeys.one_request import told_once, with_requests_beside
from analyzer.schema import (
    ACCESS_AT,
    ALLOWED_ORIGINS,
    BACKEND_AT,
    BACKEND_PLAIN,
    CLIENT,
    CLIENT_AT,
    CLOCK_TOLERANCE,
    CONNECTION,
    ERROR,
    ERROR_AT,
    FILE,
    HANDSHAKE,
    HOP,
    HOST,
    KIND,
    LAST_LINE,
    LEVEL,
    LINE,
    MESSAGE,
    METHOD,
    ORIGIN,
    PATH,
    PATH_KEY,
    PHASE,
    PORT,
    PROTOCOL,
    RAW,
    REFERRER,
    SCHEME,
    SERVER_NAME,
    SOURCE,
    START,
    STATUS,
    TARGET,
    TIME,
    UPGRADE,
    UPSTREAM,
    Column,
    Hop,
    Kind,
)

OWN_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
"""The port of a URL that names none (RFC 9110, 4.2; RFC 6455, section 3)."""

_UNTOLD = pl.lit(None, dtype=PORT.dtype).alias(
    PORT.name
)  # a server's log has the port it listens on, behind what maps it

OPENED = "opened"
"""Whether the WebSocket opened, as this hop saw it; null where it cannot tell."""

_SWITCHING_PROTOCOLS = 101
_SOCKET_WORDS = (
    r"(?i)web ?socket|\bwss?\b|handshake|upgrade|socket\.io|cable|request origin|check_?origin|\bsocket"
    r"|does not match origin"
)
_ARRIVED_AS_ONE = r"WebSocket (?:REJECT|CONNECT|HANDSHAKING) /|\"WS(?:REJECT|CONNECT|CONNECTING) /|\[WebSocket\] for "
_ORIGIN = r"^(?:[a-z][a-z0-9+.-]*://[^/]*/?|null|undefined)$"  # RFC 6454, 6.2: no path
_VERDICTS = (Kind.HANDSHAKE_ACCEPTED, Kind.HANDSHAKE_REJECTED, Kind.ORIGIN_REJECTED, Kind.UPGRADE_MISSING)
_REQUEST_LINE = (METHOD, TARGET, PATH, PATH_KEY, HOST, PROTOCOL)
_PATH_OF_CUT = "path of a request that nginx cut"  # its error lines end at 2048 bytes: ngx_log.h, NGX_MAX_ERROR_STR
_FROM_ERROR = (ERROR, FILE, MESSAGE, PHASE, UPSTREAM, SERVER_NAME, ERROR_AT)


def place(column: Column) -> pl.Expr:
    """The record's place in the bundle: source, first and last line."""
    return pl.struct(SOURCE.col.alias("source"), LINE.col.alias("line"), LAST_LINE.col.alias("last_line")).alias(
        column.name
    )


def client_attempts(events: pl.DataFrame) -> pl.DataFrame:
    """What clients tell of their own attempts: a row per handshake that failed or opened, and per plain request."""
    kinds = (Kind.HANDSHAKE_FAILED, Kind.OPENED, Kind.REQUEST)
    rows = events.filter(HOP.col == Hop.CLIENT, KIND.col.is_in(kinds), TARGET.col.is_not_null())
    opened = pl.when(KIND.col == Kind.OPENED).then(True).when(KIND.col == Kind.HANDSHAKE_FAILED).then(False)  # noqa: FBT003  polars' own word
    attempts = rows.with_columns(
        place(CLIENT_AT), dialled(), opened.alias(OPENED), (KIND.col != Kind.REQUEST).alias(HANDSHAKE.name)
    )
    return numbered(_once_per_handshake(attempts))


def dialled() -> pl.Expr:
    """The port of the URL; where it names none, its scheme's own."""
    own = SCHEME.col.replace_strict(OWN_PORTS, default=None, return_dtype=pl.Int64)
    return pl.coalesce(PORT.col, own).alias(PORT.name)


def _once_per_handshake(attempts: pl.DataFrame) -> pl.DataFrame:
    """Chrome and the page itself often both report one failure: neighbours that tell the same are one attempt."""
    same = pl.all_horizontal(
        SOURCE.col.shift(1).eq_missing(SOURCE.col),
        TARGET.col.shift(1).eq_missing(TARGET.col),
        KIND.col.shift(1).eq_missing(KIND.col),
        LINE.col - LAST_LINE.col.shift(1) <= 1,
        STATUS.col.is_null() & STATUS.col.shift(1).is_not_null(),
        METHOD.col.is_null(),  # a request line is an attempt of its own
    )
    return attempts.sort(SOURCE.name, LINE.name).filter(~same.fill_null(value=False))


def nginx_attempts(events: pl.DataFrame) -> pl.DataFrame:
    """Every request that nginx tells of: its access line and its error lines joined where they are of one request."""
    seen = events.filter(HOP.col == Hop.NGINX)
    access = numbered(seen.filter(KIND.col == Kind.REQUEST).with_columns(place(ACCESS_AT)))
    errors = numbered(_error_requests(seen))
    cut = pl.when(PROTOCOL.col.is_null()).then(PATH.col).alias(_PATH_OF_CUT)
    pairs = match(access.with_columns(PATH.col.alias(_PATH_OF_CUT)), errors.with_columns(cut), _ACCESS_TO_ERROR)
    joined = _with_errors(access, errors, pairs)
    alone = _of_other_requests(errors, pairs)
    table = pl.concat([joined, alone], how="diagonal_relaxed")
    opened = pl.when(STATUS.col.is_not_null() | ERROR_AT.col.is_not_null()).then(
        (STATUS.col == _SWITCHING_PROTOCOLS).fill_null(value=False)
    )
    upgraded = (STATUS.col == _SWITCHING_PROTOCOLS) | (UPGRADE.col.str.to_lowercase() == "websocket")
    verdicts = (opened.alias(OPENED), upgraded.replace({False: None}).alias(HANDSHAKE.name))
    told = table.drop(ROW).with_columns(*verdicts, _UNTOLD)
    return numbered(told.sort(TIME.name, SOURCE.name, LINE.name))


_ACCESS_TO_ERROR: tuple[Match, ...] = (
    nearest(CONNECTION, METHOD, TARGET, within_seconds=75),
    nearest(CLIENT, METHOD, TARGET, within_seconds=2),
    nearest(CLIENT, METHOD, TARGET, within_seconds=75),  # a first peer's failure stands a timeout before the answer
    nearest(CLIENT, METHOD, _PATH_OF_CUT, within_seconds=2),
)


def _error_requests(seen: pl.DataFrame) -> pl.DataFrame:
    """The error lines that belong to a request, one per request: the first line says what went wrong first."""
    rows = seen.filter(KIND.col == Kind.NGINX_ERROR, TARGET.col.is_not_null()).with_columns(
        place(ERROR_AT), _own_file()
    )
    graver = LEVEL.col.is_in(["error", "crit", "alert", "emerg"])
    ordered = rows.sort(SOURCE.name, graver, LINE.name, descending=[False, True, False])
    request = [column.name for column in (SOURCE, CONNECTION, CLIENT, METHOD, TARGET, TIME)]
    return ordered.unique(subset=request, keep="first", maintain_order=True).sort(SOURCE.name, LINE.name)


def _own_file() -> pl.Expr:
    """The file, where it is the request's own: after a backend's answer nginx may look for an error page instead.

    For a path that ends in a slash it is the index of that folder (ngx_http_index_module).
    """
    last = r"([^/]*)/?$"
    asked = PATH.col.str.extract(last, 1)
    same = FILE.col.str.extract(last, 1) == asked
    index = PATH.col.str.ends_with("/") & (FILE.col.str.extract(r"([^/]*)/[^/]*$", 1) == asked) & (asked != "")
    return pl.when(UPSTREAM.col.is_null() & (same | index)).then(FILE.col).alias(FILE.name)


def _with_errors(access: pl.DataFrame, errors: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Lay the error line's words beside the access line; where both know a fact, the access log's stands."""
    filled = (HOST, REFERRER)
    names = [column.name for column in (*_FROM_ERROR, *filled)]
    told = errors.select(pl.col(ROW).alias(RIGHT), *[pl.col(name).alias(f"{name} of error") for name in names])
    joined = access.join(pairs, left_on=ROW, right_on=LEFT, how="left").join(told, on=RIGHT, how="left")
    either = [
        pl.coalesce(pl.col(name) if name in access.columns else pl.lit(None), pl.col(f"{name} of error")).alias(name)
        for name in names
    ]
    return joined.with_columns(either).drop(RIGHT, *[f"{name} of error" for name in names])


def _of_other_requests(errors: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Error lines of requests without an access line; further lines of a request that is already told are dropped."""
    matched = errors.join(pairs, left_on=ROW, right_on=RIGHT, how="semi")
    request = [column.name for column in (SOURCE, CONNECTION, CLIENT, METHOD, TARGET)]
    return errors.join(matched, on=request, how="anti", nulls_equal=True)


def backend_attempts(events: pl.DataFrame) -> pl.DataFrame:
    """What backends tell: a handshake with all its records as one row, a plain request as one row."""
    words = events.filter(HOP.col == Hop.BACKEND)
    kinds = KIND.col.is_in([Kind.HANDSHAKE_RECEIVED, *_VERDICTS])
    told = words.filter(kinds, ~_speaks_of_other_origins()).with_columns(_named_host())
    requests = words.filter(KIND.col == Kind.REQUEST, TARGET.col.is_not_null())
    asked = words.filter(KIND.col == Kind.MESSAGE, METHOD.col.is_not_null())
    plain = told_once(requests).with_columns(place(BACKEND_AT), _without_upgrade().alias(BACKEND_PLAIN.name))
    table = pl.concat(with_requests_beside(_handshakes(told), plain, asked), how="diagonal_relaxed")
    return numbered(table.with_columns(_UNTOLD).sort(TIME.name, SOURCE.name, LINE.name))


def _speaks_of_other_origins() -> pl.Expr:
    """`origin` said of CORS, of git or in a setting's description: no handshake was refused there."""
    refused = KIND.col == Kind.ORIGIN_REJECTED
    of_sockets = RAW.col.str.contains(_SOCKET_WORDS)
    no_value = ORIGIN.col.is_null() & ALLOWED_ORIGINS.col.is_null()
    no_origin = ~ORIGIN.col.str.contains(_ORIGIN).fill_null(value=True)
    cors = RAW.col.str.contains(r"(?i)\bcors\b")
    return refused & ((~of_sockets & (no_value | cors)) | no_origin)


def _named_host() -> pl.Expr:
    """The host, where the client can have asked for it: by default nginx sends its upstream's address instead."""
    address = HOST.col.str.contains(r"^[0-9.]+$|^\[|^localhost$|^[^.]+$")
    return pl.when(~address).then(HOST.col).alias(HOST.name)


def _without_upgrade() -> pl.Expr:
    """The backend says that no Upgrade came; or its HTTP framework logged it, which an upgrade never passes.

    morgan, gunicorn and their like print `- -` before the time (formats of Apache); upgrades bypass them.
    """
    by_framework = RAW.col.str.contains(r"^\S+ - \S+ \[") & (STATUS.col != _SWITCHING_PROTOCOLS)
    plain = (UPGRADE.col == "") | by_framework | (PROTOCOL.col == "1.0")
    return pl.when(plain).then(pl.lit(value=True)).when(_with_upgrade()).then(pl.lit(value=False))


def _with_upgrade() -> pl.Expr:
    """The server says by itself that a handshake arrived: uvicorn's, Daphne's and Rails' words for one."""
    return (UPGRADE.col.str.to_lowercase() == "websocket") | RAW.col.str.contains(_ARRIVED_AS_ONE)


def _handshakes(told: pl.DataFrame) -> pl.DataFrame:
    """Gather the records of each handshake. A new one begins where a request arrives, or another verdict falls."""
    ordered = told.sort(SOURCE.name, LINE.name).with_columns(begins=_begins())
    number = pl.col("begins").cast(pl.Int64).cum_sum().alias("handshake")
    verdicts = KIND.col.filter(KIND.col.is_in(_VERDICTS))
    refused_origin = verdicts.filter(
        verdicts == Kind.ORIGIN_REJECTED
    ).first()  # Rails goes on to say "Failed to upgrade"
    verdict = pl.coalesce(refused_origin, verdicts.last())
    opened = pl.when(verdict == Kind.HANDSHAKE_ACCEPTED).then(True).when(verdict.is_not_null()).then(False)  # noqa: FBT003
    known = [column for column in _HANDSHAKE_FACTS if column.name in told.columns]
    gathered = (
        ordered.with_columns(number)
        .group_by(SOURCE.name, "handshake", maintain_order=True)
        .agg(
            *[column.col.drop_nulls().first() for column in known],
            opened.alias(OPENED),
            verdict.fill_null(pl.lit(Kind.HANDSHAKE_RECEIVED.value)).alias(KIND.name),
            LINE.col.filter(_decides(verdict)).first(),
            LAST_LINE.col.filter(_decides(verdict)).first(),
            MESSAGE.col.filter(_decides(verdict)).first(),
            _with_upgrade().any().alias("with upgrade"),
        )
    )
    lost, arrived = KIND.col == Kind.UPGRADE_MISSING, pl.col("with upgrade")
    plain = pl.when(lost).then(pl.lit(value=True)).when(arrived).then(pl.lit(value=False)).alias(BACKEND_PLAIN.name)
    seen = gathered.with_columns(place(BACKEND_AT), pl.lit(value=True).alias(HANDSHAKE.name), plain)
    return seen.drop("handshake", "with upgrade")


_HANDSHAKE_FACTS = (
    TIME, START, CLOCK_TOLERANCE, METHOD, TARGET, PATH, PATH_KEY, HOST, PROTOCOL, UPGRADE, ORIGIN, STATUS, CLIENT,
    ALLOWED_ORIGINS,
)  # fmt: skip


def _decides(verdict: pl.Expr) -> pl.Expr:
    """The record that a person would quote: the verdict, or the arrival where there is none."""
    return KIND.col == verdict.fill_null(pl.lit(Kind.HANDSHAKE_RECEIVED.value))


def _begins() -> pl.Expr:
    before = KIND.col.shift(1).over(SOURCE.name)
    target_so_far = TARGET.col.forward_fill().shift(1).over(SOURCE.name)
    same_target = target_so_far.str.starts_with(TARGET.col).fill_null(value=False)  # "Handling /api/web-voice upgrade"
    other_target = TARGET.col.is_not_null() & ~same_target
    repeats = before.is_in(_VERDICTS) & (TARGET.col.is_not_null() | (KIND.col == Kind.ORIGIN_REJECTED))
    opened = (before == Kind.HANDSHAKE_ACCEPTED) & KIND.col.is_in(_VERDICTS)  # what had opened is refused no more
    same_words = MESSAGE.col == MESSAGE.col.shift(1).over(SOURCE.name)
    said_again = before.is_in(_VERDICTS) & (before == KIND.col) & same_words  # one refusal is told in other words
    again = (repeats | opened | said_again).fill_null(value=False)
    return (KIND.col == Kind.HANDSHAKE_RECEIVED) | before.is_null() | other_target | again
