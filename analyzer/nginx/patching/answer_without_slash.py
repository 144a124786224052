"""`answer_without_slash`: a handshake for `/ws` is redirected to `/ws/`; let the same backend take it as it is.

In come a config and a route, out goes a patch that was tried on the model, or None. The hard thing: no browser follows
a redirect when it opens a WebSocket, and nginx makes this one by itself before any regex is asked; only `= /ws` or a
prefix of that very name is before it (ngx_http_core_module.c, `ngx_http_core_find_location`, `auto_redirect`).
"""

from analyzer.nginx.choice.locations import location_of, locations_in
from analyzer.nginx.model.config import Config, Scope
from analyzer.nginx.model.sharing import places_of
from analyzer.nginx.patching.patches import Edit, Patch, end_of_line, indent_at, newline_of, patch_of
from analyzer.nginx.request import Outcome, Route, WebSocket
from analyzer.nginx.routing import route as route_of
from analyzer.nginx.text.directives import Directive


def answer_without_slash(config: Config, route: Route) -> Patch | None:
    """Add an exact location without the slash, with what its sibling with the slash has."""
    sibling = route.decided_by
    if route.outcome is not Outcome.REDIRECTED or sibling is None or sibling.name != "location":
        return None
    name = location_of(sibling).pattern.removesuffix("/")
    nested = any(child.name == "location" for child in sibling.block or ())
    if not name or nested or sibling.is_torn or any(_is_taken(place, name) for place in places_of(config, sibling)):
        return None
    patch = patch_of(config, f"Hand {name} to the backend of {name}/", [_copy(config, sibling)])
    return patch if patch is not None and _arrives(patch.config, route) else None


def _is_taken(scope: Scope, name: str) -> bool:
    return any(each.modifier == "=" and each.pattern == name for each in locations_in(scope))


def _arrives(config: Config, before: Route) -> bool:
    """Tell whether the backend now gets the handshake, with its path as it was sent."""
    after = route_of(config, before.request)
    unchanged = after.backend is not None and after.backend.uri == before.request.target
    return unchanged and after.outcome is Outcome.PROXIED and after.websocket is WebSocket.PASSES


def _copy(config: Config, sibling: Directive) -> Edit:
    """Write the sibling once more behind itself, under the name without the slash."""
    text = config.text(sibling.file) or ""
    newline, indent = newline_of(text), indent_at(text, sibling.start)
    last = sibling.words[-1]
    spelled = text[last.start : last.end]
    quote = spelled[-1:] if last.quoted else ""
    bare = spelled.removesuffix(quote).removesuffix("/").lstrip("=^~")
    block = f"{indent}location = {bare}{quote} {text[sibling.body_start - 1 : sibling.end]}"
    line_end = end_of_line(text, sibling.end)
    if line_end is not None:
        return Edit(sibling.file, line_end, line_end, newline * 2 + block)
    return Edit(sibling.file, sibling.end, sibling.end, newline + block + newline)
