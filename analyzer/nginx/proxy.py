"""What the backend receives: its address, the request line, the headers.

In comes the scope of a location with `proxy_pass`, out goes the backend's request. The hard thing, and the widespread
wrong belief: only a `proxy_pass` with a URI part (a lone `/` counts) replaces the location's name; without one the
target goes through as the client sent it (ngx_http_proxy_module.c, `ngx_http_proxy_create_request`).
"""

import re
from dataclasses import dataclass

from analyzer.nginx.config import Scope
from analyzer.nginx.directives import Directive
from analyzer.nginx.environment import Environment, expand, unknown_variables
from analyzer.nginx.locations import location_of
from analyzer.nginx.request import BackendRequest, ProxyPass
from analyzer.nginx.scope import in_force, value
from analyzer.nginx.upstreams import with_port
from analyzer.nginx.uri import escape_uri

DEFAULT_HTTP_VERSION = "1.0"
"""Up to nginx 1.29.6; 1.1 since 1.29.7 (CHANGES)."""

_TARGET = re.compile(r"(?P<scheme>https?)://(?P<address>unix:[^:]*:?|\[[^\]]*\](?::\d*)?|[^/?]*)(?P<uri>.*)", re.DOTALL)
_DROPPED = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "te", "keep-alive", "expect", "upgrade"}
)
_DEFAULT_HEADERS = (("Host", "$proxy_host"), ("Connection", "close"))


@dataclass(frozen=True, slots=True)
class ProxyTarget:
    """The parts of a proxy_pass URL."""

    scheme: str
    address: str
    uri: str

    @property
    def without_uri(self) -> str:
        """The URL with its URI part dropped."""
        return f"{self.scheme}://{self.address}"


def read_target(text: str) -> ProxyTarget | None:
    """Split a proxy_pass URL; None where it is not one, a lone variable for instance.

    >>> read_target("http://api:8000/v1/").uri, read_target("http://$b$request_uri").address
    ('/v1/', '$b$request_uri')
    """
    match = _TARGET.fullmatch(text)
    return ProxyTarget(match["scheme"], match["address"], match["uri"]) if match else None


def proxy_pass_of(directive: Directive) -> ProxyPass:
    """Describe a proxy_pass directive."""
    text = directive.args[0] if directive.args else ""
    target = read_target(text)
    has_uri = target is not None and (bool(target.uri) or "$request_uri" in text or "$uri" in text)
    return ProxyPass(text, has_uri, directive.file, directive.line)


def backend_request(scope: Scope, directive: Directive, env: Environment) -> BackendRequest | None:
    """Return what the backend receives; None where not even its address can be told."""
    text = directive.args[0] if directive.args else ""
    for name in unknown_variables(text, env):
        env.note(f"{name} in proxy_pass {text}", directive)
    target = _expanded_target(text, env)
    if target is None:
        return None
    env.proxy_host = target.address
    uri = _uri(text, target, scope, env)
    peers = _peers(target, env)
    headers = backend_headers(scope, env)
    version = http_version(scope)
    return BackendRequest(", ".join(peers), env.request.method, uri, version, headers, peers)


def _expanded_target(text: str, env: Environment) -> ProxyTarget | None:
    """Return the target with its variables filled in; its address alone where the rest is not known."""
    expanded = expand(text, env)
    if expanded is not None:
        return read_target(expanded)
    written = read_target(text)
    address = expand(written.address, env) if written is not None else None
    return None if written is None or address is None else ProxyTarget(written.scheme, address, written.uri)


def _uri(text: str, target: ProxyTarget, scope: Scope, env: Environment) -> str | None:
    if expand(text, env) is None:
        return None
    return _replaced(target, env) if "$" in text else _mapped_uri(target, scope, env)


def http_version(scope: Scope) -> str:
    """Return the HTTP version in which nginx speaks to the backend."""
    return value(scope, "proxy_http_version", DEFAULT_HTTP_VERSION)


def header_lines(scope: Scope) -> tuple[tuple[str, str], ...]:
    """Return the header templates in force, nginx's own defaults included."""
    own = tuple((line.args[0], line.args[1]) for line in in_force(scope, "proxy_set_header") if len(line.args) > 1)
    named = {name.lower() for name, _ in own}
    return own + tuple((name, text) for name, text in _DEFAULT_HEADERS if name.lower() not in named)


def backend_headers(scope: Scope, env: Environment) -> tuple[tuple[str, str | None], ...]:
    """Return the headers that the backend receives: those set, then the client's that nginx lets through."""
    lines = header_lines(scope)
    named = {name.lower() for name, _ in lines}
    values = ((name, expand(text, env)) for name, text in lines)
    passed = (header for header in env.request.headers if _passes(header[0], named))
    return (*((name, text) for name, text in values if text != ""), *passed)


def _passes(name: str, named: set[str]) -> bool:
    return name.lower() not in _DROPPED | named and "_" not in name


def _replaced(target: ProxyTarget, env: Environment) -> str:
    """Return the URI of a proxy_pass with variables: its own, raw, or the client's when it has none."""
    uri = "/" + target.uri if target.uri.startswith("?") else target.uri
    return uri or _unchanged(env)


def _unchanged(env: Environment) -> str:
    if env.uri.changed:
        return escape_uri(env.uri.path) + _question(env)
    return env.uri.raw


def _mapped_uri(target: ProxyTarget, scope: Scope, env: Environment) -> str:
    if not target.uri:
        return _unchanged(env)
    holder = next((block for block in reversed(scope) if block.name == "location"), None)
    name = location_of(holder).pattern if holder is not None else ""
    rest = env.uri.path[len(name.encode("utf-8", "surrogateescape")) :]
    escaped = env.uri.quoted or env.internal
    text = escape_uri(rest) if escaped else rest.decode("utf-8", "surrogateescape")
    uri = "/" + target.uri if target.uri.startswith("?") else target.uri
    return uri + text + _question(env)


def _question(env: Environment) -> str:
    return f"?{env.uri.args}" if env.uri.args else ""


def _peers(target: ProxyTarget, env: Environment) -> tuple[str, ...]:
    group = env.config.upstreams.get(target.address)
    if group is not None:
        return group.servers
    return (with_port(target.address.removesuffix(":"), "443" if target.scheme == "https" else "80"),)
