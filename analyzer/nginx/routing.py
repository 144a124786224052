"""`route`: one request through nginx, phase by phase.

In come a config and a request, out goes a Route: which server, which location and why, what the backend receives. The
hard thing is the order (ngx_http_core_module.h): server rewrite, location search, location rewrite, access, try_files,
content; an internal redirect goes back to the start of it. The order of the lines in the file means nothing.
"""

from dataclasses import replace

from analyzer.nginx.answer.telling import told, told_at_once
from analyzer.nginx.choice.locations import Match, Selection, find_location, find_named
from analyzer.nginx.choice.servers import choose_server
from analyzer.nginx.decision import Decision, End, InternalRedirect, Special, ToNamed, cannot_tell
from analyzer.nginx.model.config import Config
from analyzer.nginx.model.names import is_valid_host
from analyzer.nginx.model.scope import setting
from analyzer.nginx.passage import Passage
from analyzer.nginx.phases.access import access_phase
from analyzer.nginx.phases.content import content_phase
from analyzer.nginx.phases.doubts import unless_hidden, unread_servers
from analyzer.nginx.phases.entering import enter
from analyzer.nginx.phases.limits import refused_at_once, too_large
from analyzer.nginx.phases.rewriting import rewrite_phase
from analyzer.nginx.phases.special import special_response
from analyzer.nginx.phases.trying import try_files_phase
from analyzer.nginx.request import Machine, Outcome, Phase, Request, Route
from analyzer.nginx.uri import Uri, breaks_request_line, escape_uri
from analyzer.nginx.values.captures import remember
from analyzer.nginx.values.disk import forget
from analyzer.nginx.values.realip import find_client
from analyzer.said import said

UNKNOWN_MACHINE = Machine()
_MOVED_PERMANENTLY = 301
_NOT_FOUND = 404
_CYCLE = 500


def route(config: Config, request: Request, machine: Machine = UNKNOWN_MACHINE) -> Route:
    """Say what nginx does with a request."""
    chosen = choose_server(config, request, machine.version, machine.hostname)
    if chosen.scope is None and config.servers:
        return told_at_once(
            request, chosen, Decision(Outcome.UNKNOWN, None, why=said("which server takes it is not known"))
        )
    if (unread := unread_servers(config, chosen)) and not config.is_fragment:
        names = " and ".join(dict.fromkeys(each.what for each in unread))
        why = said("the servers in {names} are not here", names=names)
        return told_at_once(request, replace(chosen, unknown=unread), Decision(Outcome.UNKNOWN, None, why=why))
    server = chosen.scope or (config.root,)
    target = chosen.target or Uri(b"", "", "", quoted=False)
    host = target.host or request.host
    line = f"{request.method} {request.target} {request.protocol}"
    if chosen.refused:
        request, host = _unread(request, chosen.target), target.host if is_valid_host(target.host or "") else ""
    passage = Passage(
        config=config,
        request=request,
        machine=machine,
        server=server,
        listener=chosen.listener,
        target=target,
        host=host,
        request_line=line,
        uri=target.path,
        args=target.args,
        method=request.method,
        client=request.client,
        scope=server,
        valid_unparsed_uri=not target.pathless,
        captures=tuple(text for name, text in chosen.captures.items() if name.isdecimal()),
        variables={name: text for name, text in chosen.captures.items() if not name.isdecimal()},
        assumed=list(chosen.assumed),
    )
    passage.step(Phase.SERVER, chosen.why, server[-1])
    find_client(passage)
    return told(*_to_the_end(passage, refused_at_once(passage, chosen) or _from_the_start(passage)), chosen)


def _unread(request: Request, target: Uri | None) -> Request:
    """Return what nginx has read of a request that it refuses at once: no header but the Host that it refuses."""
    by_host = target is not None and (target.host is None or is_valid_host(target.host))
    read = replace(request, headers=(), host=request.host if by_host else None, upgrade=False, whole=True)
    return replace(read, method="", protocol="") if breaks_request_line(request.target) else read


def _to_the_end(passage: Passage, end: End) -> tuple[Passage, Decision]:
    """Follow a request to its end; the passage that comes back is the one that got there."""
    while not isinstance(end, Decision):
        if isinstance(end, Special) and end.supposed:
            return _supposed(passage, end)
        end = _follow(passage, end)
    return passage, unless_hidden(passage, end)


def _supposed(passage: Passage, special: Special) -> tuple[Passage, Decision]:
    """Follow the `error_page` of a file that is only taken for missing, as far as it leads to a backend."""
    onward = passage.branch()
    other, decision = _to_the_end(onward, special_response(onward, special))
    if decision.outcome in {Outcome.PROXIED, Outcome.REDIRECTED, Outcome.UNKNOWN}:
        return other, decision
    forget(passage, special.static_file or "")
    plain = Decision(special.outcome, special.directive, static_file=special.static_file, why=special.why)
    return passage, unless_hidden(passage, plain)


def _follow(passage: Passage, end: Special | InternalRedirect | ToNamed) -> End:
    """Go where a phase sent the request."""
    if isinstance(end, Special):
        return special_response(passage, end)
    passage.uri_changes -= 1
    if not passage.uri_changes:
        return Special(_CYCLE, end.directive, why=said("it is redirected inside nginx without end"))
    passage.internal = True
    if isinstance(end, ToNamed):
        return _to_named(passage, end) if passage.uri else _unfound(passage, end)
    if not end.uri:
        return cannot_tell(passage, end.directive, said("what nginx does with an empty URI"))
    passage.uri, passage.args = end.uri.encode("utf-8", "surrogateescape"), end.args
    passage.sent_to |= {passage.uri}
    passage.valid_unparsed_uri, passage.valid_location, passage.add_uri_to_alias = False, True, False
    passage.script = None
    return _from_the_start(passage)


def _to_named(passage: Passage, end: ToNamed) -> End:
    named = find_named(passage.server, end.name)
    if named is None:
        return _unfound(passage, end)
    scope = (*passage.server, named.block)
    why = said("{text} sends it there", text=passage.fallback.text if passage.fallback else end.directive.name)
    passage.selection = Selection(Match.OK, scope, named, why)
    passage.uri_changed, passage.script = False, None
    passage.step(Phase.LOCATION, f"location {named.pattern}", named.block)
    enter(passage, scope)
    return _in_location(passage)


def _unfound(passage: Passage, end: ToNamed) -> End:
    """Give up where no location bears the name; in a fragment it may stand in what was not pasted."""
    if passage.config.is_fragment:
        return cannot_tell(passage, end.directive, said("where {name} is", name=end.name))
    return Special(_CYCLE, end.directive, why=said("no location is called {name}", name=end.name))


def _from_the_start(passage: Passage) -> End:
    """Run the phases from the start: after the request came in, and after each internal redirect."""
    passage.selection = None
    enter(passage, passage.server)
    return rewrite_phase(passage, Phase.SERVER_REWRITE) or _search(passage)


def _search(passage: Passage) -> End:
    """Find the location of the URI, and go into it."""
    passage.uri_changed = False
    selection = find_location(passage.server, passage.uri)
    passage.selection, passage.searched = selection, (selection, passage.uri)
    for match in selection.matched:
        remember(passage, match)
    if selection.match is Match.UNKNOWN:
        passage.scope = selection.scope
        return cannot_tell(passage, selection.scope[-1], selection.why)
    enter(passage, selection.scope)
    if selection.location is not None:
        passage.step(Phase.LOCATION, selection.why, selection.location.block)
    if (internal := setting(selection.scope, "internal")) and not passage.internal:
        return Special(_NOT_FOUND, internal, why=said("the location is internal"))
    return too_large(passage) or (_to_slash(passage) if selection.match is Match.DONE else _in_location(passage))


def _to_slash(passage: Passage) -> Special:
    passage.target_reads.add("auto_redirect")
    name = passage.selection.location.pattern if passage.selection and passage.selection.location else ""
    target = escape_uri(name.encode("utf-8", "surrogateescape")) + (f"?{passage.args}" if passage.args else "")
    why = said("nginx redirects to the name of location {name}, which ends in a slash", name=name)
    return Special(_MOVED_PERMANENTLY, passage.scope[-1], why, redirect_to=target)


def _in_location(passage: Passage) -> End:
    """Run the phases of a location; a URI that it rewrites looks for its location anew."""
    end = rewrite_phase(passage, Phase.REWRITE) if passage.location is not None else None
    if end is not None:
        return end
    if not passage.uri_changed:
        find_client(passage)
        return access_phase(passage) or try_files_phase(passage) or content_phase(passage)
    passage.uri_changes -= 1
    if not passage.uri_changes:
        return Special(_CYCLE, passage.scope[-1], why=said("it is rewritten without end"))
    enter(passage, passage.server)
    return _search(passage)
