"""Whether a patch leaves a request that worked as it was.

In come its routes before and after, out goes yes or no. The hard thing: not all that changes does harm. HTTP/1.1
instead of 1.0 towards the backend, or another `Connection` that names no upgrade, is nothing to a plain request;
`Connection: upgrade` on one makes some backends hang, so that is harm.
"""

from analyzer.nginx.request import BackendRequest, Route, WebSocket

_HOP_BY_HOP = frozenset({"connection", "upgrade"})


def unharmed(before: Route, after: Route) -> bool:
    """Tell whether a request that worked goes the same way, and arrives as the same."""
    handshake_kept = after.websocket in {before.websocket, WebSocket.PASSES}
    return _way(before) == _way(after) and handshake_kept and not _newly_upgraded(before, after)


def _way(route: Route) -> tuple[object, ...]:
    """Return what a client and a backend see of a route; no line numbers, which a patch shifts."""
    server, location = route.server, route.location
    return (
        (route.outcome, route.status, route.redirect_to, route.body, route.static_file),
        (server.file, server.names, server.listen) if server else None,
        (location.file, location.modifier, location.pattern) if location else None,
        tuple((each.name, each.value, each.always) for each in route.response_headers),
        _arrival(route.backend) if route.backend else None,
    )


def _arrival(backend: BackendRequest) -> tuple[object, ...]:
    kept = sorted((name, value or "") for name, value in backend.headers if name.lower() not in _HOP_BY_HOP)
    return backend.address, backend.protocol, backend.method, backend.uri, kept


def _newly_upgraded(before: Route, after: Route) -> bool:
    """Tell whether a request that asks for no upgrade has one asked for in its name."""
    return not before.request.upgrade and _asks_to_upgrade(after) and not _asks_to_upgrade(before)


def _asks_to_upgrade(route: Route) -> bool:
    headers = route.backend.headers if route.backend else ()
    return any(name.lower() == "connection" and "upgrade" in (value or "").lower() for name, value in headers)
