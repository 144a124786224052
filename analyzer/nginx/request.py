"""What is asked of the model, and what it answers: plain frozen values.

In comes nothing; out go the shapes that `route` takes and returns. The hard thing: what cannot be known is None or
`unknown`, with the directive that hides it, and never a likely value.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from analyzer.nginx.directives import Directive


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it reaches nginx. `port` is the listener's; None, or an empty scheme, where nobody knows.

    `target` is the request-target as sent, `upgrade` whether it asks for a WebSocket, `headers` what else is known.
    """

    method: str
    scheme: str
    host: str | None
    port: int | None
    target: str
    upgrade: bool
    headers: tuple[tuple[str, str], ...] = ()
    client: str | None = None

    def header(self, name: str) -> str | None:
        """Return a header of the request, whatever the case of its name."""
        wanted = name.lower().replace("_", "-")
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Outcome(StrEnum):
    """What nginx does with a request."""

    PROXIED = "proxied"
    REDIRECTED = "redirected"
    ANSWERED = "answered"
    STATIC = "static"
    DENIED = "denied"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class WebSocket(StrEnum):
    """Whether a handshake would get through nginx to the backend as a handshake."""

    PASSES = "passes"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """The server block that takes the request. `names` and `listen` as the config spells them."""

    names: tuple[str, ...]
    listen: tuple[str, ...]
    file: str
    line: int
    why: str
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class LocationChoice:
    """The location that takes the request."""

    modifier: str
    pattern: str
    file: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Considered:
    """A location that does not take the request."""

    pattern: str
    modifier: str
    file: str
    line: int
    lost_because: str


@dataclass(frozen=True, slots=True)
class BackendRequest:
    """What the backend receives. A value that depends on what nobody told is None."""

    address: str
    method: str
    uri: str | None
    http_version: str | None
    headers: tuple[tuple[str, str | None], ...]
    peers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProxyPass:
    """The proxy_pass that was followed. `has_uri_part`: something stands behind host and port, a `/` counts."""

    text: str
    has_uri_part: bool
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Fallback:
    """A try_files or error_page that decides; `file_if_present` is what nginx looks for first."""

    text: str
    target: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that the answer depends on, and that the model does not know."""

    what: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Route:
    """The whole answer for one request."""

    request: Request
    server: ServerChoice | None
    location: LocationChoice | None
    considered: tuple[Considered, ...]
    outcome: Outcome
    status: int | None = None
    redirect_to: str | None = None
    backend: BackendRequest | None = None
    websocket: WebSocket = WebSocket.UNKNOWN
    websocket_why: str = ""
    missing_upgrade_headers: tuple[str, ...] = ()
    proxy_pass: ProxyPass | None = None
    fallback: Fallback | None = None
    static_file: str | None = None
    unknown: tuple[Unknown, ...] = ()
    decided_by: Directive | None = field(default=None, repr=False)
    scope: tuple[Directive, ...] = field(default=(), repr=False)
    """The blocks around what decided, outermost first; the patches change the innermost."""
