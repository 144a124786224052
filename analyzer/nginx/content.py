"""The content phase: the one handler of a location, or a file.

In comes a scope that let the request in, out goes a decision. The hard thing: handlers are not inherited. A nested
location without its own `proxy_pass` looks for a file, whatever stands around it (ngx_http_core_module.c,
`ngx_http_core_content_phase`).
"""

from analyzer.nginx.config import Scope
from analyzer.nginx.decision import Decision, cannot_tell
from analyzer.nginx.directives import Directive
from analyzer.nginx.environment import Environment
from analyzer.nginx.request import Outcome
from analyzer.nginx.static import file_for, index_file

_PROTOCOLS = {"fastcgi_pass": "FastCGI", "uwsgi_pass": "uwsgi", "scgi_pass": "SCGI", "grpc_pass": "gRPC",
              "memcached_pass": "memcached"}  # fmt: skip
_SCRIPTS = frozenset({"content_by_lua", "content_by_lua_block", "content_by_lua_file", "js_content", "perl"})
_ANSWERS = frozenset({"empty_gif", "stub_status", "api", "status"})


def content_phase(scope: Scope, env: Environment) -> Decision:
    """Decide by the handler that stands in the innermost block."""
    for directive in scope[-1].block or ():
        decision = _handled(directive, env)
        if decision is not None:
            return decision
    return _file(scope, env)


def _handled(directive: Directive, env: Environment) -> Decision | None:
    if directive.name == "proxy_pass":
        return Decision(Outcome.PROXIED, directive)
    if directive.name in _PROTOCOLS:
        return Decision(Outcome.PROXIED, directive, why=f"{_PROTOCOLS[directive.name]} carries no upgrade")
    if directive.name in _SCRIPTS:
        return cannot_tell(env, directive, directive.name)
    return Decision(Outcome.ANSWERED, directive, 200) if directive.name in _ANSWERS else None


def _file(scope: Scope, env: Environment) -> Decision:
    path = env.uri.text
    wanted = index_file(scope, path) if path.endswith("/") else path
    file = file_for(scope, wanted, env)
    holder = next((block for block in reversed(scope) if block.named("root", "alias")), scope[-1])
    decided_by = next(iter(holder.named("root", "alias")), scope[-1])
    status = 200 if env.uri.changed else None
    return Decision(Outcome.STATIC, decided_by, status, static_file=file)
