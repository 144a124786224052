"""One request on its way through nginx: what the phases read and change.

In comes a config, a request and the server that took it; the phases pass the value on and change it, as nginx changes
its ngx_http_request_t (ngx_http_request.h), whose words the fields bear. The hard thing: nothing here may be guessed.
What nobody knows is None; what is taken for granted is written down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field, replace

from analyzer.frozen import dataclass
from analyzer.nginx.choice.locations import Selection
from analyzer.nginx.model.config import Config, Scope
from analyzer.nginx.model.listen import Listener
from analyzer.nginx.request import Fallback, Machine, OnDisk, Phase, Request, Step, Unknown
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.uri import Uri

MOST_URI_CHANGES = 11
"""NGX_HTTP_MAX_URI_CHANGES and one: the tenth internal redirect still goes through."""


NOTHING = ""
"""What the target is read for where nothing hangs on it."""


@dataclass(slots=True)
class Passage:
    """The state of one request."""

    config: Config
    request: Request
    machine: Machine
    server: Scope
    listener: Listener | None
    target: Uri
    """The request-target as it came in; it never changes."""
    host: str | None
    """The host that was asked for, by the request line or else the Host header; empty where nginx refuses it."""
    request_line: str
    uri: bytes
    """`$uri`: decoded, and whatever rewrites and redirects made of it."""
    args: str
    method: str
    client: str | None
    """The client's address, as a trusted load balancer may have named it."""
    scope: Scope
    selection: Selection | None = None
    handler: Directive | None = None
    """The directive that answers in the content phase; None where files do."""
    internal: bool = False
    valid_unparsed_uri: bool = True
    valid_location: bool = True
    add_uri_to_alias: bool = False
    uri_changed: bool = False
    uri_changes: int = MOST_URI_CHANGES
    error_page: bool = False
    err_status: int = 0
    captures: tuple[str, ...] = ()
    variables: dict[str, str | None] = field(default_factory=dict)
    client_found: bool = False
    script: tuple[str, str] | None = None
    """The script and the rest of the URI, once FastCGI has split them."""
    proxy_host: str = ""
    proxy_port: str = ""
    sent_to: frozenset[bytes] = frozenset()
    """The URIs to which nginx itself sent the request."""
    rewritten_by: Directive | None = None
    fallback: Fallback | None = None
    searched: tuple[Selection, bytes] | None = None
    """The last search for a location, and what was searched for."""
    disk: dict[str, OnDisk] = field(default_factory=dict)
    """What was taken for granted of paths that nobody told of."""
    for_index: tuple[str, ...] = ()
    """The folders that were supposed for the sake of an index alone."""
    notes: list[Unknown] = field(default_factory=list)
    assumed: list[Unknown] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    target_reads: set[str] = field(default_factory=set)
    """What read the target, beside the search for a location. Branches share it: each of them may decide."""

    def note(self, what: str, directive: Directive) -> None:
        """Remember something that the answer depends on and that is not known."""
        unknown = Unknown(what, directive.file, directive.line)
        if unknown not in self.notes:
            self.notes.append(unknown)

    def assume(self, what: str, directive: Directive) -> None:
        """Remember something that was taken for granted."""
        unknown = Unknown(what, directive.file, directive.line)
        if unknown not in self.assumed:
            self.assumed.append(unknown)

    def step(self, phase: Phase, what: str, directive: Directive) -> None:
        """Write down what nginx did."""
        self.steps.append(Step(phase, what, directive.file, directive.line))

    @contextmanager
    def reading_for(self, purpose: str) -> Iterator[None]:
        """Tell what the target is read for meanwhile. For NOTHING it is forgotten, unless a variable keeps it."""
        before, kept = set(self.target_reads), dict(self.variables)
        yield
        if self.variables != kept:
            return
        told = {f"{purpose} ${name}" for name in self.target_reads - before} if purpose else set()
        self.target_reads &= before
        self.target_reads |= told

    def branch(self) -> "Passage":
        """Return a copy that goes its own way from here."""
        return replace(
            self,
            variables=dict(self.variables),
            disk=dict(self.disk),
            notes=list(self.notes),
            assumed=list(self.assumed),
            steps=list(self.steps),
        )

    @property
    def is_sent(self) -> bool:
        """Whether nginx itself sent the request to where it is: what is read of the URI is not the target's."""
        return self.uri in self.sent_to

    @property
    def uri_text(self) -> str:
        """The URI as text."""
        return self.uri.decode("utf-8", "surrogateescape")

    @property
    def scheme(self) -> str | None:
        """The scheme of the connection at nginx itself; TLS may have ended in front of it."""
        return None if self.listener is None else ("https" if self.listener.tls else "http")

    @property
    def location(self) -> Directive | None:
        """The location it is in; None while it is in the server only."""
        return next((block for block in reversed(self.scope) if block.name == "location"), None)
