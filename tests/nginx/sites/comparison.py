"""What the model says of a request beside what nginx did with it.

In come a Route and a Seen, out go the sentences in which they disagree: none where all is well. The hard thing: the
backends of these sites answer everything with 200, and a handshake (a GET) that reaches them whole with 101.
"""

from analyzer.nginx import AddedHeader, LocationChoice, Outcome, Route, ServerChoice, WebSocket
from tests.nginx.sites.running import Seen

_WITHOUT_ALWAYS = frozenset({200, 201, 204, 206, 301, 302, 303, 304, 307, 308})
_CLOSED = 444


def disagreements(route: Route, seen: Seen) -> list[str]:
    """Say in what the model and nginx disagree; what the model leaves open must be named."""
    if is_open(route):
        return [] if route.unknown or route.assumed else ["it is left open, and nothing says why"]
    pairs = [
        ("status", status_of(route), seen.status),
        ("Location", route.redirect_to, seen.redirect_to),
        ("server", name_of(route.server), seen.server),
        ("proxied", route.outcome is Outcome.PROXIED, bool(seen.upstream)),
        *_location(route, seen),
        *_file(route, seen),
        *_body(route, seen),
        *_backend(route, seen),
        *_added(route, seen),
    ]
    return [f"{what}: nginx {real!r}, the model {said!r}" for what, said, real in pairs if said != real]


def is_open(route: Route) -> bool:
    """Tell whether the model does not claim to know the answer: the whole of it, the backend, or a file's status."""
    unproxied = route.outcome is Outcome.PROXIED and route.backend is None
    return route.outcome is Outcome.UNKNOWN or unproxied or (route.outcome is Outcome.STATIC and route.status is None)


_Pair = tuple[str, object, object]


def status_of(route: Route) -> int | None:
    """Return the status that the client would see, with these backends."""
    if route.outcome is Outcome.PROXIED:
        switched = route.request.method == "GET" and route.request.upgrade and route.websocket is WebSocket.PASSES
        return 101 if switched else route.status or 200
    return _CLOSED if route.outcome is Outcome.CLOSED else route.status


def name_of(choice: ServerChoice | None) -> str | None:
    """Return what `$server_name` would say."""
    return None if choice is None else (choice.names[:1] or ("",))[0].removeprefix(".").lower()


def _location(route: Route, seen: Seen) -> list[_Pair]:
    if seen.location is None:
        return []
    return [("location", spelled(route.location), seen.location)]


def spelled(choice: LocationChoice | None) -> str:
    """Return the location as the debug log spells it."""
    return "" if choice is None else ("=" if choice.modifier == "=" else "") + choice.pattern


def _file(route: Route, seen: Seen) -> list[_Pair]:
    if route.outcome is not Outcome.STATIC or seen.file is None:
        return []
    return [("file", route.static_file, _below_prefix(seen.file, route.static_file or ""))]


def _below_prefix(real: str, said: str) -> str:
    """Return a file below nginx's own prefix, which nobody knows, as the model names it: without the prefix."""
    return real if said.startswith("/") or not real.endswith(f"/{said}") else said


def _body(route: Route, seen: Seen) -> list[_Pair]:
    if route.body is None or route.request.method == "HEAD":
        return []
    return [("body", route.body, seen.body)]


def _backend(route: Route, seen: Seen) -> list[_Pair]:
    backend, received = route.backend, seen.received
    if route.outcome is not Outcome.PROXIED:
        return []
    if backend is None or received is None:
        return [("backend", backend, received)]
    own = seen.upstream.split(", ")[-1].split(" : ")[-1]
    pairs: list[_Pair] = [
        ("peer", own if own in backend.peers else backend.address, own),
        ("protocol", backend.protocol, received.protocol),
    ]
    if received.protocol != "http":
        return pairs
    line = f"{backend.method} {backend.uri} HTTP/{backend.http_version}"
    known = {name.lower() for name, value in backend.headers if value is None}
    said = sorted((name, value) for name, value in backend.headers if value is not None)
    real = sorted(pair for pair in received.headers if pair[0].lower() not in known)
    return [*pairs, ("request line", line, received.line), ("headers", said, real)]


def added_with(route: Route, status: int | None) -> list[AddedHeader]:
    """Return the headers that add_header gives to an answer of this status."""
    return [each for each in route.response_headers if each.always or status in _WITHOUT_ALWAYS]


def _added(route: Route, seen: Seen) -> list[_Pair]:
    """Compare the headers of the answer that an add_header of the config could have given."""
    given = added_with(route, seen.status)
    hidden = {each.name.lower() for each in given if each.value is None}
    said = sorted((each.name.lower(), each.value or "") for each in given if each.value)
    real = sorted((name.lower(), value) for name, value in seen.headers if name.lower().startswith(_ADDED))
    known = [pair for pair in said if pair[0].startswith(_ADDED) and pair[0] not in hidden]
    return [("added headers", known, [pair for pair in real if pair[0] not in hidden])]


_ADDED = ("x-", "access-control-", "strict-transport-", "content-security-", "referrer-")
"""What headers begin with that only an add_header of these sites gives."""
