"""`speak_plainly`: pass on over http instead of https, to a port that speaks no TLS.

In come a config and a route, out goes a patch that was tried on the model, or None. The hard thing: a `proxy_pass`
without a port means another port once its scheme is another, so only one that names its port is touched.
"""

from analyzer.nginx.model.config import Config
from analyzer.nginx.patching.patches import Patch, new_value, patch_of
from analyzer.nginx.request import Outcome, Route
from analyzer.nginx.routing import route as route_of
from analyzer.nginx.upstream.proxy import read_target

_SECURE = "https://"


def speak_plainly(config: Config, route: Route) -> Patch | None:
    """Make the location pass on over http."""
    directive, proxied = route.decided_by, route.proxy_pass
    target = read_target(proxied.text) if proxied else None
    address = target.read_address() if target else None
    if directive is None or proxied is None or address is None or not address.explicit:
        return None
    if directive.name != "proxy_pass" or not proxied.text.startswith(_SECURE):
        return None
    edit = new_value(directive, 1, f"http://{proxied.text.removeprefix(_SECURE)}")
    patch = patch_of(config, f"Pass on to {address.text} over http", [edit])
    return patch if patch is not None and _arrives_as_before(patch.config, route) else None


def _arrives_as_before(config: Config, before: Route) -> bool:
    after = route_of(config, before.request)
    if after.outcome is not Outcome.PROXIED or after.backend is None or before.backend is None:
        return False
    return (after.backend.address, after.backend.uri) == (before.backend.address, before.backend.uri)
