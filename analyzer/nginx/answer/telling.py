"""The answer for one request, gathered from where it went and how it ended.

In comes a passage at its end with the decision, out goes a Route. The hard thing: an answer that is unknown still tells
what the backend would receive, unless what is unknown could change just that.
"""

from analyzer.nginx.answer.added import added_headers
from analyzer.nginx.choice.losing import considered
from analyzer.nginx.choice.servers import Chosen
from analyzer.nginx.decision import Decision
from analyzer.nginx.model.config import Scope
from analyzer.nginx.model.names import normal_host
from analyzer.nginx.model.scope import in_force, setting, value
from analyzer.nginx.passage import NOTHING, Passage
from analyzer.nginx.request import (
    BackendRequest,
    Considered,
    LocationChoice,
    Outcome,
    Request,
    Route,
    ServerChoice,
    WebSocket,
)
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.upstream.backend import proxied
from analyzer.nginx.upstream.handshake import Handshake, judge_handshake
from analyzer.nginx.upstream.headers_out import KEEPALIVE_SINCE
from analyzer.nginx.upstream.proxy import proxy_pass_of
from analyzer.nginx.values.variables import value_of
from analyzer.said import said

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAMELESS = frozenset({"if", "limit_except"})

_NO_HANDSHAKE = {
    Outcome.REDIRECTED: said("it is redirected, and a browser never follows a redirect of a handshake"),
    Outcome.DENIED: said("nginx refuses it"),
    Outcome.CLOSED: said("nginx closes the connection"),
    Outcome.STATIC: said("nginx looks for a file, no backend is asked"),
    Outcome.ANSWERED: said("nginx answers by itself, no backend is asked"),
    Outcome.PROXIED: said("this protocol carries no upgrade"),
}


def told_at_once(request: Request, chosen: Chosen, decision: Decision) -> Route:
    """Tell of a request that came to no location."""
    handshake = _unproxied(decision)
    return Route(
        request,
        _server_choice(chosen),
        None,
        (),
        decision.outcome,
        decision.status,
        websocket=handshake.websocket,
        websocket_why=handshake.why,
        unknown=chosen.unknown,
    )


def told(passage: Passage, decision: Decision, chosen: Chosen) -> Route:
    """Tell where a request went and what became of it."""
    passes = passage.handler if passage.handler is not None and passage.handler.name == "proxy_pass" else None
    would_pass = passes is not None and decision.outcome in {Outcome.PROXIED, Outcome.UNKNOWN}
    backend = _would_receive(passage, passes, decision) if passes and would_pass else decision.backend
    handshake = judge_handshake(passage) if would_pass else _unproxied(decision)
    if would_pass and decision.outcome is Outcome.UNKNOWN:
        handshake = Handshake(WebSocket.UNKNOWN, decision.why, handshake.missing)
    with passage.reading_for(NOTHING):
        added = () if decision.outcome is Outcome.CLOSED else added_headers(passage)
    if passage.machine.paths or passage.machine.whole_disk:
        passage.target_reads.add("disk")
    return Route(
        request=passage.request,
        server=_server_choice(chosen),
        location=_location_choice(passage),
        considered=_losers(passage),
        outcome=decision.outcome,
        status=decision.status,
        redirect_to=_absolute(passage, decision.redirect_to),
        body=decision.body,
        backend=backend,
        websocket=handshake.websocket,
        websocket_why=handshake.why,
        missing_upgrade_headers=handshake.missing,
        proxy_pass=proxy_pass_of(passes) if passes and would_pass else None,
        fallback=passage.fallback,
        static_file=decision.static_file,
        unknown=tuple(dict.fromkeys((*chosen.unknown, *passage.notes))),
        assumed=tuple(passage.assumed),
        steps=tuple(passage.steps),
        response_headers=added,
        by_version=_by_version(passage, backend),
        decided_by=passes if would_pass else decision.decided_by,
        rewritten_by=passage.rewritten_by,
        scope=_named_blocks(passage.scope),
        target_reads=frozenset(passage.target_reads),
    )


def _would_receive(passage: Passage, passes: Directive, decision: Decision) -> BackendRequest | None:
    """Return what the backend receives, or would if what is unknown lets the request pass."""
    if decision.outcome is Outcome.PROXIED:
        return decision.backend
    if decision.decided_by is not None and decision.decided_by.name in {"rewrite", "if", "set", "error_page"}:
        return None
    end = proxied(passage, passes)
    return end.backend if isinstance(end, Decision) else None


def _named_blocks(scope: Scope) -> Scope:
    """Leave out the blocks without a name of their own: a patch belongs into the location around them."""
    return tuple(block for block in scope if block.name not in _NAMELESS)


def _server_choice(chosen: Chosen) -> ServerChoice | None:
    if chosen.scope is None:
        return None
    block = chosen.scope[-1]
    names = tuple(name for given in block.named("server_name") for name in given.args)
    listen = tuple(" ".join(each.args) for each in block.named("listen"))
    return ServerChoice(names, listen, block.file, block.line, chosen.why, chosen.by_name)


def _location_choice(passage: Passage) -> LocationChoice | None:
    selection = passage.selection
    if selection is None or selection.location is None:
        return None
    found = selection.location
    return LocationChoice(found.modifier, found.pattern, found.block.file, found.block.line, selection.why)


def _losers(passage: Passage) -> tuple[Considered, ...]:
    """Return the locations that the last search passed over, and the one that handed the request on."""
    if passage.searched is None:
        return ()
    selection, path = passage.searched
    final = passage.location or passage.scope[-1]
    kept = considered(passage.server, path, selection, final)
    first = selection.location
    if first is None or first.block is final or passage.fallback is None:
        return kept
    handed_on = said("it took the request and handed it on: {text}", text=passage.fallback.text)
    return (Considered(first.pattern, first.modifier, first.block.file, first.block.line, handed_on), *kept)


def _absolute(passage: Passage, target: str | None) -> str | None:
    """Return the Location that nginx makes of a path (ngx_http_header_filter_module.c).

    It names the port of the listener, not the one of the Host header.
    """
    if target is None or not target.startswith("/") or value(passage.scope, "absolute_redirect", "on") == "off":
        return target
    host, scheme, listener = _own_name(passage), passage.scheme, passage.listener
    if host is None or scheme is None or listener is None or listener.port is None:
        return None
    in_redirect = value(passage.scope, "port_in_redirect", "on") == "on"
    port = f":{listener.port}" if in_redirect and listener.port != _DEFAULT_PORTS[scheme] else ""
    return f"{scheme}://{host}{port}{target}"


def _own_name(passage: Passage) -> str | None:
    """Return the host that nginx gives itself in a redirect."""
    if value(passage.scope, "server_name_in_redirect", "off") == "on":
        return value_of("server_name", passage)
    return normal_host(passage.host) if passage.host else passage.request.address


def _by_version(passage: Passage, backend: BackendRequest | None) -> tuple[str, ...]:
    """Say what of the answer is another nginx's, where nobody knows which one runs."""
    if backend is None or backend.protocol not in _DEFAULT_PORTS or passage.machine.version is not None:
        return ()
    since = ".".join(str(part) for part in KEEPALIVE_SINCE)
    old = ["HTTP/1.0"] if setting(passage.scope, "proxy_http_version") is None else []
    new = ["HTTP/1.1"] if old else []
    if not _sets_connection(passage):
        old, new = [*old, "Connection: close"], [*new, said("no Connection header")]
    words = said(
        "by default nginx sends {old}; since {since} it sends {new}",
        old=" and ".join(old),
        since=since,
        new=" and ".join(new),
    )
    return (words,) if old else ()


def _sets_connection(passage: Passage) -> bool:
    lines = in_force(passage.scope, "proxy_set_header")
    return any(line.args[:1] and line.args[0].lower() == "connection" for line in lines)


def _unproxied(decision: Decision) -> Handshake:
    why = _NO_HANDSHAKE.get(decision.outcome)
    return Handshake(WebSocket.FAILS, decision.why or why) if why else Handshake(WebSocket.UNKNOWN, decision.why)
