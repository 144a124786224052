"""What a WebSocket's close code means: RFC 6455, 7.4, and IANA's "WebSocket Close Code Number Registry".

In comes a code as its observer reported it, out goes its meaning. The hard thing is who speaks: 1005, 1006 and 1015 are
never on the wire, so they are what the observer makes of silence; 4000 to 4999 mean what the application says.
"""

NEVER_SENT = {
    1005: "a close frame without a code",
    1006: "a connection that ended without a close frame",
    1015: "a TLS handshake that failed",
}
"""The observer's own words, never on the wire."""

_REGISTERED = {
    1000: "normal closure",
    1001: "going away: the server stops, or the page was left",
    1002: "protocol error",
    1003: "unsupported data",
    1007: "text that is no UTF-8",
    1008: "policy violation: often a refused token or origin",
    1009: "message too big",
    1010: "an extension that the server did not grant",
    1011: "an error inside the server",
    1012: "service restart",
    1013: "try again later",
    1014: "a gateway got no good answer from the backend",
    3000: "unauthorized",
    3003: "forbidden",
    3008: "timeout",
} | NEVER_SENT
_LIBRARIES, _PRIVATE, _END = 3000, 4000, 5000


def meaning_of(code: int) -> str:
    """Say what a code means.

    >>> meaning_of(1012)
    'service restart'
    >>> meaning_of(4401)
    "the application's own code"
    """
    if code in _REGISTERED:
        return _REGISTERED[code]
    if _PRIVATE <= code < _END:
        return "the application's own code"
    return "a library's or framework's code" if _LIBRARIES <= code < _PRIVATE else "a code that nobody registered"
