"""What programs say of a call of their own that nobody answered, or that was refused.

Out come rows of the table in `words.py`. The hard thing is that a call has a host and a status as a request has: what
they mean is told by the kind alone.
"""

from analyzer.formats.saying import Words
from analyzer.schema import Kind

_TAKEN = (
    r"\b(?P<status>[45][0-9]{2})(?:$|[,;:.)\]}\"'\n]| [A-Z({}\[-]"
    r"| (?:on|for|from|in|at|to|while|when|error|response)\b)"
)


CALLS_OF_PYTHON: tuple[Words, ...] = (
    Words(  # urllib3's pool, below requests (urllib3/exceptions.py, MaxRetryError)
        Kind.CALL_FAILED,
        r"\bHTTPS?ConnectionPool\(host='(?P<host>[^']+)', port=(?P<port>[0-9]{1,5})\): ",
    ),
    Words(  # aiohttp (aiohttp/client_exceptions.py, ClientConnectorError)
        Kind.CALL_FAILED, r"\bCannot connect to host (?P<host>\[[0-9a-f:]+\]|[^\s:]+):(?P<port>[0-9]{1,5})\b"
    ),
    Words(  # asyncio (asyncio/selector_events.py, _sock_connect_cb)
        Kind.CALL_FAILED, r"\bConnect call failed \('(?P<host>[0-9a-f.:]+)', (?P<port>[0-9]{1,5})[,)]"
    ),
    Words(
        Kind.CALL_FAILED,
        r"<urlopen error |\bhttpx\.(?:Connect|Read|RemoteProtocol)(?:Error|Timeout)\b|\bRemoteDisconnected\b",
    ),
)

CALLS: tuple[Words, ...] = (
    # As Go says it (net.OpError, url.Error, gorilla's Dial)
    Words(
        Kind.CALL_FAILED,
        r"\bdial tcp[46]? (?P<host>[0-9.]+|\[[0-9a-f:]+\]):(?P<port>[0-9]{1,5}): (?:connect: |i/o timeout)",
    ),
    Words(  # PHP's streams (main/streams/streams.c)
        Kind.CALL_FAILED,
        r"\((?P<scheme>https?)://(?P<host>\[[0-9a-f:]+\]|[^\s:/)]+)(?::(?P<port>[0-9]{1,5}))?[^)\s]*\): "
        r"Failed to open stream: (?:HTTP request failed! HTTP/[0-9.]+ (?P<status>[0-9]{3}))?",
    ),
    Words(  # Guzzle's curl, libcurl-errors(3)
        Kind.CALL_FAILED,
        r"\bcURL error (?:6|7|28|35|52|56|60): (?:Failed to connect to (?P<host>[^\s:]+) port (?P<port>[0-9]{1,5})\b)?",
    ),
    Words(Kind.CALL_FAILED, r"Failed to open TCP connection to (?P<host>[^\s:]+):(?P<port>[0-9]{1,5})\b"),  # Ruby
    Words(Kind.CALL_FAILED, r"\bdial tcp[46]?: lookup (?P<host>\S+)(?: on \S+)?: |\bwebsocket: bad handshake\b"),
    Words(
        Kind.CALL_FAILED,
        r"(?i)\b(?:failed|unable|cannot|could not|couldn't)(?: to)? (?:connect|reach)(?: to)? (?:"
        r"(?P<scheme>https?|wss?)://)?(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+\]):(?P<port>[0-9]{2,5})"
        r"(?P<target>/\S*)?",
    ),
    Words(
        Kind.CALL_FAILED,
        r"\bconnect (?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH) (?P<host>[0-9a-f.:]+):"
        r"(?P<port>[0-9]{1,5})\b",
    ),
    Words(
        Kind.CALL_FAILED,
        rf"(?i)\b(?:failed|failure|error|rejected|refused)\b[^\n]{{0,160}}?(?:\b(?:status(?: code)?|HTTP"
        rf"(?:/[0-9.]+)?|code|error|with|returned|got|response|failed|rejected|refused)[ :=(]*"
        rf"|:\s+|[(=]\s*)(?-i:{_TAKEN})",
    ),
    Words(Kind.CALL_FAILED, rf"(?i)\b(?:status(?: code)?|HTTP(?: error)?)[ :=(]+(?-i:{_TAKEN})"),
)
