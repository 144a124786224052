"""What libraries of WebSockets say of the handshakes that they refuse: engine.io, ws, and Python's websockets.

Out come rows of the table in `words.py`. The hard thing is the status: ws hands its error to a listener that answers as
it likes, engine.io answers an upgrade with 400 whatever the code, and Python's websockets answers by the exception that
it logs. What could not even be read as a request of HTTP/1.1 got no answer from it, and nobody's handshake was refused.
"""

from analyzer.formats.saying import METHODS, URL, Words
from analyzer.schema import Kind

_ENGINE_REFUSED = r"(?s)\bconnection_error\b[^{]*\{.*?\b"
_UP_TO_URL = r".*?\burl: '[^']*?"
OPENING_FAILED = "opening handshake failed"
_OPENING_FAILED = rf"(?s)\b{OPENING_FAILED}\b.*?\bwebsockets\.exceptions\."

REFUSED_BY_PYTHONS_WEBSOCKETS: tuple[Words, ...] = (  # websockets 14 and 15, src/websockets/server.py, `accept`
    Words(
        Kind.ORIGIN_REJECTED, rf"{_OPENING_FAILED}InvalidOrigin\b(?:: invalid Origin header: (?P<origin>{URL}))?", 403
    ),
    Words(Kind.UPGRADE_MISSING, rf"{_OPENING_FAILED}InvalidUpgrade\b", 426),
    Words(
        Kind.MESSAGE,
        rf"(?s)\b{OPENING_FAILED}\b.*?\bunsupported protocol; expected HTTP/1\.1: "
        r"(?P<method>GET) (?P<target>/\S*) HTTP/(?P<protocol>[0-9.]+)",
    ),
    Words(Kind.MESSAGE, rf"{_OPENING_FAILED}(?:InvalidMessage|ConnectionClosed)"),
    Words(
        Kind.HANDSHAKE_REJECTED,
        rf"{_OPENING_FAILED}(?:InvalidHandshake|InvalidHeader|NegotiationError|SecurityError)",
        400,
    ),
    Words(Kind.HANDSHAKE_REJECTED, rf"\b{OPENING_FAILED}\b"),
)

REFUSED_BY_NODES_LIBRARIES: tuple[Words, ...] = (
    # engine.io (packages/engine.io/lib/server.ts), logged as its manual shows; below socket.io
    Words(
        Kind.UPGRADE_MISSING,
        rf"{_ENGINE_REFUSED}name: '(?:TRANSPORT_HANDSHAKE_ERROR' \}}|TRANSPORT_MISMATCH',\s+transport: 'websocket')",
        400,
    ),
    Words(Kind.HANDSHAKE_REJECTED, rf"{_ENGINE_REFUSED}code: [0-5],{_UP_TO_URL}transport=websocket", 400),
    Words(Kind.REQUEST, rf"{_ENGINE_REFUSED}code: 4,{_UP_TO_URL}(?P<target>/[^']*)'", 403),
    Words(Kind.REQUEST, rf"{_ENGINE_REFUSED}code: [0-5],{_UP_TO_URL}(?P<target>/[^']*)'", 400),
    Words(
        Kind.UPGRADE_MISSING,
        r"\bengine handling \"(?P<method>GET)\" http request \"(?P<target>/[^\"]*transport=websocket[^\"]*)\"",
    ),
    Words(
        Kind.MESSAGE,
        rf"\bengine handling \"(?P<method>{METHODS})\" http request \"(?P<target>/[^\"]*)\"",
    ),
    # ws (lib/websocket-server.js, `handleUpgrade`): what a listener of `wsClientError` is told, who then answers
    Words(
        Kind.HANDSHAKE_REJECTED,
        r"\b(?:Missing or invalid Sec-WebSocket-(?:Key|Version)|Invalid Sec-WebSocket-Protocol"
        r"|Invalid or unacceptable Sec-WebSocket-Extensions) header\b|\bwsClientError\b[^\n]*\bInvalid HTTP method\b",
    ),
)
