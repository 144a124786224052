"""What programs say about connections, in their own words.

In comes a column of texts, out go the kind of each and what its words carry: a path, an origin, a status. The hard
thing is that nobody agreed on these words: the table holds what real programs print, the first row that fits wins, and
what fits none is a MESSAGE. Emoji, tags and levels before the words do not matter.
"""

from functools import lru_cache

import polars as pl

from analyzer.formats.calls import CALLS, CALLS_OF_PYTHON
from analyzer.formats.denials import NOT_OPENED
from analyzer.formats.frames import without_frames
from analyzer.formats.saying import METHODS, Words
from analyzer.formats.saying import URL as _URL
from analyzer.formats.socket_libraries import REFUSED_BY_NODES_LIBRARIES, REFUSED_BY_PYTHONS_WEBSOCKETS
from analyzer.needed_words import that_may_match
from analyzer.schema import Kind

_PATH = r"/[^\s'\"`,)}\]]*"
_CLIENT = r"\b(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-f:]+\]):[0-9]{1,5} "
_HOST_AND_TARGET = r"://(?P<host>\[[0-9a-f:]+\]|[^\s:/'\"]+)(?::[0-9]{2,5})?(?P<target>/[^\s\"]*)"
_SOCKET_URL = rf"wss?{_HOST_AND_TARGET}"
_WHOLE_URL = rf"(?:https?|wss?){_HOST_AND_TARGET}"
_LOCAL = r"(?:(?:\b|\s)(?P<host>(?:[a-z0-9-]+\.)+[a-z0-9-]+|localhost|\[[0-9a-f:]+\]))?"
_SOCKET_IO = r"(?i:\bsocket\.?io\b)"

WORDS: tuple[Words, ...] = (
    *REFUSED_BY_PYTHONS_WEBSOCKETS,
    # A refused Origin. Rails, gorilla, tornado, jupyter, Phoenix, and what people write by hand
    Words(Kind.ORIGIN_REJECTED, rf"(?i)\borigin (?:is |was )?not allowed\b(?:[^:{{\n]{{0,60}}:\s*(?P<origin>{_URL}))?"),
    Words(
        Kind.ORIGIN_REJECTED,
        rf"(?i)\borigin (?:is |was )?not authori[sz]ed\b(?:[^{{\n]{{0,80}}\borigin=\"?(?P<origin>{_URL}))?",  # Grafana
    ),
    Words(Kind.ORIGIN_REJECTED, r"(?i)'origin' header (?:value )?not allowed\b"),
    Words(
        Kind.ORIGIN_REJECTED,
        rf"(?i)\borigin:? ['\"(]?(?P<origin>{_URL})['\")]? (?:is |was )?(?:not allowed|not permitted|rejected"
        rf"|blocked|denied|forbidden|not in)\b",
    ),
    Words(
        Kind.ORIGIN_REJECTED,
        rf"(?i)\b(?:blocked|rejected|rejecting|refused|disallowed|forbidden|unauthorized|untrusted|invalid) "
        rf"(?:websocket |ws |connection |upgrade |handshake |request ){{0,2}}(?:from |for |due to )?"
        rf"(?:[[:word:]]+ )?origin\b:?\s*['\"]?(?P<origin>{_URL})?",
    ),
    Words(Kind.ORIGIN_REJECTED, r"(?i)\bCheckOrigin\b|cross[- ]origin websockets? not allowed"),
    Words(
        Kind.ORIGIN_REJECTED,
        r"(?i)Blocking Cross Origin (?:WebSocket Attempt|API request)\.\s+(?:Origin|Referer): "
        r"(?P<origin>[^\s,/]*(?://[^\s,/]*)?)[^\s,]*, Host: (?P<host>[^\s,/]+)",
    ),
    Words(Kind.ORIGIN_REJECTED, r"\bhost \"(?P<host>[^\"\s]+)\" does not match origin \"[^\"\s]+\""),  # code-server
    Words(
        Kind.ORIGIN_REJECTED,
        rf"(?i)Could not check origin for\b(?:(?s:.){{0,400}}?Origin of the request: (?P<origin>{_URL}))?",
    ),
    *REFUSED_BY_NODES_LIBRARIES,
    # A handshake that arrived as a plain request. gorilla, coder, tungstenite, axum, Spring, tornado, aiohttp, Rails
    Words(
        Kind.UPGRADE_MISSING,
        r"(?i)'(?:upgrade|websocket)' token not found in '(?:Connection|Upgrade)' header"
        r"|could not find (?:connection|upgrade) header with token '(?:upgrade|websocket)'"
        r"|(?:Connection|Upgrade)`? header (?:\"[^\"]*\" does not contain|did not include) '?(?:upgrade|websocket)"
        r"|No \"(?:Connection: upgrade|Upgrade: websocket)\" header"
        r"|(?:missing|invalid) (?:Connection|Upgrade) header"
        r"|can \"?upgrade\"? only to \"?websocket|\"?Connection\"? must be \"?Upgrade"
        r"|No (?:WebSocket UPGRADE|CONNECTION upgrade) hdr"
        r"|websocket: (?:upgrade != websocket|connection header != upgrade)"  # gorilla until 2015
        r"|Failed to upgrade to WebSocket \([^)]*(?:HTTP_CONNECTION: ?(?:close|keep-alive)?, HTTP_|HTTP_UPGRADE: ?\))",
    ),
    Words(Kind.UPGRADE_MISSING, r"Started (?P<method>GET) \"(?P<target>/[^\s\"]*)\" ?\[non-WebSocket\] for"),
    Words(Kind.MESSAGE, r"Finished \"(?P<target>/[^\s\"]*)\" ?\[non-WebSocket\] for"),
    Words(Kind.MESSAGE, rf"Started (?P<method>{METHODS}) \"(?P<target>/[^\s\"]*)\" for "),
    # A refused handshake
    Words(
        Kind.HANDSHAKE_REJECTED,
        rf"(?i)\b(?:unknown|unsupported|invalid|unhandled|unexpected|no handler for|no route for) "
        rf"(?:web ?socket|ws|upgrade)s? (?:upgrade )?(?:path|route|endpoint|url|request|target)\b:?\s*"
        rf"(?:for )?['\"]?(?P<target>{_PATH})?",
    ),
    Words(Kind.HANDSHAKE_REJECTED, r"No route found for path '(?P<target>[^']*)'", 500),
    Words(Kind.HANDSHAKE_REJECTED, r"(?:WebSocket REJECT|\"WSREJECT) (?P<target>/[^\s\"\[]*)"),
    Words(
        Kind.HANDSHAKE_REJECTED,
        r"(?i)Failed to upgrade to WebSocket|the client is not using the websocket protocol"
        r"|An unauthorized connection attempt was rejected|REFUSED CONNECTION TO\b"
        r"|Couldn't authenticate WebSocket",
    ),
    Words(
        Kind.HANDSHAKE_REJECTED,
        r"(?i)\b(?:web ?socket|ws|upgrade|handshake)(?: (?:connection|request|auth(?:entication|orization)?"
        rf"|upgrade|handshake|attempt)){{0,2}} (?:was |has been )?(?:rejected|refused|denied|failed"
        rf"|unauthorized)\b(?:: (?P<target>{_PATH}))?(?:[^\n]{{0,60}}?(?P<status>\b4[0-9]{{2}})\b)?",
    ),
    Words(  # gorilla/websocket, server.go
        Kind.HANDSHAKE_REJECTED,
        r"websocket: (?:unsupported version: 13 not found|not a websocket handshake:|response does not implement )",
    ),
    # A client that logs to the same place
    Words(
        Kind.OPENED,
        r"\[CLIENT\][^\n]*\b(?i:web ?socket|ws)\b[^\n]*\b(?:connected|open(?:ed)?)\b",
        unless=NOT_OPENED,
    ),
    # A handshake that came in
    Words(Kind.HANDSHAKE_RECEIVED, r"(?:WebSocket HANDSHAKING|\"WSCONNECTING) (?P<target>/[^\s\"\[]*)"),
    Words(Kind.HANDSHAKE_RECEIVED, r"Started (?P<method>GET) \"(?P<target>/[^\s\"]*)\" ?\[WebSocket\] for"),
    Words(Kind.HANDSHAKE_RECEIVED, rf"(?i)\b(?:upgrade|handshake) request\b(?:[^{{/\n]{{0,40}}\s(?P<target>{_PATH}))?"),
    Words(
        Kind.HANDSHAKE_RECEIVED,
        rf"(?i)\b(?:incoming|new|received|got) (?:(?:web ?socket|ws|http) )?(?:upgrade|handshake)\b"
        rf"(?:[^{{/\n]{{0,40}}\s(?P<target>{_PATH}))?|\bverifyClient\b",
    ),
    # A handshake that was answered
    Words(Kind.HANDSHAKE_ACCEPTED, r"(?:WebSocket CONNECT|\"WSCONNECT) (?P<target>/[^\s\"\[]*)"),
    Words(
        Kind.HANDSHAKE_ACCEPTED,
        r"(?i)(?:^|\s)(?P<target>/\S*) upgrade (?:successful|succeeded|complete)"
        r"|\bSuccessfully upgraded to WebSocket|\bupgrade (?:successful|succeeded|completed?)\b",
    ),
    Words(
        Kind.HANDSHAKE_ACCEPTED,
        r"(?i)\bupgrading (?:connection )?to [^\n(]{0,60}?(?:web ?socket|ws)\b(?:[^\n(]{0,20}\((?:path: )?"
        r"(?P<target>/[^)\s]*)\))?",
    ),
    Words(Kind.MESSAGE, r"(?i)\bhandling (?P<target>/\S*) upgrade"),
    # Django's reason beside its access line (django/utils/log.py, log_response; django/views/csrf.py)
    Words(
        Kind.MESSAGE,
        r"Forbidden \(Origin checking failed - (?P<origin>\S+) does not match any trusted origins\.\): "
        r"(?P<target>/\S*)",
    ),
    Words(
        Kind.MESSAGE,
        r"(?:^|: )(?:Bad Request|Unauthorized|Forbidden(?: \([^)\n]*\))?|Not Found|Gone"
        r"|Method Not Allowed \((?P<method>[A-Z]+)\)|Internal Server Error|Service Unavailable): (?P<target>/\S*)",
    ),
    # A request that died, whatever it called: aiohttp, gunicorn, uvicorn, Flask (flask/app.py, log_exception), channels
    Words(
        Kind.MESSAGE,
        r"^(?:Error handling request (?:from )?|Exception in ASGI application|Exception inside application: "
        r"|Exception on (?P<target>/\S*) \[(?P<method>[A-Z]+)\])",
    ),
    *CALLS_OF_PYTHON,
    # A socket that ended
    Words(Kind.CLOSED, r"(?:WebSocket DISCONNECT|\"WSDISCONNECT) (?P<target>/[^\s\"\[]*)"),
    Words(
        Kind.CLOSED,
        r"(?i)\b(?:web ?socket|ws|socket|client|connection|stream|session)\b[^\n]{0,60}?\b(?:closed?|closing"
        r"|disconnected)\b(?:[^0-9\n]{0,20}(?P<close_code>[1-4][0-9]{3})\b)?",
        unless=r"(?i)^[<>* ]*connection: close\s*$",  # a header
    ),
    Words(Kind.CLOSED, r"\bfinishing WS connection\b"),  # LiveKit, pkg/service/rtcservice.go
    # Nobody to talk to
    Words(
        Kind.NOBODY_CONNECTED,
        r"(?i)\b(?:broadcast|send|sent|emit|push|publish|notif)[[:word:]]*\b[^\n]{0,80}?\bto 0 (?:[[:word:]]+ ){0,3}"
        r"(?:client|connection|subscriber|socket|listener|viewer|user)s?\b",
    ),
    Words(
        Kind.NOBODY_CONNECTED,
        r"(?i)\bno (?:[[:word:]]+ ){0,2}(?:clients|subscribers|listeners|websockets|sockets) (?:are )?(?:connected|to "
        r"(?:send|broadcast|notify))\b|\b0 (?:clients|connections) connected\b",
    ),
    # Django (django/http/request.py, get_host), Jupyter (jupyter_server/base/handlers.py, check_host), and by hand
    Words(
        Kind.MESSAGE,
        r"Invalid HTTP_HOST header: '(?P<host>[^'\s]+)'|\bnon-local 'Host' \S+ \((?P<host_alone>[^)\s]+)\)",
    ),
    Words(
        Kind.MESSAGE,
        rf"(?i)\bauthentication failed for (?P<target>{_PATH})"
        rf"|\[auth\] (?P<target_alone>{_PATH}) (?:refused|rejected|denied)\b",
    ),
    # A request and its answer, as morgan, tornado, daphne and Django print it
    Words(
        Kind.REQUEST,
        rf"(?:^|[\s\"\]])(?P<method>{METHODS}) (?P<target>/[^\s\"]*)(?: HTTP/(?P<protocol>[0-9.]+))?\"?"
        rf"(?: -)?:? (?P<status>[1-5][0-9]{{2}})\b",
    ),
    Words(Kind.REQUEST, rf"(?:^|\s)(?P<status>[1-5][0-9]{{2}}) (?P<method>{METHODS}) (?P<target>/\S*) \("),
    # LiveKit's own answer, with an object that tells the request (pkg/service/utils.go, HandleError)
    Words(Kind.REQUEST, r"\berror handling request(?:$|: |\s+\{\"status\": [1-5][0-9]{2}, )"),
    # Sanic names the client, and the whole URL (sanic/server/protocols/http_protocol.py, websocket_protocol.py)
    Words(Kind.HANDSHAKE_REJECTED, rf"{_CLIENT}(?P<method>GET) {_SOCKET_URL} (?P<status>[45][0-9]{{2}})\b"),
    Words(Kind.REQUEST, rf"{_CLIENT}(?P<method>{METHODS}) {_WHOLE_URL} (?P<status>[1-5][0-9]{{2}})\b"),
    Words(Kind.CLOSED, rf"{_CLIENT} ?\x{{1F50C}} {_WHOLE_URL} (?P<close_code>[1-4][0-9]{{3}})\b"),
    Words(Kind.HANDSHAKE_ACCEPTED, rf"{_CLIENT} ?\x{{1F50C}} {_WHOLE_URL}\s*$"),
    *CALLS,
    # Start-up
    Words(Kind.LISTENING, r"\bstarting LiveKit server\b(?:\s+\{\"portHttp\": (?P<port>[0-9]{2,5})\b)?"),
    Words(
        Kind.LISTENING,
        r"(?i)\b(?:listening|running|started|ready|serving|available|listen socket)\b[^\n]{0,60}?(?:(?P<scheme>https?"
        r"|wss?)://(?P<host>\[[0-9a-f:]+\]|[^\s:/'\"]+)(?::(?P<port>[0-9]{2,5}))?|\bport(?:\(s\))?:? ?"
        r"(?P<port_alone>[0-9]{2,5})\b(?: \((?P<scheme_alone>https?)\))?)",
    ),
    Words(
        Kind.LISTENING,
        rf"(?i)\blistening\b(?: and serving (?P<scheme>https?) on\b)?"
        rf"(?:[^\n{{]{{0,60}}?{_LOCAL}:(?P<port>[0-9]{{2,5}})\b|[^\n{{]{{0,40}}?\b(?P<port_alone>[0-9]{{2,5}})\b)?",
    ),
    # A client that is there; of a socket.io session nobody knows whether it polls (its ids: 15 bytes, the last a count)
    Words(Kind.HANDSHAKE_ACCEPTED, rf"{_SOCKET_IO}[^\n]*\bconnected\b[^\n]*\b(?i:websocket)\b"),
    Words(Kind.MESSAGE, rf"{_SOCKET_IO}[^\n]*\bconnected\b|(?i:\bconnected\b[^\n]*\bpolling\b)"),
    Words(Kind.MESSAGE, r"\bconnected\b[^\n]*(?:^|[ :'\"(])[[:word:]-]{16}AA[[:word:]-]{2}(?:$|[ ,'\")\n])"),
    Words(
        Kind.HANDSHAKE_ACCEPTED,
        rf"(?i)\bnew (?:web ?socket|ws|socket)(?: client)? connection\b(?:[^{{/\n]{{0,40}}\s"
        rf"(?P<target>{_PATH}))?",
    ),
    Words(
        Kind.MESSAGE,
        r"(?i)\b(?:redis|mongo[[:word:]]*|postgres[[:word:]]*|mysql|maria[[:word:]]*|database|db|kafka|rabbit[[:word:]]*"
        r"|amqp|nats|smtp|mqtt|prisma|supabase)\b"
        r"|\bclient connected from \S+ as [^\n]*\(p[0-9], c[01], k[0-9]",  # mosquitto, by any door
    ),
    Words(Kind.MESSAGE, r"(?i)\b(?:not|never|isn't|wasn't|disconnected|reconnect[[:word:]]*)\b[^\n]{0,20}connected\b"),
    Words(Kind.MESSAGE, rf"\[CLIENT\][^\n]*{NOT_OPENED}"),
    Words(
        Kind.HANDSHAKE_ACCEPTED,
        rf"(?i)\b(?:client|web ?socket|ws|socket|stream|peer|user|viewer"
        rf"|subscriber)\b[^\n]{{0,40}}?\bconnected\b(?:[^{{/\n]{{0,40}}\s(?P<target>{_PATH}))?",
    ),
)

CARRIED = ("target", "origin", "host", "status", "method", "protocol", "close_code", "scheme", "port")
"""What words may carry: the columns that `read_words` adds, beside `kind`."""


_KINDS = {n: row.kind.value for n, row in enumerate(WORDS)}
_UNSAID = {n: str(row.status) for n, row in enumerate(WORDS) if row.status is not None}
_Rows = tuple[int, ...]


def read_words(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `kind` and what the words of `text` carry; `kind` is null where no row of the table fits."""
    said = frame.with_columns(_said=without_frames(pl.col("text")))
    which = _which(said["_said"])
    return said.with_columns(which).with_columns(_kind(), *_carried(_rows_in(which))).drop("_which", "_said")


def read_kinds(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `kind` alone."""
    texts = frame.select(without_frames(pl.col("text"))).to_series()
    return frame.with_columns(_which(texts)).with_columns(_kind()).drop("_which")


def _kind() -> pl.Expr:
    return pl.col("_which").replace_strict(_KINDS, default=None, return_dtype=pl.String).alias("kind")


_SOON = 256 * 1024
"""Bytes: so little text is looked up, each in what was found of it before."""
_MANY = 4096
"""Texts of which that is remembered."""
_found: dict[str | None, int | None] = {}


def _which(texts: pl.Series) -> pl.Series:
    """The first row of the table that fits each text; a log's sample and its records are much the same texts."""
    if texts.estimated_size() > _SOON:
        return _asked(texts)
    before = _found.copy()  # others may be at it
    new = pl.Series([text for text in {*texts} if text not in before], dtype=pl.String)
    found = dict(zip(new, _asked(new), strict=True))
    if len(before) + len(found) > _MANY:
        _found.clear()
    _found.update(found)
    return pl.Series("_which", map((before | found).__getitem__, texts), pl.Int8)


def _asked(texts: pl.Series) -> pl.Series:
    asked = frozenset(that_may_match([row.pattern for row in WORDS], texts))
    text = pl.col("_said")
    fits = (pl.when(row.fit(text)).then(pl.lit(n, pl.Int8)) for n, row in enumerate(WORDS) if row.pattern in asked)
    return texts.to_frame("_said").with_columns(_which=pl.coalesce(*fits, pl.lit(None, pl.Int8)))["_which"]


def _rows_in(which: pl.Series) -> _Rows:
    return tuple(which.drop_nulls().unique().sort())


@lru_cache(maxsize=64)
def _carried(rows: _Rows) -> tuple[pl.Expr, ...]:
    """Polars compiles an expression's patterns when it is made: on a small bundle that took longer than reading it."""
    return tuple(pl.coalesce(*_groups(name, rows), pl.lit(None, pl.String)).alias(name) for name in CARRIED)


def _groups(name: str, rows: _Rows) -> list[pl.Expr]:
    said = [
        pl.when(pl.col("_which") == n).then("_said").str.extract_groups(WORDS[n].pattern).struct.field(group)
        for n in rows
        for group in (name, f"{name}_alone")
        if f"(?P<{group}>" in WORDS[n].pattern
    ]
    return [*said, _unsaid_status()] if name == "status" else said


def _unsaid_status() -> pl.Expr:
    return pl.col("_which").replace_strict(_UNSAID, default=None, return_dtype=pl.String)
