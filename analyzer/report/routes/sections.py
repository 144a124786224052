"""A Route as facts under labels: what is seen at a glance, and what explains it.

In comes a Route, out go Sections, in the order in which a request meets them. The hard thing is what to leave out: a
label without facts is not there, and the long lists (each step, each location that lost) stand apart.
"""

from collections.abc import Callable, Iterable, Iterator

from analyzer.nginx import (
    AddedHeader,
    BackendRequest,
    Directive,
    Fallback,
    ProxyPass,
    Route,
    Timeout,
    Unknown,
    WebSocket,
)
from analyzer.report.phrases import place
from analyzer.report.routes.facts import Fact, Section, Tone
from analyzer.report.routes.spelling import (
    UNTOLD,
    block_name,
    directive_text,
    in_one_line,
    peer_address,
    request_line,
)
from analyzer.said import Template, said

__all__ = ["LABELS", "at_a_glance", "in_detail"]

_STATUSES_WITH_HEADERS = frozenset({200, 201, 204, 206, 301, 302, 303, 304, 307, 308})
_NAMED_BY_PREFIX = frozenset({"", "=", "^~"})
_TONES = {WebSocket.PASSES: Tone.GOOD, WebSocket.FAILS: Tone.BAD, WebSocket.UNKNOWN: Tone.OPEN}
_ASKED = {WebSocket.PASSES: said("passes"), WebSocket.FAILS: said("fails"), WebSocket.UNKNOWN: said("unknown")}
_NOT_ASKED = {
    WebSocket.PASSES: said("a handshake would pass"),
    WebSocket.FAILS: said("a handshake would fail"),
    WebSocket.UNKNOWN: said("whether a handshake would pass is unknown"),
}


def at_a_glance(route: Route) -> tuple[Section, ...]:
    """Return what a person wants to know at once."""
    return _filled(_GLANCE, route)


def in_detail(route: Route) -> tuple[Section, ...]:
    """Return each step in its order, and each location that does not take the request."""
    return _filled(_DETAIL, route)


_Telling = Callable[[Route], Iterable[Fact]]


def _filled(labels: dict[Template, _Telling], route: Route) -> tuple[Section, ...]:
    sections = (Section(said(label), tuple(facts_of(route))) for label, facts_of in labels.items())
    return tuple(section for section in sections if section.facts)


def _server(route: Route) -> Iterator[Fact]:
    chosen = route.server
    if chosen is None:
        return
    named = f"server_name {' '.join(chosen.names)};" if chosen.names else ""
    listens = [f"listen {listen};" for listen in chosen.listen]
    code = " ".join(filter(None, [named, *listens])) or "server { }"
    yield Fact(code, chosen.why, place(chosen.file, chosen.line))


def _location(route: Route) -> Iterator[Fact]:
    chosen = route.location
    if chosen is not None:
        yield Fact(block_name(chosen.modifier, chosen.pattern), chosen.why, place(chosen.file, chosen.line))
    elif route.server is not None:
        yield Fact(says=said("none was chosen"), tone=Tone.QUIET)


def _decides(route: Route) -> Iterator[Fact]:
    if (hop := route.fallback) is not None:
        yield Fact(f"{hop.text};", said("sends it to {target}", target=hop.target), place(hop.file, hop.line))
    decided, passed = route.decided_by, route.proxy_pass
    if decided is not None and not _is_told(decided, route.fallback, passed):
        yield Fact(directive_text(decided), "", place(decided.file, decided.line))
    if passed is not None:
        yield Fact(f"proxy_pass {passed.text};", _uri_part(route, passed), place(passed.file, passed.line))


def _is_told(decided: Directive, fallback: Fallback | None, passed: ProxyPass | None) -> bool:
    """Whether what decided is the very directive that is told anyway."""
    if passed is not None and decided.name == "proxy_pass":
        return (decided.file, decided.line) == (passed.file, passed.line)
    return fallback is not None and directive_text(decided) == f"{fallback.text};"


def _uri_part(route: Route, passed: ProxyPass) -> str:
    """Answer the widespread wrong belief where it can be answered (ngx_http_proxy_create_request)."""
    uri = route.backend.uri if route.backend else None
    if uri is None:
        return ""
    if "$" in passed.text:
        return _with_variables(route, uri)
    if not passed.has_uri_part:
        return (
            said("has no URI part: the path goes on unchanged")
            if uri == route.request.target
            else said("has no URI part")
        )
    chosen = route.location
    if chosen is None or chosen.modifier not in _NAMED_BY_PREFIX:
        return said("has a URI part")
    return said("its URI part takes the place of {pattern}", pattern=chosen.pattern)


def _with_variables(route: Route, uri: str) -> str:
    """Say what becomes of the path behind a proxy_pass with variables, which knows no location's name."""
    if route.rewritten_by is not None:
        return ""
    if uri == route.request.target:
        return said("the path goes on unchanged")
    return said("with a variable in it, its URI part takes the place of the whole path and of the arguments")


def _backend(route: Route) -> Iterator[Fact]:
    if route.backend is not None:
        line = request_line(route.backend)
        yield (
            Fact(line, said("to {peer_address}", peer_address=peer_address(route.backend)))
            if line
            else Fact(peer_address(route.backend))
        )
        yield from _headers(route.backend)


def _headers(backend: BackendRequest) -> Iterator[Fact]:
    for name, value in backend.headers:
        yield _header(name, value)


def _header(name: str, value: str | None, says: str = "", at: str = "") -> Fact:
    if value is None:
        return Fact(said("{name}: {untold}", name=name, untold=UNTOLD), says, at, Tone.OPEN)
    return Fact(f"{name}: {value}", says, at)


def _timeouts(route: Route) -> Iterator[Fact]:
    timeouts = route.backend.timeouts if route.backend else ()
    for timeout in timeouts:
        if timeout.file is not None:
            yield Fact(_timeout(timeout), "", place(timeout.file, timeout.line or 0))
    defaults = ", ".join(_timeout(timeout) for timeout in timeouts if timeout.file is None)
    if defaults:
        yield Fact(defaults, said("nginx's default"), tone=Tone.QUIET)


def _timeout(timeout: Timeout) -> str:
    return f"{timeout.name} {timeout.value}"


def _answer(route: Route) -> Iterator[Fact]:
    if route.status is not None:
        yield Fact(f"HTTP {route.status}")
    if route.redirect_to is not None:
        yield Fact(f"Location: {route.redirect_to}")
    if route.body is not None:
        yield Fact(in_one_line(route.body), said("is its body") if route.body else said("its body is empty"))
    for header in route.response_headers:
        at = place(header.file, header.line)
        yield _header(header.name, header.value, _when_added(header, route.status), at)


def _when_added(header: AddedHeader, status: int | None) -> str:
    """Say where a header without `always` is left out (ngx_http_headers_filter_module.c)."""
    if header.always or status in _STATUSES_WITH_HEADERS:
        return ""
    return said("not with errors") if status is None else said("not sent with {status}", status=status)


def _file(route: Route) -> Iterator[Fact]:
    if route.static_file:
        yield Fact(route.static_file)


def _websocket(route: Route) -> Iterator[Fact]:
    return iter(()) if _beside_the_point(route) else _handshake(route)


def _handshake_beside(route: Route) -> Iterator[Fact]:
    return _handshake(route) if _beside_the_point(route) else iter(())


def _beside_the_point(route: Route) -> bool:
    """Whether nobody asked for a handshake, and no backend is there to take one."""
    return not route.request.upgrade and route.backend is None


def _handshake(route: Route) -> Iterator[Fact]:
    asked = route.request.upgrade
    word = (_ASKED if asked else _NOT_ASKED)[route.websocket]
    why = said("{word}: {why}", word=word, why=route.websocket_why) if route.websocket_why else word
    yield Fact(says=why, tone=_TONES[route.websocket] if asked else Tone.QUIET)
    if route.missing_upgrade_headers:
        missing = said("missing: {headers}", headers=", ".join(route.missing_upgrade_headers))
        yield Fact(says=missing, tone=Tone.PLAIN if asked else Tone.QUIET)


def _assumed(route: Route) -> Iterator[Fact]:
    return map(_open, route.assumed)


def _not_known(route: Route) -> Iterator[Fact]:
    return map(_open, route.unknown)


def _open(unknown: Unknown) -> Fact:
    return Fact(says=unknown.what, place=place(unknown.file, unknown.line) if unknown.file else "", tone=Tone.OPEN)


def _versions(route: Route) -> Iterator[Fact]:
    return (Fact(says=said, tone=Tone.QUIET) for said in route.by_version)


def _steps(route: Route) -> Iterator[Fact]:
    for number, step in enumerate(route.steps, 1):
        at = place(step.file, step.line) if step.file else ""
        yield Fact(
            says=said("{number}. {phase}: {what}", number=number, phase=step.phase.value, what=step.what), place=at
        )


def _considered(route: Route) -> Iterator[Fact]:
    for other in route.considered:
        yield Fact(block_name(other.modifier, other.pattern), other.lost_because, place(other.file, other.line))


_GLANCE: dict[Template, _Telling] = {
    "Server": _server,
    "Location": _location,
    "Decides": _decides,
    "Backend": _backend,
    "Timeouts": _timeouts,
    "WebSocket": _websocket,
    "File": _file,
    "Answer": _answer,
    "Assumed": _assumed,
    "Not known": _not_known,
    "Versions": _versions,
}
_DETAIL: dict[Template, _Telling] = {"Steps": _steps, "Considered": _considered, "WebSocket": _handshake_beside}

LABELS = tuple(_GLANCE)
"""The labels at a glance, in their order."""
