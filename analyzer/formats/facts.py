"""Which field of an object that a program logged fills which column; for printed objects and for JSON alike.

In comes a nested value, out go its Facts. The hard thing is that one fact has many names, and that `undefined` is a
fact of its own: an Upgrade header that was looked for and not there is empty, one that was not logged is unknown.
"""

from typing import TypeAlias

import polars as pl

from analyzer.frozen import dataclass

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"

_ENGINES_WORDS = (  # by code: packages/engine.io/lib/server.ts, `errorMessages`
    "Transport unknown", "Session ID unknown", "Bad handshake method", "Bad request", "Forbidden",
    "Unsupported protocol version",
)  # fmt: skip
_BAD_METHOD, _FORBIDDEN = 2, 4
_MISSING = {"undefined", "null", "None"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a logged object tells."""

    target: str | None = None
    origin: str | None = None
    allowed_origins: tuple[str, ...] | None = None
    host: str | None = None
    upgrade: str | None = None
    status: int | None = None
    close_code: int | None = None
    method: str | None = None
    port: int | None = None
    client: str | None = None
    user_agent: str | None = None
    client_port: int | None = None

    def row(self) -> tuple[object, ...]:
        """Give the facts in the order of `schema`."""
        return tuple(getattr(self, name) for name in self.__slots__)

    @staticmethod
    def schema() -> dict[str, pl.DataType]:
        """Say the types of a frame of facts."""
        counts = {"status", "close_code", "port", "client_port"}
        types = {name: pl.Int64() if name in counts else pl.String() for name in Facts.__slots__}
        return {**types, "allowed_origins": pl.List(pl.String())}


NAMES: dict[str, tuple[str, ...]] = {
    "target": ("pathname", "url", "uri", "path", "req.url", "request.url", "requestPath", "endpoint"),
    "origin": ("origin", "headers.origin", "req.headers.origin", "requestOrigin", "receivedOrigin"),
    "allowed_origins": ("allowedOrigins", "allowed_origins", "allowed", "allowlist", "allowList", "whitelist"),
    "host": ("host", "headers.host", "req.headers.host", "req.host"),
    "upgrade": ("upgrade", "headers.upgrade", "req.headers.upgrade"),
    "status": ("status", "statusCode", "res.statusCode", "response.status", "status_code", "httpStatus"),
    "close_code": ("code", "closeCode", "close_code"),
    "method": ("method", "req.method", "request.method"),
    "port": ("port",),
    "client": (
        "remoteAddress", "req.remoteAddress", "ip", "clientIp", "client_ip", "socket.remoteAddress", "remote_addr",
        "remote_ip", "client",
    ),
    "user_agent": ("user-agent", "headers.user-agent", "req.headers.user-agent", "userAgent", "user_agent"),
    "client_port": ("remotePort", "req.remotePort", "socket.remotePort", "remote_port"),
}  # fmt: skip
"""Which names a fact goes by, the surest first."""


def facts_of(value: Value) -> Facts:
    """Take the facts out of an object."""
    if not isinstance(value, dict):
        return Facts()
    found = {fact: first_at(value, places) for fact, places in _PLACES.items()}
    text = {fact: _text(found[fact]) for fact in ("target", "origin", "host", "method", "client", "user_agent")}
    method, status = _refused_by_engine(value)
    looked_for = "upgrade" in value or first_at(value, _HEADERS) is not None
    return Facts(
        **text | {"method": text["method"] or method},
        allowed_origins=_texts(found["allowed_origins"]),
        upgrade=(_text(found["upgrade"]) or "") if looked_for else None,
        status=_whole(found["status"]) or status,
        close_code=_whole(found["close_code"]),
        port=_whole(found["port"]),
        client_port=_whole(found["client_port"]),
    )


def _refused_by_engine(value: dict[str, Value]) -> tuple[str | None, int | None]:
    """Say method and status of a request that engine.io refused: an upgrade gets 400, a plain one 403 if forbidden.

    Only GET may open a session, and that is asked before whether somebody allows it.
    """
    code, context = _whole(value.get("code")), value.get("context")
    told = context if isinstance(context, dict) else {}
    if code is None or code >= len(_ENGINES_WORDS) or value.get("message") != _ENGINES_WORDS[code]:
        return None, None
    upgrade = "transport=websocket" in str(value.get("url"))
    opens = code >= _FORBIDDEN or told.get("name") == "TRANSPORT_HANDSHAKE_ERROR"
    method = _text(told.get("method")) if code == _BAD_METHOD else "GET" if opens else None
    return method, 403 if code == _FORBIDDEN and not upgrade else 400


Path: TypeAlias = tuple[str, ...]


def paths(*dotted: str) -> tuple[Path, ...]:
    """Write dotted paths as tuples, once."""
    return tuple(tuple(path.split(".")) for path in dotted)


def at(value: Value, path: Path) -> Value:
    """Follow a path into an object."""
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def first_at(value: Value, places: tuple[Path, ...]) -> Value:
    """Give the first value that stands at one of these paths."""
    for path in places:
        found = at(value, path)
        if found is not None:
            return found
    return None


_PLACES = {fact: paths(*names) for fact, names in NAMES.items()}
_HEADERS = paths("headers.host", "req.headers.host")


def _text(value: Value) -> str | None:
    if isinstance(value, dict | list) or value is None or value in _MISSING:
        return None
    return clean(str(value))


def clean(text: str) -> str:
    """Replace half characters, which JSON can write and no column can hold."""
    return text.encode(errors="replace").decode()


def _whole(value: Value) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("10000000000") else None


def _texts(value: Value) -> tuple[str, ...] | None:
    if isinstance(value, list):
        return tuple(text for each in value if (text := _text(each)) is not None)
    text = _text(value)
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())
