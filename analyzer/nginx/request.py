"""What is asked of the model, and what it answers: plain frozen values.

In comes nothing; out go the shapes that `route` takes and returns. The hard thing: what cannot be known is None or
`unknown`, with the directive that hides it, and never a likely value.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from analyzer.frozen import dataclass
from analyzer.nginx.text.directives import Directive


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it reaches nginx. `port` is the listener's; None, or an empty scheme, where nobody knows.

    `target` is the request-target as sent, `upgrade` whether it asks for a WebSocket, `headers` what else is known;
    `whole` says that it has no other headers, and without a host no Host either. `client` is the peer's address,
    `address` the one of nginx it came to. `sni` is the name in the TLS handshake where it is not the host.
    """

    method: str
    scheme: str
    host: str | None
    port: int | None
    target: str
    upgrade: bool
    headers: tuple[tuple[str, str], ...] = ()
    client: str | None = None
    address: str | None = None
    whole: bool = False
    protocol: str = "HTTP/1.1"
    sni: str | None = None

    def header(self, name: str) -> str | None:
        """Return a header of the request, whatever the case of its name."""
        wanted = name.lower().replace("_", "-")
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class OnDisk(StrEnum):
    """What stands at a path of the machine that nginx runs on."""

    FILE = "file"
    DIRECTORY = "directory"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Machine:
    """What stands around nginx and in no config; None where nobody knows it.

    `version` is nginx's own, `prefix` where its relative paths begin (`nginx -V`), `hostname` the machine's name.

    `paths` says of absolute paths what is there; `whole_disk` that nothing is anywhere else. A file that nobody told of
    is taken for missing, and `Route.assumed` says so.
    """

    version: tuple[int, int, int] | None = None
    paths: Mapping[str, OnDisk] = field(default_factory=dict)
    whole_disk: bool = False
    prefix: str | None = None
    hostname: str | None = None

    def at(self, path: str) -> OnDisk | None:
        """Return what is at a path; None where nobody knows."""
        return self.paths.get(path, OnDisk.NOTHING if self.whole_disk else None)


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
    """A location that does not take the request. `fits`: its name or pattern fits the URI, and it lost all the same."""

    pattern: str
    modifier: str
    file: str
    line: int
    lost_because: str
    fits: bool = False


class Phase(StrEnum):
    """The part of nginx that took a step; the order of the phases is that of ngx_http_core_module.h."""

    SERVER = "server"
    SERVER_REWRITE = "server rewrite"
    LOCATION = "location"
    REWRITE = "rewrite"
    ACCESS = "access"
    TRY_FILES = "try_files"
    CONTENT = "content"
    ERROR_PAGE = "error_page"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that nginx did on the way, in its order: a clause without a full stop, and where it stands."""

    phase: Phase
    what: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Timeout:
    """A timeout that applies; `file` is None for nginx's default. `value` as the config spells it (`60s`, `1h`)."""

    name: str
    value: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class AddedHeader:
    """A header that `add_header` gives to the answer; without `always` only to some statuses. None: not known."""

    name: str
    value: str | None
    always: bool
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class BackendRequest:
    """What the backend receives. A value that depends on what nobody told is None.

    `protocol` is `http`, `https`, or what another `*_pass` speaks: FastCGI, uwsgi, SCGI, gRPC, memcached.
    """

    address: str
    method: str
    uri: str | None
    http_version: str | None
    headers: tuple[tuple[str, str | None], ...]
    peers: tuple[str, ...] = ()
    protocol: str = "http"
    timeouts: tuple[Timeout, ...] = ()


@dataclass(frozen=True, slots=True)
class ProxyPass:
    """The proxy_pass that was followed. `has_uri_part`: something stands behind host and port, a `/` counts."""

    text: str
    has_uri_part: bool
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Fallback:
    """A try_files or error_page that sent the request on."""

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
    """The whole answer for one request.

    `unknown` names what the answer, or a part of the backend's request, depends on; `assumed` what was
    taken for granted to answer at all (a file that is not there). `by_version` says what another nginx would do.
    """

    request: Request
    server: ServerChoice | None
    location: LocationChoice | None
    considered: tuple[Considered, ...]
    outcome: Outcome
    status: int | None = None
    redirect_to: str | None = None
    body: str | None = None
    backend: BackendRequest | None = None
    websocket: WebSocket = WebSocket.UNKNOWN
    websocket_why: str = ""
    missing_upgrade_headers: tuple[str, ...] = ()
    proxy_pass: ProxyPass | None = None
    fallback: Fallback | None = None
    static_file: str | None = None
    unknown: tuple[Unknown, ...] = ()
    assumed: tuple[Unknown, ...] = ()
    steps: tuple[Step, ...] = ()
    response_headers: tuple[AddedHeader, ...] = ()
    by_version: tuple[str, ...] = ()
    decided_by: Directive | None = field(default=None, repr=False)
    rewritten_by: Directive | None = field(default=None, repr=False)
    """The `rewrite` that changed the URI last."""
    scope: tuple[Directive, ...] = field(default=(), repr=False)
    """The blocks around what decided, outermost first; the patches change the innermost."""
    target_reads: frozenset[str] = field(default=frozenset(), repr=False)
    """What read the request-target, beside the search for a location: a variable, a directive. See `likeness`."""
