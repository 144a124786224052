"""`route`: one request through nginx, phase by phase.

In come a config and a request, out goes a Route: which server, which location and why, what the backend receives. The
hard thing is the order (ngx_http_core_module.h): server rewrite, location search, location rewrite, access, try_files,
content; an internal redirect goes back to the start of it. The order of the lines in the file means nothing.
"""

from dataclasses import dataclass, field, replace

from analyzer.nginx.access import access_phase
from analyzer.nginx.config import Config, Scope
from analyzer.nginx.content import content_phase
from analyzer.nginx.decision import Decision, absolute, cannot_tell
from analyzer.nginx.directives import Directive
from analyzer.nginx.environment import Environment
from analyzer.nginx.fallback import Jump, error_page_jump, try_files_jump
from analyzer.nginx.handshake import Handshake, judge_handshake
from analyzer.nginx.locations import Match, Selection, considered, find_location, find_named
from analyzer.nginx.names import is_valid_host
from analyzer.nginx.proxy import backend_request, proxy_pass_of
from analyzer.nginx.request import (
    Considered,
    Fallback,
    LocationChoice,
    Machine,
    Outcome,
    Request,
    Route,
    ServerChoice,
    Unknown,
    WebSocket,
)
from analyzer.nginx.rewriting import rewrite_phase
from analyzer.nginx.scope import setting, unread_includes, value
from analyzer.nginx.servers import Chosen, choose_server
from analyzer.nginx.uri import escape_uri, internal_uri, read_uri

_MOST_REDIRECTS = 10
_BAD_REQUEST = 400
_MOVED_PERMANENTLY = 301
_NOT_FOUND = 404
_CYCLE = 500


@dataclass(slots=True)
class _Passage:
    """One request under way: where it is, and what it passed."""

    env: Environment
    server: Scope
    selection: Selection | None = None
    scope: Scope = ()
    fallback: Fallback | None = None
    losers: tuple[Selection, bytes] | None = field(default=None)


UNKNOWN_MACHINE = Machine()


def route(config: Config, request: Request, machine: Machine = UNKNOWN_MACHINE) -> Route:  # noqa: ARG001 - used next
    """Say what nginx does with a request."""
    chosen = choose_server(config, request)
    server = chosen.scope or (config.root,)
    uri = read_uri(request.target, merge_slashes=value(server, "merge_slashes", "on") != "off")
    host = request.host if uri is None or uri.host is None else uri.host
    if uri is None or (host and not is_valid_host(host)):
        what = "request-target" if uri is None else "Host"
        decision = Decision(Outcome.ANSWERED, None, _BAD_REQUEST, why=f"nginx takes the {what} for invalid")
        return _answer(_blank(request, chosen), decision, ())
    if host != request.host:
        chosen = choose_server(config, replace(request, host=host))
        server = chosen.scope or (config.root,)
    if chosen.scope is None and config.servers:
        decision = Decision(Outcome.UNKNOWN, None, why="which server block takes it cannot be told")
        return _answer(_blank(request, chosen), decision, chosen.unknown)
    env = Environment(config, request, uri, server, chosen.listener)
    passage = _Passage(env, server, scope=server)
    decision = _through_server(passage)
    return _told(passage, chosen, decision)


def _through_server(passage: _Passage) -> Decision:
    """Run the phases from the start: after the request came in, and after each internal redirect."""
    env = passage.env
    passage.scope, passage.selection = passage.server, None
    refused = rewrite_phase(passage.server, env)
    if refused is not None:
        return refused
    selection = find_location(passage.server, env.uri.path)
    passage.selection, passage.scope = selection, selection.scope
    passage.losers = (selection, env.uri.path)
    if selection.match is Match.UNKNOWN:
        return cannot_tell(env, selection.scope[-1], selection.why)
    if (internal := setting(selection.scope, "internal")) and not env.internal:
        return Decision(Outcome.ANSWERED, internal, _NOT_FOUND, why="the location is internal")
    if selection.match is Match.DONE:
        return _to_slash(selection, env)
    return _through_location(passage)


def _to_slash(selection: Selection, env: Environment) -> Decision:
    scope = selection.scope
    name = selection.location.pattern if selection.location else ""
    path = escape_uri(name.encode("utf-8", "surrogateescape")) + (f"?{env.uri.args}" if env.uri.args else "")
    options = (value(scope, "absolute_redirect", "on"), value(scope, "port_in_redirect", "on"))
    why = f"nginx redirects to the name of location {name}, which ends in a slash"
    return Decision(Outcome.REDIRECTED, scope[-1], _MOVED_PERMANENTLY, absolute(env, path, options), why=why)


def _through_location(passage: _Passage) -> Decision:
    env, scope = passage.env, passage.scope
    decision = rewrite_phase(scope, env) if len(scope) > len(passage.server) else None
    decision = decision or access_phase(scope, env)
    if decision is not None:
        return decision
    jump = try_files_jump(scope, env)
    if jump is not None:
        return _follow(passage, jump)
    content = content_phase(scope, env)
    jump = error_page_jump(scope, env) if content.outcome is Outcome.STATIC and not env.internal else None
    return _follow(passage, jump) if jump is not None else _unless_hidden(passage, content)


def _follow(passage: _Passage, jump: Jump) -> Decision:
    """Go where try_files or error_page sends a request whose file is not there."""
    env = passage.env
    passage.fallback = jump.fallback
    if jump.decision is not None:
        return jump.decision
    env.redirects += 1
    if env.redirects > _MOST_REDIRECTS:
        return Decision(Outcome.ANSWERED, jump.directive, _CYCLE, why="it is redirected inside nginx without end")
    env.internal = True
    if jump.target.startswith("@"):
        return _to_named(passage, jump)
    env.uri = internal_uri(jump.target)
    return _through_server(passage)


def _to_named(passage: _Passage, jump: Jump) -> Decision:
    named = find_named(passage.server, jump.target)
    if named is None:
        return cannot_tell(passage.env, jump.directive, f"where {jump.target} is")
    passage.scope = (*passage.server, named.block)
    passage.selection = Selection(Match.OK, passage.scope, named, f"{jump.fallback.text} sends it there")
    return _through_location(passage)


def _unless_hidden(passage: _Passage, decision: Decision) -> Decision:
    """Take back a file's answer when an include that is not in the bundle could hold what answers instead."""
    if decision.outcome is not Outcome.STATIC:
        return decision
    unread = [include for block in passage.scope[1:] for include in unread_includes(block)]
    if unread:
        return cannot_tell(passage.env, unread[0])
    return _unless_left_out(passage, decision)


def _unless_left_out(passage: _Passage, decision: Decision) -> Decision:
    """Take it back, too, when the server or the rest of it was not pasted."""
    env = passage.env
    if len(passage.scope) == 1:
        first = next(iter(env.config.directives), passage.scope[0])
        return cannot_tell(env, first, "the server block around this fragment")
    for block in passage.scope[1:]:
        ellipsis = env.config.left_out(block) if block.name in {"server", "location"} else None
        if ellipsis is not None:
            env.notes.append(Unknown(ellipsis.reason, ellipsis.file, ellipsis.line))
            return Decision(Outcome.UNKNOWN, block, why="the block is not shown whole")
        if block.name == "server" and block.is_torn:
            return cannot_tell(env, block, "the rest of the server block, which is torn off")
    return decision


def _blank(request: Request, chosen: Chosen) -> Route:
    return Route(request, _server_choice(chosen), None, (), Outcome.UNKNOWN)


def _server_choice(chosen: Chosen) -> ServerChoice | None:
    if chosen.scope is None:
        return None
    block = chosen.scope[-1]
    names = tuple(name for given in block.named("server_name") for name in given.args)
    listen = tuple(" ".join(each.args) for each in block.named("listen"))
    return ServerChoice(names, listen, block.file, block.line, chosen.why, chosen.by_name)


def _location_choice(selection: Selection | None) -> LocationChoice | None:
    if selection is None or selection.location is None:
        return None
    found = selection.location
    return LocationChoice(found.modifier, found.pattern, found.block.file, found.block.line, selection.why)


def _told(passage: _Passage, chosen: Chosen, decision: Decision) -> Route:
    """Gather the answer; the backend's request is worked out where the request is proxied, or would be."""
    env = passage.env
    losers = _losers(passage)
    base = replace(
        _blank(env.request, chosen),
        location=_location_choice(passage.selection),
        considered=losers,
        fallback=passage.fallback,
        scope=passage.scope,
    )
    passes = _proxy_pass(passage.scope)
    if passes is None or decision.outcome not in {Outcome.PROXIED, Outcome.UNKNOWN}:
        return _answer(base, decision, (*chosen.unknown, *env.notes))
    return _proxied(base, passes, passage, decision, chosen.unknown)


def _losers(passage: _Passage) -> tuple[Considered, ...]:
    """Return the locations that the last search passed over, and the one that handed the request on."""
    if passage.losers is None:
        return ()
    selection, path = passage.losers
    final = passage.scope[-1]
    kept = considered(passage.server, path, selection, final)
    first = selection.location
    if first is None or first.block is final or passage.fallback is None:
        return kept
    handed_on = f"it took the request and handed it on: {passage.fallback.text}"
    return (Considered(first.pattern, first.modifier, first.block.file, first.block.line, handed_on), *kept)


def _proxy_pass(scope: Scope) -> Directive | None:
    return next(iter(scope[-1].named("proxy_pass")), None)


def _proxied(
    base: Route, directive: Directive, passage: _Passage, decision: Decision, unknown: tuple[Unknown, ...]
) -> Route:
    env, scope = passage.env, passage.scope
    rewritten = decision.outcome is Outcome.UNKNOWN and _rewrites(decision.decided_by)
    backend = None if rewritten else backend_request(scope, directive, env)
    handshake = judge_handshake(scope, env)
    if decision.outcome is Outcome.UNKNOWN:
        handshake = Handshake(WebSocket.UNKNOWN, decision.why, handshake.missing)
    told = replace(base, backend=backend, proxy_pass=proxy_pass_of(directive), decided_by=directive)
    told = replace(told, outcome=decision.outcome, unknown=(*unknown, *env.notes))
    return replace(
        told, websocket=handshake.websocket, websocket_why=handshake.why, missing_upgrade_headers=handshake.missing
    )


def _rewrites(directive: Directive | None) -> bool:
    return directive is not None and directive.name in {"rewrite", "if"}


def _answer(base: Route, decision: Decision, unknown: tuple[Unknown, ...]) -> Route:
    handshake = _unproxied(decision)
    return replace(
        base,
        outcome=decision.outcome,
        status=decision.status,
        redirect_to=decision.redirect_to,
        static_file=decision.static_file,
        decided_by=decision.decided_by,
        websocket=handshake.websocket,
        websocket_why=handshake.why,
        unknown=tuple(dict.fromkeys(unknown)),
    )


_NO_HANDSHAKE = {
    Outcome.REDIRECTED: "it is redirected, and a browser never follows a redirect of a handshake",
    Outcome.DENIED: "nginx refuses it",
    Outcome.CLOSED: "nginx closes the connection",
    Outcome.STATIC: "nginx looks for a file, no backend is asked",
    Outcome.ANSWERED: "nginx answers by itself, no backend is asked",
    Outcome.PROXIED: "this protocol carries no upgrade",
}


def _unproxied(decision: Decision) -> Handshake:
    why = _NO_HANDSHAKE.get(decision.outcome)
    return Handshake(WebSocket.FAILS, decision.why or why) if why else Handshake(WebSocket.UNKNOWN, decision.why)
