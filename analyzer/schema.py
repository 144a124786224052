"""Every column once: its name, its type, what it means, and which room fills it.

Names are OpenTelemetry's where it has one, ECS's where it has not, nginx's variables under `nginx.*`, RFC 6455's
words under `websocket.*`, and ours under `lasthop.*`. No other file but the adapters in `formats/` spells one out.
"""

from dataclasses import field
from enum import StrEnum

import polars as pl

from analyzer.frozen import dataclass


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
    UPGRADE_MISSING = "upgrade_missing"  # a backend expected a handshake, and says that Upgrade did not come with it
    ORIGIN_REJECTED = "origin_rejected"  # a backend refused it because of its Origin
    OPENED = "opened"  # a client's WebSocket opened
    CLOSED = "closed"  # a WebSocket was closed, as its observer saw it
    NOBODY_CONNECTED = "nobody_connected"  # a backend had nobody to send to
    CALL_FAILED = "call_failed"  # a backend's own outgoing call was refused
    LISTENING = "listening"  # a backend started, and says where it listens
    SETTING = "setting"  # what a program was told in its environment or its config
    MESSAGE = "message"  # anything else that a program said


class Ending(StrEnum):
    """How a load balancer says that a request ended, in the same words for all of them; nothing where all was well."""

    NO_SERVER = "no server"  # it knew none that lives
    REFUSED = "refused"  # the server refused the connection
    UNREACHED = "unreached"  # no connection to the server came about
    UNTRUSTED = "untrusted"  # nor did TLS, on a connection that had
    SILENT = "silent"  # the server took it, and did not answer in time
    BROKEN_OFF = "broken off"  # the server hung up on it
    INVALID = "invalid"  # what the server answered is no answer
    OVERLOADED = "overloaded"  # a queue was full, a limit was reached, a resource was out
    RULED = "ruled"  # a rule of the load balancer's own answered
    UNROUTED = "unrouted"  # no rule of the load balancer's takes it
    CLIENT_LEFT = "client left"  # the client was gone, or never said what it wanted
    IDLE = "idle"  # nothing was said on an open connection for too long


class Answer(StrEnum):
    """How a request was answered, as far as one record tells."""

    SERVED = "served"  # a status below 400, or a handshake that opened
    REFUSED = "refused"  # 4xx, or a handshake that was turned away
    FAILED = "failed"  # 5xx, or a handshake that did not come about
    LEFT = "left"  # the client was gone first: nginx's 499


class Lacks(StrEnum):
    """What a written time leaves open."""

    ZONE = "zone"  # a local time without its zone
    DATE = "date"  # a time of day


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table that leaves a room."""

    name: str
    dtype: pl.DataType
    meaning: str
    filled_by: str
    col: pl.Expr = field(init=False, repr=False, compare=False)
    """The column as an expression."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "col", pl.col(self.name))


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
SERVICE = _column("service.name", _TEXT, "who wrote it, as what carried the line here names it", "sources")

# What a line was wrapped in: known from the source until its record is read
INNER = _column("lasthop.inner", _TEXT, "the line as it was written, without what was put around it", "sources")
STREAM = _column("lasthop.stream", _TEXT, "what of the service wrote it: a process, a pod, stdout or stderr", "sources")
STAMP = _column("lasthop.stamp", _TEXT, "the time that was put before it, as written", "sources")
UNFINISHED = _column("lasthop.unfinished", pl.Boolean(), "the next line of its stream goes on in the middle", "sources")
GOES_ON = _column(
    "lasthop.goes_on", pl.Boolean(), "it is one message with the line before, as its indent shows", "sources"
)

# When
TIME = _column("time", _MOMENT, "the time as logged, in UTC; null where the log has none")
TIME_MARKS = _column("lasthop.time_marks", _TEXT, "what the time marks: start, end, instant or unknown")
TIME_LACKS = _column("lasthop.time_lacks", _TEXT, "what the written time leaves open, a word of Lacks; null: nothing")
CLOCK = _column("lasthop.clock", _MOMENT, "the time of day, on 1970-01-01, where the log writes no date")
CLOCK_TOLERANCE = _column("lasthop.clock_tolerance", _COUNT, "seconds by which the time may still be off", "journeys")
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
ENDING = _column("lasthop.ending", _TEXT, "how it ended at a load balancer, a word of Ending")
CLOSE_CODE = _column("websocket.close_code", _COUNT, "the close code as its observer reports it (RFC 6455, 7.4)")
ALLOWED_ORIGINS = _column("lasthop.allowed_origins", pl.List(pl.String()), "the allow-list as the backend logged it")
SETTING = _column("lasthop.setting", _TEXT, "the name of a setting: its dotted path in the file")
SETTING_DIGEST = _column(
    "lasthop.setting_digest", _TEXT, "a digest of its value, keyed anew on every run: equal where the values are"
)
CREDENTIALS = _column(
    "lasthop.credentials",
    pl.Boolean(),
    "a cookie or an Authorization header went along; null proves nothing: most exports leave them out",
)
SIGNS = _column("lasthop.signs", _TEXT, "the causes whose words the record holds: slugs, apart by a space", "events")

PARSED: tuple[Column, ...] = (
    TIME, TIME_MARKS, DURATION, KIND, METHOD, TARGET, SCHEME, HOST, PORT, PROTOCOL, UPGRADE, ORIGIN, REFERRER,
    USER_AGENT, CLIENT, CLIENT_PORT, STATUS, LEVEL, ERROR, MESSAGE, FILE, PHASE, CONNECTION, SERVER_NAME, UPSTREAM,
    UPSTREAM_ADDR, UPSTREAM_STATUS, UPSTREAM_HEADER_TIME, ENDING, CLOSE_CODE, ALLOWED_ORIGINS, CREDENTIALS,
    SETTING, SETTING_DIGEST,
    TIME_LACKS, CLOCK,
)  # fmt: skip
"""What a format may fill."""

EVENTS: tuple[Column, ...] = (
    SOURCE, LINE, LAST_LINE, SERVICE, FORMAT, HOP, *PARSED, START, PATH, QUERY, PATH_KEY, RAW, SIGNS,
)  # fmt: skip
"""The event table: one row per record with meaning, sorted by (time, source, line)."""


_PLACE = pl.Struct({"source": pl.String(), "line": pl.Int64(), "last_line": pl.Int64()})

# Families of events: what is counted when not every record can be kept
COUNT = _column("lasthop.count", _COUNT, "how many records of this family there were", "events")
KEPT = _column("lasthop.kept", _COUNT, "how many records of this family were kept whole", "events")
FIRST = _column("lasthop.first", _MOMENT, "the first time of the family", "events")
LAST = _column("lasthop.last", _MOMENT, "the last time of the family", "events")
STEM = _column(
    "lasthop.stem", _TEXT, "a message without its numbers and quoted parts: what makes messages alike", "events"
)

HOUR = _column("lasthop.hour", _MOMENT, "the hour in which it began, or ended where the log does not tell", "events")

FAMILY: tuple[Column, ...] = (
    SOURCE, HOP, KIND, METHOD, HOST, PATH_KEY, STATUS, UPGRADE, ORIGIN, ERROR, LEVEL, STEM, SIGNS,
)  # fmt: skip
"""What makes records alike: of each family the first are kept whole, the rest is counted."""

TOLD: tuple[Column, ...] = (
    SOURCE, LINE, SERVICE, FORMAT, HOP, KIND, TIME, START, METHOD, HOST, PATH_KEY, STATUS, UPGRADE, ORIGIN, ERROR,
    LEVEL, MESSAGE, SIGNS,
)  # fmt: skip
"""What is read of every record, and is all that counters look at; the rest of EVENTS is read where it is kept."""

# Answers by time: what a timeline is drawn from
ANSWER = _column("lasthop.answer", _TEXT, "how a request was answered, a word of Answer", "events")

HISTOGRAM: tuple[Column, ...] = (TIME, SOURCE, HOP, ANSWER, COUNT)
"""How many requests a source answered how, by bucket of time; TIME is where the bucket begins."""

# Findings of a store: what failed when, for which cause
FINGERPRINT = _column("lasthop.fingerprint", _TEXT, "what an incident is known by, whenever it comes", "findings")
RECURRENCE = _column(
    "lasthop.recurrence", _TEXT, "what it is known by when it comes again, maybe at another path", "findings"
)
UNTIL = _column("lasthop.until", _MOMENT, "the last of the records that were counted together", "findings")

# Journeys: one attempt of one client at one target, over the hops
JOURNEY = _column("lasthop.journey", _COUNT, "the journey's number in the table's order", "journeys")
HANDSHAKE = _column(
    "lasthop.handshake", pl.Boolean(), "whether a WebSocket was to be opened; null: unknown", "journeys"
)
OUTCOME = _column("lasthop.outcome", _TEXT, "ok, failed or unknown", "journeys")
ANSWERED_BY = _column("lasthop.answered_by", _TEXT, "who made the answer: nginx, backend, or null: unknown", "journeys")
WANTED = _column("lasthop.wanted", _TEXT, "why somebody wanted this request: a word of Wanted, or null", "journeys")
CLIENT_SEEN = _column("lasthop.client_seen", _TEXT, "a word of Seen", "journeys")
NGINX_SEEN = _column("lasthop.nginx_seen", _TEXT, "a word of Seen", "journeys")
BACKEND_SEEN = _column("lasthop.backend_seen", _TEXT, "a word of Seen", "journeys")
CLIENT_AT = _column("lasthop.client_at", _PLACE, "where the client's log tells of it", "journeys")
ACCESS_AT = _column("lasthop.access_at", _PLACE, "where nginx's access log tells of it", "journeys")
ERROR_AT = _column("lasthop.error_at", _PLACE, "where nginx's error log tells of it", "journeys")
BACKEND_AT = _column("lasthop.backend_at", _PLACE, "where the backend's log tells of it", "journeys")
LB_SEEN = _column("lasthop.lb_seen", _TEXT, "a word of Seen", "journeys")
LB_AT = _column("lasthop.lb_at", _PLACE, "where the load balancer's log tells of it", "journeys")
LB_STATUS = _column("lasthop.lb_status", _COUNT, "the status that the load balancer gave", "journeys")
LB_TARGET = _column(
    "lasthop.lb_target", _TEXT, "the peer that the load balancer chose; null: none, or not told", "journeys"
)
LB_SAYS = _column(
    "lasthop.lb_says",
    _TEXT,
    "how it ended there, in its own words: HAProxy's termination state, AWS's error reason or action",
    "journeys",
)
LB_ENDING = _column("lasthop.lb_ending", _TEXT, "how it ended there, a word of Ending", "journeys")
LB_FORMAT = _column("lasthop.lb_format", _TEXT, "the format of the load balancer's log, and so whose it is", "journeys")
LB_ANSWERED = _column(
    "lasthop.lb_answered", pl.Boolean(), "the load balancer made the answer itself; null: it does not tell", "journeys"
)
CLIENT_ERROR = _column("lasthop.client_error", _TEXT, "the net:: error that the client reports", "journeys")
PLACES: tuple[Column, ...] = (CLIENT_AT, LB_AT, ACCESS_AT, ERROR_AT, BACKEND_AT)
"""Where the logs of the hops tell of a journey."""

CLIENT_STATUS = _column("lasthop.client_status", _COUNT, "the status as the client reports it", "journeys")
BACKEND_KIND = _column("lasthop.backend_kind", _TEXT, "what the backend did with it, a word of Kind", "journeys")
BACKEND_STATUS = _column("lasthop.backend_status", _COUNT, "the status as the backend logged it", "journeys")
BACKEND_TARGET = _column("lasthop.backend_target", _TEXT, "the request-target that the backend saw", "journeys")
BACKEND_SAYS = _column("lasthop.backend_says", _TEXT, "the words with which the backend decided", "journeys")
BACKEND_PLAIN = _column(
    "lasthop.backend_plain",
    pl.Boolean(),
    "the backend saw it without Upgrade; false: it saw a handshake; null: it does not tell",
    "journeys",
)
BACKEND_PROTOCOL = _column("lasthop.backend_protocol", _TEXT, "HTTP's version as the backend saw it", "journeys")
ORIGIN_DIFFERENCE = _column(
    "lasthop.origin_difference", _TEXT, "how the origin differs from the nearest one allowed", "journeys"
)

ORIGIN_SETTING = _column(
    "lasthop.origin_setting", _TEXT, "a setting of the bundle that does allow the origin", "journeys"
)
ORIGIN_SETTING_AT = _column("lasthop.origin_setting_at", _PLACE, "where that setting stands", "journeys")

OTHER_PORT = _column(
    "lasthop.other_port",
    _COUNT,
    "the only port on which the backend says it listens; another is dialled",
    "journeys",
)

NEAR_PATH = _column("lasthop.near_path", _TEXT, "a path that opens and is written almost like this one", "journeys")
ADDED = _column("lasthop.added", _TEXT, "what stood before the path when it arrived at the backend", "journeys")
ROUTE_ADDED = _column("lasthop.route_added", _TEXT, "what the config puts before the path", "journeys")
SLASH = _column("lasthop.slash", _TEXT, "a slash of the path that arrived `doubled` or was `lost`", "journeys")
ROUTE_SLASH = _column("lasthop.route_slash", _TEXT, "a slash that the config doubles or loses", "journeys")

LIFETIME = _column(
    "lasthop.lifetime", pl.Float64(), "for how many seconds the WebSocket was open; null: unknown", "journeys"
)

CAUSE = _column("lasthop.cause", _TEXT, "the slug of the cause", "findings")
SIGN_AT = _column("lasthop.sign_at", _PLACE, "where the words stand that are a sign of the cause asked for", "findings")
SIGN_SAYS = _column("lasthop.sign_says", _TEXT, "these words", "findings")
SIGN_WORDS = _column("lasthop.sign_words", _TEXT, "all such words that tell of it, a line each", "findings")

# Settings that two files both have
SETTING_AT = _column("lasthop.setting_at", _PLACE, "where the first of two settings stands", "journeys")
OTHER_SETTING = _column("lasthop.other_setting", _TEXT, "the name that the other file gives it", "journeys")
OTHER_SETTING_AT = _column("lasthop.other_setting_at", _PLACE, "where the other one stands", "journeys")
SETTINGS_EQUAL = _column("lasthop.settings_equal", pl.Boolean(), "whether both have one value", "journeys")

BACKEND_ADDRESS = _column(
    "lasthop.backend_address",
    _TEXT,
    "the backend's address: as the config has it, else as nginx says it dialled it",
    "findings",
)

SETTING_PAIRS: tuple[Column, ...] = (SETTING, SETTING_AT, OTHER_SETTING, OTHER_SETTING_AT, SETTINGS_EQUAL)
"""Two files' settings that mean one secret: a row per pair, sorted by place."""

# Routes: what the config does with a request
REMOVED = _column("lasthop.removed", _TEXT, "what the path had lost when it arrived at the backend", "journeys")
ROUTE_REMOVED = _column("lasthop.route_removed", _TEXT, "what the config makes the path lose", "journeys")
CAUGHT = _column(
    "lasthop.caught", pl.Boolean(), "the catch-all location took it, to another upstream than its siblings", "journeys"
)
PLACE_OR_PATH = _column(
    "lasthop.place_or_path", _TEXT, "what takes it: the location, or the prefix removed, or its path family", "journeys"
)
FOLDER = _column(
    "lasthop.folder", _TEXT, "the folder of WebSockets that the path lies in, or its path family", "journeys"
)
ROUTE = _column("lasthop.route", _COUNT, "the number of the route in the routes table", "journeys")
ROUTE_OUTCOME = _column("lasthop.route_outcome", _TEXT, "proxied, static, answered, ...; null: no config", "journeys")
ROUTE_SERVER_AT = _column("lasthop.route_server_at", _PLACE, "the server block", "journeys")
ROUTE_LOCATION = _column("lasthop.route_location", _TEXT, "the location as written: modifier and pattern", "journeys")
ROUTE_LOCATION_AT = _column("lasthop.route_location_at", _PLACE, "the location block", "journeys")
ROUTE_PROXY_PASS = _column("lasthop.route_proxy_pass", _TEXT, "the proxy_pass as written", "journeys")
ROUTE_PROXY_PASS_AT = _column("lasthop.route_proxy_pass_at", _PLACE, "the proxy_pass directive", "journeys")
ROUTE_REWRITE = _column("lasthop.route_rewrite", _TEXT, "the rewrite that changed the path last", "journeys")
ROUTE_REWRITE_AT = _column("lasthop.route_rewrite_at", _PLACE, "where that rewrite stands", "journeys")
ROUTE_HAS_URI = _column("lasthop.route_has_uri", pl.Boolean(), "whether proxy_pass has a URI part", "journeys")
ROUTE_STATUS = _column("lasthop.route_status", _COUNT, "nginx's own status by the config; null: not known", "journeys")
ROUTE_REFUSED_BY = _column(
    "lasthop.route_refused_by", _TEXT, "the directive by which the config's author keeps it out", "journeys"
)
CONFIG_SENDS = _column(
    "lasthop.config_sends", pl.Boolean(), "whether the config passes anything on; null: not shown whole", "journeys"
)
ROUTE_CONTRADICTED = _column(
    "lasthop.route_contradicted", _TEXT, "what nginx did that the config does not do; null: nothing", "journeys"
)
CONFIG_DOUBTED = _column(
    "lasthop.config_doubted",
    pl.Boolean(),
    "nginx did elsewhere in this server what the config does not do: another one ran; null: no config",
    "journeys",
)
CONFIG_FORWARDS = _column(
    "lasthop.config_forwards",
    pl.Boolean(),
    "whether some block forwards Upgrade and Connection; null: no config",
    "journeys",
)
ROUTE_NAMED = _column(
    "lasthop.route_named", pl.Boolean(), "whether the server block names the host; null: host unknown", "journeys"
)
ROUTE_SHADOWED = _column(
    "lasthop.route_shadowed", _TEXT, "a location that would pass this path on, and that another one beats", "journeys"
)
ROUTE_ADDRESS = _column("lasthop.route_address", _TEXT, "the backend's address", "journeys")
ROUTE_TARGET = _column("lasthop.route_target", _TEXT, "the request-target that the backend receives", "journeys")
ROUTE_LACKS = _column("lasthop.route_lacks", pl.List(pl.String()), "what an upgrade lacks at this location", "journeys")
ROUTE_REDIRECT_TO = _column("lasthop.route_redirect_to", _TEXT, "where the config redirects it", "journeys")
ROUTE_DECIDED = _column("lasthop.route_decided", _TEXT, "the directive that decided, as written", "journeys")
ROUTE_DECIDED_AT = _column("lasthop.route_decided_at", _PLACE, "where that directive stands", "journeys")
ROUTE_HOST = _column("lasthop.route_host", _TEXT, "the Host header that the backend receives", "journeys")
ROUTE_FORCES = _column(
    "lasthop.route_forces", _TEXT, "what of an upgrade is asked for in the name of a plain request", "journeys"
)
ROUTE_LIMITS = _column("lasthop.route_limits", _TEXT, "the limits in force at the location, as written", "journeys")
ROUTE_BY_NAME = _column("lasthop.route_by_name", pl.Boolean(), "the server was chosen by its name", "journeys")
ROUTE_ELSEWHERE = _column(
    "lasthop.route_elsewhere", _TEXT, "the names of another server that passes this path on", "journeys"
)
ROUTE_ELSEWHERE_AT = _column("lasthop.route_elsewhere_at", _PLACE, "where that server stands", "journeys")
ROUTE_SHADOWED_AT = _column("lasthop.route_shadowed_at", _PLACE, "where the beaten location stands", "journeys")

READ_TIMEOUT = _column("lasthop.read_timeout", _TEXT, "the silence that nginx bears from the backend", "journeys")
READ_TIMEOUT_AT = _column("lasthop.read_timeout_at", _PLACE, "where it is set; null: nginx's default", "journeys")
ROUTE_ACCESS_LOG = _column(
    "lasthop.route_access_log", _TEXT, "the access log in force: a path, or off; null: nginx's default", "journeys"
)

CONFIG_FACTS: tuple[Column, ...] = (
    ROUTE_ACCESS_LOG,
    ROUTE_REDIRECT_TO, ROUTE_DECIDED, ROUTE_DECIDED_AT, ROUTE_HOST, ROUTE_FORCES, ROUTE_LIMITS, ROUTE_BY_NAME,
    ROUTE_ELSEWHERE, ROUTE_ELSEWHERE_AT, ROUTE_SHADOWED, ROUTE_SHADOWED_AT, READ_TIMEOUT, READ_TIMEOUT_AT,
)  # fmt: skip

SEEN_BY = {Hop.CLIENT: CLIENT_SEEN, Hop.LOAD_BALANCER: LB_SEEN, Hop.NGINX: NGINX_SEEN, Hop.BACKEND: BACKEND_SEEN}
"""The hops that write logs, in the order of travel, and whether each saw a journey."""

ROUTES: tuple[Column, ...] = (
    ROUTE, ROUTE_OUTCOME, ROUTE_SERVER_AT, ROUTE_LOCATION, ROUTE_LOCATION_AT, ROUTE_PROXY_PASS, ROUTE_PROXY_PASS_AT,
    ROUTE_REWRITE, ROUTE_REWRITE_AT,
    ROUTE_HAS_URI, ROUTE_ADDRESS, ROUTE_TARGET, ROUTE_LACKS, ROUTE_NAMED,
    ROUTE_STATUS, ROUTE_REFUSED_BY, CONFIG_SENDS, CONFIG_FORWARDS, *CONFIG_FACTS,
)  # fmt: skip

JOURNEYS: tuple[Column, ...] = (
    JOURNEY, START, TIME, TIME_LACKS, SCHEME, HOST, PORT, METHOD, TARGET, PATH, QUERY, PATH_KEY, HANDSHAKE, OUTCOME,
    WANTED, STATUS, ANSWERED_BY, CLIENT, USER_AGENT, REFERRER, ORIGIN, UPGRADE, CLIENT_SEEN, NGINX_SEEN, BACKEND_SEEN,
    CLIENT_AT, ACCESS_AT, ERROR_AT, BACKEND_AT, CLIENT_STATUS, MESSAGE, ERROR, FILE, PHASE, SERVER_NAME, UPSTREAM,
    UPSTREAM_ADDR, UPSTREAM_STATUS, UPSTREAM_HEADER_TIME, BACKEND_KIND, BACKEND_STATUS, BACKEND_TARGET, BACKEND_SAYS,
    BACKEND_PLAIN, BACKEND_PROTOCOL, ALLOWED_ORIGINS, ORIGIN_DIFFERENCE, ORIGIN_SETTING, ORIGIN_SETTING_AT, REMOVED,
    ROUTE_REMOVED, CAUGHT, PLACE_OR_PATH, FOLDER, OTHER_PORT, LIFETIME, NEAR_PATH, ADDED, ROUTE_ADDED, SLASH,
    ROUTE_SLASH, ROUTE_CONTRADICTED, CONFIG_DOUBTED, LB_SEEN, LB_AT, LB_STATUS, LB_TARGET, LB_SAYS, LB_ENDING,
    LB_FORMAT, LB_ANSWERED, CLIENT_ERROR, CREDENTIALS, LEVEL,
    *ROUTES,
)  # fmt: skip
"""The journeys table: one row per attempt, sorted by (time, source, line)."""

CLAIMABLE: tuple[Column, ...] = (*JOURNEYS, BACKEND_ADDRESS, SIGN_AT, SIGN_SAYS, SIGN_WORDS, *SETTING_PAIRS)
"""What one rule is asked about: the journeys with the signs of its cause, the signs that belong to no journey, and
beside each the backend's address and the two settings of the bundle that most look as if they should agree."""


class Outcome(StrEnum):
    """What came of a journey."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Wanted(StrEnum):
    """Why a request counts as one that somebody wanted (CAUSES, first section)."""

    HANDSHAKE = "handshake"  # nobody opens a WebSocket by accident
    CLIENT = "client"  # a client's own log names the path
    BACKEND = "backend"  # a backend's log names the path
    PROXIED = "proxied"  # nginx passed it on, so somebody set it up to be served
    RETRIED = "retried"  # one client asked for it again and again, and never got it
    BESIDE = "beside"  # a client that is served elsewhere asked for it, where WebSockets are served
    EVIDENT = "evident"  # what a server says of it shows that it was meant: a handshake, a failure inside a route
    PASTE = "paste"  # so short that handing it in is the complaint
    CONDITION = "condition"  # no request: what a program says of itself


def schema_of(columns: tuple[Column, ...]) -> pl.Schema:
    """Return the Polars schema of a table of these columns."""
    return pl.Schema({column.name: column.dtype for column in columns})
