"""`keep_handshake`: the location shortens the path and drops the handshake as well; mend both, or neither helps.

In come a config and a route, out goes one patch made of two, or None. The hard thing: the second is made for the config
that the first leaves, and its lines are told against the one that the user has.
"""

from analyzer.nginx.model.config import Config
from analyzer.nginx.patching.forward_upgrade import forward_upgrade
from analyzer.nginx.patching.keep_path import keep_path
from analyzer.nginx.patching.patches import Patch, both
from analyzer.nginx.request import Route
from analyzer.nginx.routing import route as route_of


def keep_handshake(config: Config, route: Route) -> Patch | None:
    """Make the location hand on the path unchanged, and the handshake as one."""
    kept = keep_path(config, route)
    forwarded = forward_upgrade(kept.config, route_of(kept.config, route.request)) if kept is not None else None
    return both(config, kept, forwarded) if kept is not None and forwarded is not None else None
