"""What one phase decided about a request: the small value that the phases hand to `routing`.

Nothing comes in, shapes go out. The hard thing: a phase that cannot tell says so by an outcome `unknown` that names
the directive; it never lets the request pass as if nothing stood there.
"""

from dataclasses import dataclass

from analyzer.nginx.directives import Directive
from analyzer.nginx.environment import Environment
from analyzer.nginx.request import Outcome

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Decision:
    """The end of a request inside nginx, and the directive that decided it."""

    outcome: Outcome
    decided_by: Directive | None
    status: int | None = None
    redirect_to: str | None = None
    static_file: str | None = None
    why: str = ""


def cannot_tell(env: Environment, directive: Directive, what: str = "") -> Decision:
    """Decide that what follows depends on something unknown, and say what."""
    words = what or " ".join([directive.name, *directive.args])
    env.note(words, directive)
    return Decision(Outcome.UNKNOWN, directive, why=f"it depends on {words}")


def absolute(env: Environment, path: str, options: tuple[str, str]) -> str | None:
    """Return the Location that nginx makes of a path (ngx_http_header_filter_module.c).

    It names the port of the listener, not the one of the Host header. `options` are the values of absolute_redirect
    and port_in_redirect.
    """
    absolute_redirect, port_in_redirect = options
    if absolute_redirect == "off":
        return path
    host = env.request.host
    if env.listener is None or env.listener.port is None or env.scheme is None or host is None:
        return None
    plain = port_in_redirect == "off" or env.listener.port == DEFAULT_PORTS[env.scheme]
    name = _bare(host)
    return f"{env.scheme}://{name}{path}" if plain else f"{env.scheme}://{name}:{env.listener.port}{path}"


def _bare(host: str) -> str:
    head, bracket, tail = host.lower().rpartition("]")
    return (head + bracket + tail.partition(":")[0]).removesuffix(".")
