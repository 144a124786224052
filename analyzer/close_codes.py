"""What a WebSocket's close code means: RFC 6455, 7.4, and IANA's "WebSocket Close Code Number Registry".

In comes a code as its observer reported it, out goes its meaning. The hard thing is who speaks: 1005, 1006 and 1015 are
never on the wire, so they are what the observer makes of silence; 4000 to 4999 mean what the application says.
"""

from analyzer.said import said

NEVER_SENT = {
    1005: said("a close frame without a code"),
    1006: said("a connection that ended without a close frame"),
    1015: said("a TLS handshake that failed"),
}
"""The observer's own words, never on the wire."""

_REGISTERED = {
    1000: said("normal closure"),
    1001: said("going away: the server stops, or the page was left"),
    1002: said("protocol error"),
    1003: said("unsupported data"),
    1007: said("text that is no UTF-8"),
    1008: said("policy violation: often a refused token or origin"),
    1009: said("message too big"),
    1010: said("an extension that the server did not grant"),
    1011: said("an error inside the server"),
    1012: said("service restart"),
    1013: said("try again later"),
    1014: said("a gateway got no good answer from the backend"),
    3000: said("unauthorized"),
    3003: said("forbidden"),
    3008: said("timeout"),
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
        return said("the application's own code")
    return (
        said("a library's or framework's code")
        if _LIBRARIES <= code < _PRIVATE
        else said("a code that nobody registered")
    )
