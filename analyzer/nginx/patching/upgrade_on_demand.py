"""`upgrade_on_demand`: `Connection: upgrade` goes out with every request; let only handshakes carry it.

In come a config and a route, out goes a patch that was tried on the model, or None. The hard thing: the line may be an
inherited one, which other locations use as well; only the location's own is changed.
"""

from analyzer.nginx.model.config import Config
from analyzer.nginx.patching.patches import Edit, Patch, new_value, patch_of
from analyzer.nginx.patching.upgrading import connection_for
from analyzer.nginx.request import Outcome, Route
from analyzer.nginx.routing import route as route_of
from analyzer.nginx.text.directives import Directive

_VALUE = 2


def upgrade_on_demand(config: Config, route: Route) -> Patch | None:
    """Take Connection from a map, and Upgrade from the client."""
    last = next((n for n in reversed(range(len(route.scope))) if route.scope[n].name == "location"), None)
    if route.outcome is not Outcome.PROXIED or last is None:
        return None
    scope = route.scope[: last + 1]
    own = {line.args[0].lower(): line for line in scope[-1].named("proxy_set_header") if len(line.args) == _VALUE}
    if "connection" not in own:
        return None
    connection = connection_for(config, scope, "close")
    edits: list[Edit] = [*connection.edits, new_value(own["connection"], _VALUE, connection.value)]
    if "upgrade" in own and _is_literal(own["upgrade"]):
        edits.append(new_value(own["upgrade"], _VALUE, "$http_upgrade"))
    patch = patch_of(config, f"Ask the backend to upgrade only where the client does ({route.request.target})", edits)
    return patch if patch is not None and _asks_no_more(patch.config, route) else None


def _is_literal(line: Directive) -> bool:
    return "$" not in line.args[1]


def _asks_no_more(config: Config, before: Route) -> bool:
    """Tell whether the same backend gets the same path, and no upgrade is asked for."""
    after = route_of(config, before.request)
    if before.backend is None or after.backend is None or after.backend.uri != before.backend.uri:
        return False
    return not any(name.lower() == "connection" and "upgrade" in (value or "") for name, value in after.backend.headers)
