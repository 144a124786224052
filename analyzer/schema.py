"""Every column once: its name, its type, what it means, and which room fills it.

Names are OpenTelemetry's where it has one, ECS's where it has not, nginx's variables under `nginx.*`, RFC 6455's
words under `websocket.*`, and ours under `lasthop.*`. No other file but the adapters in `formats/` spells one out.
"""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class Hop(StrEnum):
    """Where a request can be seen, or can end; in the order in which it travels."""

    CLIENT = "client"
    NETWORK = "network"
    LOAD_BALANCER = "load-balancer"
    NGINX = "nginx"
    UPSTREAM = "upstream"
    BACKEND = "backend"
    SESSION = "session"


class Seen(StrEnum):
    """What one hop's log says of one request. Absence counts only where the log covers the moment."""

    SEEN = "seen"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What one record tells."""

    REQUEST = "request"  # a request and the answer it got
    NGINX_ERROR = "nginx_error"  # nginx's own words, about a request or about itself
    HANDSHAKE_FAILED = "handshake_failed"  # a client could not open its WebSocket
    HANDSHAKE_RECEIVED = "handshake_received"  # a backend got an upgrade request
    HANDSHAKE_ACCEPTED = "handshake_accepted"  # a backend answered it with 101
    HANDSHAKE_REJECTED = "handshake_rejected"  # a backend refused it
    ORIGIN_REJECTED = "origin_rejected"  # a backend refused it because of its Origin
    OPENED = "opened"  # a client's WebSocket opened
    CLOSED = "closed"  # a WebSocket was closed, as its observer saw it
    NOBODY_CONNECTED = "nobody_connected"  # a backend had nobody to send to
    CALL_FAILED = "call_failed"  # a backend's own outgoing call was refused
    LISTENING = "listening"  # a backend started, and says where it listens
    MESSAGE = "message"  # anything else that a program said


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table that leaves a room."""

    name: str
    dtype: pl.DataType
    meaning: str
    filled_by: str

    @property
    def col(self) -> pl.Expr:
        """The column as an expression."""
        return pl.col(self.name)


def _column(name: str, dtype: pl.DataType, meaning: str, filled_by: str = "formats") -> Column:
    return Column(name, dtype, meaning, filled_by)


_TEXT = pl.String()
_COUNT = pl.Int64()
_MOMENT = pl.Datetime("us", "UTC")

# Where a record stands
SOURCE = _column("log.file.path", _TEXT, "the source's name: its path inside the bundle", "events")
LINE = _column("lasthop.line", _COUNT, "the record's first raw line, 1-based", "events")
LAST_LINE = _column("lasthop.last_line", _COUNT, "the record's last raw line", "events")
RAW = _column("log.record.original", _TEXT, "the record as it stands in the file", "events")
FORMAT = _column("lasthop.format", _TEXT, "the format that read the record", "events")
HOP = _column("lasthop.hop", _TEXT, "whose eyes saw it: client, nginx or backend", "events")

# When
TIME = _column("time", _MOMENT, "the time as logged, in UTC; null where the log has none")
TIME_MARKS = _column("lasthop.time_marks", _TEXT, "what the time marks: start, end, instant or unknown")
DURATION = _column("lasthop.duration", _COUNT, "microseconds from the first byte of the request to its time")
START = _column("lasthop.start", _MOMENT, "time minus duration, where both are known", "events")

# What was asked
KIND = _column("lasthop.kind", _TEXT, "what the record tells, a word of Kind")
METHOD = _column("http.request.method", _TEXT, "the request's method")
TARGET = _column("lasthop.target", _TEXT, "the request-target as sent: raw path and query (RFC 9112, 3.2)")
PATH = _column("url.path", _TEXT, "the path, raw, without query", "events")
QUERY = _column("url.query", _TEXT, "the query, without its question mark", "events")
PATH_KEY = _column("lasthop.path_key", _TEXT, "the path with ids folded: the path's family", "events")
SCHEME = _column("url.scheme", _TEXT, "http, https, ws or wss")
HOST = _column("server.address", _TEXT, "the host that the client asked for, lower case, without port")
PORT = _column("server.port", _COUNT, "the port that the client asked for")
PROTOCOL = _column("network.protocol.version", _TEXT, "HTTP's version on the request line: 1.0, 1.1, 2.0")
UPGRADE = _column("http.request.header.upgrade", _TEXT, "the Upgrade header; empty when it is known to be missing")
ORIGIN = _column("http.request.header.origin", _TEXT, "the Origin header")
REFERRER = _column("http.request.referrer", _TEXT, "the Referer header")
USER_AGENT = _column("user_agent.original", _TEXT, "the User-Agent header")
CLIENT = _column("client.address", _TEXT, "the address of the peer, as this hop saw it")
CLIENT_PORT = _column("client.port", _COUNT, "the port of the peer, as this hop saw it")

# What came of it
STATUS = _column("http.response.status_code", _COUNT, "the status of the answer")
LEVEL = _column("log.level", _TEXT, "the level, in the log's own word, lower case")
ERROR = _column("error.type", _TEXT, "the errno or net:: error name")
MESSAGE = _column("message", _TEXT, "the words of the record")
FILE = _column("nginx.file", _TEXT, "the file on disk that nginx looked for")
PHASE = _column("nginx.phase", _TEXT, "what nginx was doing: its own words after 'while'")
CONNECTION = _column("nginx.connection", _COUNT, "nginx's connection number, the *N of the error log")
SERVER_NAME = _column("nginx.server_name", _TEXT, "the first name of the server block that answered")
UPSTREAM = _column("nginx.upstream", _TEXT, "the URL that nginx asked of the backend")
UPSTREAM_ADDR = _column("nginx.upstream_addr", _TEXT, "$upstream_addr: attempts by comma, passes by colon")
UPSTREAM_STATUS = _column("nginx.upstream_status", _TEXT, "$upstream_status, likewise; nginx's own 502 included")
UPSTREAM_HEADER_TIME = _column(
    "nginx.upstream_header_time", _TEXT, "$upstream_header_time: a number proves that the backend answered"
)
CLOSE_CODE = _column("websocket.close_code", _COUNT, "the close code as its observer reports it (RFC 6455, 7.4)")
ALLOWED_ORIGINS = _column("lasthop.allowed_origins", pl.List(pl.String()), "the allow-list as the backend logged it")

PARSED: tuple[Column, ...] = (
    TIME, TIME_MARKS, DURATION, KIND, METHOD, TARGET, SCHEME, HOST, PORT, PROTOCOL, UPGRADE, ORIGIN, REFERRER,
    USER_AGENT, CLIENT, CLIENT_PORT, STATUS, LEVEL, ERROR, MESSAGE, FILE, PHASE, CONNECTION, SERVER_NAME, UPSTREAM,
    UPSTREAM_ADDR, UPSTREAM_STATUS, UPSTREAM_HEADER_TIME, CLOSE_CODE, ALLOWED_ORIGINS,
)  # fmt: skip
"""What a format may fill."""

EVENTS: tuple[Column, ...] = (
    SOURCE, LINE, LAST_LINE, FORMAT, HOP, *PARSED, START, PATH, QUERY, PATH_KEY, RAW,
)  # fmt: skip
"""The event table: one row per record with meaning, sorted by (time, source, line)."""


def schema_of(columns: tuple[Column, ...]) -> pl.Schema:
    """Return the Polars schema of a table of these columns."""
    return pl.Schema({column.name: column.dtype for column in columns})
