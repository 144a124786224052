"""`forward_host`: the backend gets another Host than the client asked for; hand the client's on.

In come a config and a route, out goes a patch that was tried on the model, or None. The hard thing: one
`proxy_set_header` in a location throws away all the inherited ones, so a line is added only where the location has its
own or none is inherited; and `$host` loses the port, `$http_host` keeps it (ngx_http_proxy_module.c,
`ngx_http_proxy_merge_loc_conf`).
"""

from analyzer.nginx.model.config import Config
from analyzer.nginx.model.scope import in_force
from analyzer.nginx.patching.patches import Edit, Patch, end_of_line, indent_at, new_value, newline_of, patch_of
from analyzer.nginx.request import Outcome, Route
from analyzer.nginx.routing import route as route_of
from analyzer.nginx.text.directives import Directive

_AS_ASKED = "$http_host"
_VALUE = 2


def forward_host(config: Config, route: Route) -> Patch | None:
    """Let the location of a route hand on the Host that the client sent."""
    last = next((n for n in reversed(range(len(route.scope))) if route.scope[n].name == "location"), None)
    if route.outcome is not Outcome.PROXIED or last is None:
        return None
    scope = route.scope[: last + 1]
    own = scope[-1].named("proxy_set_header")
    if not own and in_force(scope, "proxy_set_header"):
        return None
    host = next((line for line in own if line.args[:1] and line.args[0].lower() == "host"), None)
    edit = new_value(host, _VALUE, _AS_ASKED) if host else _added(config, scope[-1])
    patch = patch_of(config, "Hand on the Host that the client asked for", [edit]) if edit else None
    return patch if patch is not None and _arrives(patch.config, route) else None


def _added(config: Config, location: Directive) -> Edit | None:
    """Write the line behind the location's proxy_pass."""
    passed = next(iter(location.named("proxy_pass")), None)
    text = config.text(passed.file) if passed else None
    if passed is None or text is None:
        return None
    end = end_of_line(text, passed.end)
    at = passed.end if end is None else end
    return Edit(
        passed.file, at, at, f"{newline_of(text)}{indent_at(text, passed.start)}proxy_set_header Host {_AS_ASKED};"
    )


def _arrives(config: Config, before: Route) -> bool:
    """Tell whether the same backend now gets the name that was asked for."""
    after, asked = route_of(config, before.request), (before.request.host or "").lower()
    if before.backend is None or after.backend is None or after.backend.uri != before.backend.uri:
        return False
    hosts = [value for name, value in after.backend.headers if name.lower() == "host"]
    return [(value or asked).lower().partition(":")[0] for value in hosts] == [asked]
