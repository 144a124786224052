"""`forward_upgrade`: the location proxies, but drops the handshake; add what it lacks.

In come a config and a route, out goes a patch, or None. The hard thing: one `proxy_set_header` in a location throws
away all those of the outer levels, so a location that lived on inherited ones must repeat them; and where its file is
included in several servers, they must be the same in each (ngx_http_proxy_module.c, `ngx_http_proxy_merge_loc_conf`).
"""

from analyzer.frozen import dataclass
from analyzer.nginx.model.config import Config, Scope
from analyzer.nginx.model.scope import in_force, setting, value
from analyzer.nginx.model.sharing import places_of
from analyzer.nginx.patching.patches import (
    Edit,
    Patch,
    begins_line,
    end_of_line,
    indent_at,
    joined,
    new_value,
    newline_of,
    patch_of,
)
from analyzer.nginx.patching.upgrading import Connection, connection_for
from analyzer.nginx.request import Outcome, Route
from analyzer.nginx.routing import route as route_of
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.upstream.handshake import HTTP_1_1
from analyzer.nginx.upstream.headers_out import header_lines

_UNIT = "    "


@dataclass(frozen=True, slots=True)
class _Changes:
    """The values to replace, and the lines to add to the location."""

    replaced: tuple[Edit, ...]
    added: tuple[str, ...]


def forward_upgrade(config: Config, route: Route) -> Patch | None:
    """Add what a location needs so that a WebSocket handshake reaches its backend."""
    scope, missing = _location_of(route.scope), route.missing_upgrade_headers
    if route.outcome is not Outcome.PROXIED or route.proxy_pass is None or not scope or not missing:
        return None
    if setting(scope, "proxy_method") or value(scope, "proxy_pass_request_headers", "on") == "off":
        return None  # a handshake is a GET that has its Sec-WebSocket-Key with it
    plain = {name.lower(): text for name, text in header_lines(scope, None)}["connection"]
    connection = connection_for(config, scope, plain) if "Connection" in missing else Connection("")
    alike = {_changes(config, place, missing, connection.value) for place in _everywhere(config, scope)}
    if len(alike) != 1:
        return None
    (changes,) = alike
    edits = [*connection.edits, *changes.replaced]
    if changes.added:
        edits.append(_insertion(config, scope[-1], changes.added))
    patch = patch_of(config, _summary(route, missing), edits)
    return patch if patch is not None and _forwards(patch.config, route) else None


def _forwards(config: Config, before: Route) -> bool:
    """Tell whether the same backend now gets the same path as a handshake."""
    after = route_of(config, before.request)
    if before.backend is None or after.backend is None or after.missing_upgrade_headers:
        return False
    return (after.backend.address, after.backend.uri) == (before.backend.address, before.backend.uri)


def _location_of(scope: Scope) -> Scope:
    """Return the scope up to the location: an `if` or a `limit_except` in it takes no proxy_set_header."""
    last = next((index for index in reversed(range(len(scope))) if scope[index].name == "location"), -1)
    return scope[: last + 1]


def _everywhere(config: Config, scope: Scope) -> list[Scope]:
    """Return the scopes that the location has by the includes of its file."""
    return [(*around, scope[-1]) for around in places_of(config, scope[-1])]


def _changes(config: Config, scope: Scope, missing: tuple[str, ...], connection: str) -> _Changes:
    wanted = {"Upgrade": "$http_upgrade", "Connection": connection}
    replaced: list[Edit] = []
    lines = [f"{HTTP_1_1};"] if HTTP_1_1 in missing else []
    if lines and (own_version := scope[-1].named("proxy_http_version")):
        replaced.append(new_value(own_version[-1], 1, "1.1"))
        lines = []
    headers = {line.args[0].lower(): line for line in scope[-1].named("proxy_set_header") if len(line.args) > 1}
    for name in (name for name in wanted if name in missing):
        if name.lower() in headers and not _says_nothing_to_many(config, headers[name.lower()], scope[-1]):
            replaced.append(new_value(headers[name.lower()], 2, wanted[name]))
        else:
            lines.append(f"proxy_set_header {name} {wanted[name]};")
    repeats = not headers and any(line.startswith("proxy_set_header") for line in lines)
    return _Changes(tuple(replaced), (*lines, *(_inherited(config, scope, missing) if repeats else ())))


def _says_nothing_to_many(config: Config, line: Directive, location: Directive) -> bool:
    """Tell whether an empty header stands in a snippet of several blocks: a full one beside it is all that is sent."""
    return line.file != location.file and not line.args[1] and len(places_of(config, line)) > 1


def _inherited(config: Config, scope: Scope, missing: tuple[str, ...]) -> list[str]:
    """Return the headers of the outer level as lines, without those that are put right here."""
    right = {name.lower() for name in missing}
    outer = in_force(scope[:-1], "proxy_set_header")
    return [_written(config, line) for line in outer if len(line.args) > 1 and line.args[0].lower() not in right]


def _written(config: Config, line: Directive) -> str:
    """Return a directive as its author wrote it: its escapes and quotes stay."""
    text = config.text(line.file) or ""
    return " ".join(text[word.start : word.end] for word in line.words) + ";"


def _insertion(config: Config, location: Directive, lines: tuple[str, ...]) -> Edit:
    """Put lines behind the last proxy directive of a location, in the manner in which it is written."""
    text = config.text(location.file) or ""
    own = [child for child in location.block or () if child.file == location.file]
    anchors = [child for child in own if child.name.startswith("proxy_")] or own
    anchor = anchors[-1] if anchors else None
    place = location.body_start if anchor is None else anchor.end
    line_end = end_of_line(text, place)
    missing_end = "" if text[place - 1 : place] in {";", "{", "}"} else ";"
    if line_end is None or (anchor is not None and not begins_line(text, anchor.start)):
        return Edit(location.file, place, place, missing_end + "".join(f" {line}" for line in lines))
    outer = indent_at(text, location.start)
    indent = outer + ("\t" if "\t" in outer else _UNIT) if anchor is None else indent_at(text, anchor.start)
    written = joined(lines, indent, newline_of(text))
    comment = text[place:line_end]
    return Edit(location.file, place, line_end, missing_end + comment + written)


def _summary(route: Route, missing: tuple[str, ...]) -> str:
    where = f"location {route.location.pattern}" if route.location else "this block"
    return f"Forward the handshake in {where}: {', '.join(missing)}"
