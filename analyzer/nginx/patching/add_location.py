"""`add_location`: no location sends this path to the backend; add one beside those that do.

In come a config, a working sibling's route, the path and the request; out goes a patch that was tried on the model, or
None. The hard thing: a new prefix can lose against a regex that is there already, so the block is tried as a prefix,
then with `^~`, then with `=`, and only one that nginx would choose for this very request is handed out. What several
servers include is no place for it: the others would get the location as well.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from urllib.parse import unquote

from analyzer.frozen import dataclass
from analyzer.nginx.choice.locations import location_of, locations_in
from analyzer.nginx.choice.servers import choose_server
from analyzer.nginx.model.config import Config, Scope
from analyzer.nginx.patching.patches import (
    Edit,
    Patch,
    begins_line,
    end_of_line,
    indent_at,
    joined,
    newline_of,
    patch_of,
)
from analyzer.nginx.patching.upgrading import existing_variable
from analyzer.nginx.request import Outcome, Request, Route, WebSocket
from analyzer.nginx.routing import route
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.upstream.proxy import read_target
from analyzer.nginx.values.variables import VARIABLE

_MODIFIERS = ("", "^~", "=")
_UNIT = "    "
_NEEDS_QUOTES = frozenset(" \t;{}#\"'\\$")


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the new location goes: into a server, behind a sibling where there is one."""

    config: Config
    server: Scope
    sibling: Directive | None


def add_location(config: Config, like: Route | None, path: str, request: Request) -> Patch | None:
    """Add a location for a path to the server that the request falls to."""
    server, name = choose_server(config, request).scope or (config.root,), unquote(path)
    candidates = chain([like] if like else [], _siblings(config, server, request))
    sibling = next((each for each in candidates if _target(config, each) is not None), None)
    target = _target(config, sibling) if sibling else None
    if target is None or not name.startswith("/") or not name.isprintable():
        return None
    if _is_right(route(config, request), target, name):
        return None
    spot = _Spot(config, server, _beside(config, server, sibling))
    patches = (_patch(spot, name, target, modifier) for modifier in _MODIFIERS)
    return next((patch for patch in patches if patch is not None and _takes(patch, name, request)), None)


def _is_right(before: Route, target: str, name: str) -> bool:
    """Tell whether the request already reaches that backend, as a handshake and with its path."""
    backend = before.backend
    if backend is None or before.outcome is not Outcome.PROXIED:
        return False
    named = before.location is not None and before.location.pattern == name
    same = before.proxy_pass is not None and _stripped(before.proxy_pass.text) == target
    return (named or same) and before.websocket is not WebSocket.FAILS


def _takes(patch: Patch, name: str, request: Request) -> bool:
    """Tell whether the new location takes the request, and the backend gets the handshake with its path."""
    after = route(patch.config, request)
    mine = after.location is not None and after.location.pattern == name and after.backend is not None
    unchanged = after.backend is not None and after.backend.uri == request.target
    return mine and unchanged and after.outcome is Outcome.PROXIED and after.websocket is WebSocket.PASSES


def _target(config: Config, sibling: Route | None) -> str | None:
    """Return the proxy_pass of the sibling, without its URI part; None where its own location gives it its meaning."""
    target = _stripped(sibling.proxy_pass.text) if sibling and sibling.proxy_pass else None
    local = (
        match["number"] or (match["braced"] or match["plain"]).lower() in config.declared
        for match in VARIABLE.finditer(target or "")
    )
    return None if any(local) else target


def _siblings(config: Config, server: Scope, request: Request) -> Iterator[Route]:
    """Yield the routes of the server's other locations, those that pass a handshake first."""
    blocks = [location_of(each) for each in server[-1].walk() if each.name == "location" and each.block is not None]
    names = [each.pattern for each in blocks if not each.is_regex and each.modifier != "@"]
    routes = [route(config, replace(request, target=name, upgrade=True)) for name in names if name.startswith("/")]
    proxied = [each for each in routes if each.outcome is Outcome.PROXIED and each.proxy_pass is not None]
    yield from sorted(proxied, key=lambda each: each.websocket is not WebSocket.PASSES)


def _stripped(text: str) -> str | None:
    """Return a proxy_pass without its URI part; None where a variable may hide one."""
    target = read_target(text)
    return None if target is None or "uri" in target.address else target.without_uri


def _patch(spot: _Spot, path: str, target: str, modifier: str) -> Patch | None:
    if _is_taken(spot.server, path, modifier) or (spot.sibling is None and not spot.server[-1].file):
        return None
    edit = _insertion(spot, _block(spot.config, path, target, modifier))
    return patch_of(spot.config, f"Add a location for {path} that hands WebSocket handshakes to {target}", [edit])


def _is_taken(server: Scope, path: str, modifier: str) -> bool:
    """Tell whether nginx would refuse the location as a duplicate; `/x` and `^~ /x` are one name to it."""
    kind = {"": "prefix", "^~": "prefix", "=": "exact"}
    return any(kind.get(each.modifier) == kind[modifier] and each.pattern == path for each in locations_in(server))


def _beside(config: Config, server: Scope, like: Route | None) -> Directive | None:
    """Return the location to stand behind: the working sibling, else the last one that proxies, else the last."""
    times = Counter((each.file, each.start) for each in config.root.walk() if each.name == "location")
    blocks = (block for block in server[-1].named("location") if block.block is not None)
    mine = [block for block in blocks if times[block.file, block.start] == 1]
    liked = [block for block in mine if like is not None and any(block is each for each in like.scope)]
    proxying = [block for block in mine if block.named("proxy_pass")]
    return next(iter(liked or proxying[-1:] or mine[-1:]), None)


def _block(config: Config, path: str, target: str, modifier: str) -> list[str]:
    """Write the location. Without a map, `Connection` is the literal "upgrade": this path serves WebSockets only."""
    connection = existing_variable(config) or '"upgrade"'
    inside = (
        f"proxy_pass {target};",
        "proxy_http_version 1.1;",
        "proxy_set_header Upgrade $http_upgrade;",
        f"proxy_set_header Connection {connection};",
        "proxy_set_header Host $host;",
        "proxy_set_header X-Real-IP $remote_addr;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_read_timeout 3600s;",
        "proxy_send_timeout 3600s;",
        "proxy_buffering off;",
    )
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    name = f'"{escaped}"' if _NEEDS_QUOTES & set(path) else path
    return [" ".join(filter(None, ["location", modifier, name, "{"])), *(f"\t{line}" for line in inside), "}"]


def _insertion(spot: _Spot, lines: list[str]) -> Edit:
    """Place the block behind its sibling, or at the end of the server, indented as they are."""
    server, sibling = spot.server[-1], spot.sibling
    file = sibling.file if sibling else server.file
    text = spot.config.text(file) or ""
    newline = newline_of(text)
    indent, unit = _style(text, server, sibling)
    written = joined([line.replace("\t", unit) for line in lines], indent, newline)
    place = sibling.end if sibling else _last_end(server)
    line_end = end_of_line(text, place)
    if line_end is not None:
        return Edit(file, line_end, line_end, newline + written)
    return Edit(file, place, place, newline + written + newline + indent.removesuffix(unit))


def _last_end(server: Directive) -> int:
    own = [child.end for child in server.block or () if child.file == server.file]
    return own[-1] if own else server.body_start


def _style(text: str, server: Directive, sibling: Directive | None) -> tuple[str, str]:
    """Return the indentation of the new block, and the unit by which its lines are indented further."""
    if sibling is None:
        outer = indent_at(text, server.start)
        return outer + _UNIT, _UNIT
    indent = indent_at(text, sibling.start) if begins_line(text, sibling.start) else ""
    inner = [child for child in sibling.block or () if begins_line(text, child.start) and child.file == sibling.file]
    outer = indent_at(text, server.start) if server.file == sibling.file else ""
    unit = indent_at(text, inner[0].start).removeprefix(indent) if inner else indent.removeprefix(outer)
    return indent, unit or _UNIT
