"""The variables of one request: what `$host`, `$uri` or a `map` stand for while it is being routed.

In come a config, a request and where it landed; out go texts with their variables filled in. The hard thing: what
nobody knows (the client's address, a header that no log shows) makes a text None, and its variable is remembered.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from analyzer.nginx.config import Config, Scope
from analyzer.nginx.directives import Directive
from analyzer.nginx.listen import Listener
from analyzer.nginx.names import normal_host
from analyzer.nginx.request import Request, Unknown
from analyzer.nginx.uri import Uri

VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)\}|(?P<plain>\w+))")
_DEEPEST = 10
CONNECTION_UPGRADE = "connection_upgrade"
"""The variable of nginx's own page on WebSockets (https://nginx.org/en/docs/http/websocket.html)."""


@dataclass(slots=True)
class Environment:
    """What is known of one request while it goes through the phases."""

    config: Config
    request: Request
    uri: Uri
    server: Scope
    listener: Listener | None = None
    internal: bool = False
    redirects: int = 0
    proxy_host: str = ""
    variables: dict[str, str | None] = field(default_factory=dict)
    notes: list[Unknown] = field(default_factory=list)

    def note(self, what: str, directive: Directive) -> Unknown:
        """Remember something that the answer depends on and that is not known."""
        unknown = Unknown(what, directive.file, directive.line)
        if unknown not in self.notes:
            self.notes.append(unknown)
        return unknown

    @property
    def scheme(self) -> str | None:
        """The scheme of the connection at nginx itself; TLS may have ended in front of it."""
        return None if self.listener is None else ("https" if self.listener.tls else "http")


def expand(text: str, env: Environment, depth: int = 0) -> str | None:
    """Fill in the variables of a text; None where one of them is not known."""
    values = [value_of(match["braced"] or match["plain"], env, depth) for match in VARIABLE.finditer(text)]
    if any(value is None for value in values):
        return None
    filling = iter(values)
    return VARIABLE.sub(lambda _: next(filling) or "", text)


def unknown_variables(text: str, env: Environment) -> tuple[str, ...]:
    """Name the variables of a text that are not known."""
    names = [match["braced"] or match["plain"] for match in VARIABLE.finditer(text)]
    return tuple(f"${name}" for name in names if value_of(name, env) is None)


def value_of(name: str, env: Environment, depth: int = 0) -> str | None:
    """Return a variable's value; None where it is not known."""
    if name in env.variables:
        return env.variables[name]
    if name in env.config.maps:
        return _mapped(name, env, depth)
    if name.startswith("http_"):
        return _header(name.removeprefix("http_"), env)
    if name.startswith("arg_"):
        return _argument(name.removeprefix("arg_"), env.uri.args)
    if name == CONNECTION_UPGRADE and env.config.is_fragment:
        return "upgrade" if env.request.upgrade else "close"
    built_in = _BUILT_IN.get(name)
    return None if built_in is None else built_in(env)


def _mapped(name: str, env: Environment, depth: int) -> str | None:
    found = env.config.maps[name]
    source = expand(found.source, env, depth + 1) if depth < _DEEPEST else None
    result = None if source is None else found.find(source)
    return None if result is None else expand(result, env, depth + 1)


def _header(name: str, env: Environment) -> str | None:
    given = env.request.header(name)
    if given is not None:
        return given
    if name == "upgrade":
        return "websocket" if env.request.upgrade else ""
    if name == "connection" and env.request.upgrade:
        return "Upgrade"
    return env.request.host if name == "host" else None


def _argument(name: str, args: str) -> str:
    """Return `$arg_name`: the first argument of that name, not decoded (ngx_http_variables.c)."""
    pairs = (pair.partition("=") for pair in args.split("&"))
    return next((value for key, equals, value in pairs if equals and key.lower() == name.lower()), "")


def _raw_target(request: Request) -> str:
    return re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", "", request.target) or "/"


def _host(env: Environment) -> str | None:
    asked = env.uri.host or env.request.host
    return None if asked is None else (normal_host(asked) or _server_name(env))


def _server_name(env: Environment) -> str:
    names = [name for given in env.server[-1].named("server_name") for name in given.args]
    return names[0].removeprefix(".") if names else ""


def _forwarded_for(request: Request) -> str | None:
    if request.client is None:
        return None
    earlier = request.header("X-Forwarded-For")
    return f"{earlier}, {request.client}" if earlier else request.client


def _port(env: Environment) -> str | None:
    return str(env.listener.port) if env.listener and env.listener.port else None


_BUILT_IN: Mapping[str, Callable[[Environment], str | None]] = {
    "args": lambda env: env.uri.args,
    "document_uri": lambda env: env.uri.text,
    "host": _host,
    "is_args": lambda env: "?" if env.uri.args else "",
    "proxy_add_x_forwarded_for": lambda env: _forwarded_for(env.request),
    "proxy_host": lambda env: env.proxy_host,
    "query_string": lambda env: env.uri.args,
    "remote_addr": lambda env: env.request.client,
    "request_method": lambda env: env.request.method,
    "request_uri": lambda env: _raw_target(env.request),
    "scheme": lambda env: env.scheme,
    "server_name": _server_name,
    "server_port": _port,
    "uri": lambda env: env.uri.text,
}
"""What nginx knows of every request (ngx_http_variables.c); a variable that is not here is not known."""
