"""`forward_upgrade`: the location proxies, but drops the handshake; add what it lacks.

In come a config and a route, out goes a patch, or None. The hard thing: one `proxy_set_header` in a location throws
away all those of the outer levels, so a location that lived on inherited ones must repeat them
(ngx_http_proxy_module.c, `ngx_http_proxy_merge_loc_conf`).
"""

from analyzer.nginx.config import Config, Scope
from analyzer.nginx.directives import Directive
from analyzer.nginx.handshake import HTTP_1_1
from analyzer.nginx.patches import Edit, Patch, begins_line, end_of_line, indent_at, joined, newline_of, patch_of
from analyzer.nginx.request import Outcome, Route
from analyzer.nginx.scope import in_force
from analyzer.nginx.upgrading import Connection, connection_for


def forward_upgrade(config: Config, route: Route) -> Patch | None:
    """Add what a location needs so that a WebSocket handshake reaches its backend."""
    proxied = route.outcome is Outcome.PROXIED and route.proxy_pass is not None and route.decided_by is not None
    if not proxied or not route.missing_upgrade_headers:
        return None
    scope, missing = route.scope, route.missing_upgrade_headers
    connection = connection_for(config, scope) if "Connection" in missing else Connection("")
    replaced, added = _changes(scope, missing, connection.value)
    edits = [*connection.edits, *replaced]
    if added:
        edits.append(_insertion(config, scope[-1], added))
    return patch_of(config, _summary(route, missing), edits)


def _changes(scope: Scope, missing: tuple[str, ...], connection: str) -> tuple[list[Edit], list[str]]:
    """Return the values to replace in the location, and the lines to add to it."""
    wanted = {"Upgrade": "$http_upgrade", "Connection": connection}
    edits: list[Edit] = []
    lines = [f"{HTTP_1_1};"] if HTTP_1_1 in missing else []
    if lines and (own_version := scope[-1].named("proxy_http_version")):
        edits.append(_new_value(own_version[-1], 1, "1.1"))
        lines = []
    headers = {line.args[0].lower(): line for line in scope[-1].named("proxy_set_header") if len(line.args) > 1}
    inherited = [] if headers else _inherited(scope, missing)
    for name in (name for name in wanted if name in missing):
        if name.lower() in headers:
            edits.append(_new_value(headers[name.lower()], 2, wanted[name]))
        else:
            lines.append(f"proxy_set_header {name} {wanted[name]};")
    repeats = bool(inherited) and any(line.startswith("proxy_set_header") for line in lines)
    return edits, lines + (inherited if repeats else [])


def _inherited(scope: Scope, missing: tuple[str, ...]) -> list[str]:
    """Return the headers of the outer level as lines, without those that are put right here."""
    right = {name.lower() for name in missing}
    outer = in_force(scope, "proxy_set_header")
    return [_written(line) for line in outer if len(line.args) > 1 and line.args[0].lower() not in right]


def _written(line: Directive) -> str:
    return " ".join([line.name, *(_quoted(word.text, quoted=word.quoted) for word in line.words[1:])]) + ";"


def _quoted(text: str, *, quoted: bool) -> str:
    if not quoted:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _new_value(line: Directive, index: int, value: str) -> Edit:
    word = line.words[index]
    return Edit(line.file, word.start, word.end, value)


def _insertion(config: Config, location: Directive, lines: list[str]) -> Edit:
    """Put lines behind the last proxy directive of a location, in the manner in which it is written."""
    text = config.text(location.file) or ""
    own = [child for child in location.block or () if child.file == location.file]
    anchors = [child for child in own if child.name.startswith("proxy_")] or own
    anchor = anchors[-1] if anchors else None
    place = location.body_start if anchor is None else anchor.end
    line_end = end_of_line(text, place)
    missing_end = "" if text[place - 1 : place] in {";", "{", "}"} else ";"
    if anchor is None or line_end is None or not begins_line(text, anchor.start):
        return Edit(location.file, place, place, missing_end + "".join(f" {line}" for line in lines))
    written = joined(lines, indent_at(text, anchor.start), newline_of(text))
    comment = text[place:line_end]
    return Edit(location.file, place, line_end, missing_end + comment + written)


def _summary(route: Route, missing: tuple[str, ...]) -> str:
    where = f"location {route.location.pattern}" if route.location else "this block"
    return f"Forward the handshake in {where}: {', '.join(missing)}"
