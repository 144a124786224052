"""A Route as the values of its JSON form.

In comes a Route, out go the values of schema version 1 (DESIGN, "The command"): keys are added within a version, never
renamed, and what is not known is null. The hard thing: headers are an object there, and a name may come twice.
"""

from collections.abc import Sequence

from analyzer.nginx import (
    AddedHeader,
    BackendRequest,
    Considered,
    Directive,
    Fallback,
    LocationChoice,
    ProxyPass,
    Request,
    Route,
    ServerChoice,
    Step,
    Timeout,
    Unknown,
)
from analyzer.report.json_text import Json
from analyzer.report.routes.sentence import verdict
from analyzer.report.routes.spelling import directive_text

__all__ = ["as_values"]


def as_values(route: Route) -> dict[str, Json]:
    """Return the values of a Route."""
    return {
        "request": _request(route.request),
        "says": verdict(route),
        "server": _server(route.server) if route.server else None,
        "location": _location(route.location) if route.location else None,
        "considered": [_considered(other) for other in route.considered],
        "outcome": route.outcome.value,
        "status": route.status,
        "redirect_to": route.redirect_to,
        "body": route.body,
        "static_file": route.static_file,
        "backend": _backend(route.backend) if route.backend else None,
        "proxy_pass": _proxy_pass(route.proxy_pass) if route.proxy_pass else None,
        "fallback": _fallback(route.fallback) if route.fallback else None,
        "decided_by": _directive(route.decided_by) if route.decided_by else None,
        "websocket": route.websocket.value,
        "websocket_why": route.websocket_why,
        "missing_upgrade_headers": list(route.missing_upgrade_headers),
        "response_headers": [_added(header) for header in route.response_headers],
        "steps": [_step(step) for step in route.steps],
        "assumed": [_unknown(what) for what in route.assumed],
        "unknown": [_unknown(what) for what in route.unknown],
        "by_version": list(route.by_version),
    }


def _request(request: Request) -> dict[str, Json]:
    return {
        "method": request.method,
        "scheme": request.scheme or None,
        "host": request.host,
        "port": request.port,
        "uri": request.target,
        "websocket": request.upgrade,
        "headers": _lines(request.headers),
        "client": request.client,
        "address": request.address,
    }


def _server(server: ServerChoice) -> dict[str, Json]:
    names, listen = list(server.names), list(server.listen)
    return {"names": names, "listen": listen, "file": server.file, "line": server.line, "why": server.why}


def _location(location: LocationChoice) -> dict[str, Json]:
    return {
        "modifier": location.modifier,
        "pattern": location.pattern,
        "file": location.file,
        "line": location.line,
        "why": location.why,
    }


def _considered(other: Considered) -> dict[str, Json]:
    return {
        "modifier": other.modifier,
        "pattern": other.pattern,
        "file": other.file,
        "line": other.line,
        "lost_because": other.lost_because,
    }


def _backend(backend: BackendRequest) -> dict[str, Json]:
    return {
        "address": backend.address,
        "peers": list(backend.peers),
        "protocol": backend.protocol,
        "method": backend.method,
        "uri": backend.uri,
        "http_version": backend.http_version,
        "headers": _by_name(backend.headers),
        "header_lines": _lines(backend.headers),
        "timeouts": [_timeout(timeout) for timeout in backend.timeouts],
    }


def _by_name(headers: Sequence[tuple[str, str | None]]) -> dict[str, Json]:
    """Join the values of a name that comes more than once, as RFC 9110, 5.2 reads them."""
    spelling: dict[str, str] = {}
    values: dict[str, list[str | None]] = {}
    for name, value in headers:
        values.setdefault(spelling.setdefault(name.lower(), name), []).append(value)
    return {name: _joined(of_name) for name, of_name in values.items()}


def _joined(values: Sequence[str | None]) -> str | None:
    known = [value for value in values if value is not None]
    return ", ".join(known) if len(known) == len(values) else None


def _lines(headers: Sequence[tuple[str, str | None]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in headers]


def _timeout(timeout: Timeout) -> dict[str, Json]:
    return {"name": timeout.name, "value": timeout.value, "file": timeout.file, "line": timeout.line}


def _proxy_pass(passed: ProxyPass) -> dict[str, Json]:
    return {"text": passed.text, "has_uri_part": passed.has_uri_part, "file": passed.file, "line": passed.line}


def _fallback(fallback: Fallback) -> dict[str, Json]:
    return {"text": fallback.text, "target": fallback.target, "file": fallback.file, "line": fallback.line}


def _directive(directive: Directive) -> dict[str, Json]:
    return {"text": directive_text(directive), "file": directive.file, "line": directive.line}


def _added(header: AddedHeader) -> dict[str, Json]:
    place: dict[str, Json] = {"file": header.file, "line": header.line}
    return {"name": header.name, "value": header.value, "always": header.always, **place}


def _step(step: Step) -> dict[str, Json]:
    return {"phase": step.phase.value, "what": step.what, "file": step.file or None, "line": step.line or None}


def _unknown(unknown: Unknown) -> dict[str, Json]:
    return {"what": unknown.what, "file": unknown.file or None, "line": unknown.line or None}
