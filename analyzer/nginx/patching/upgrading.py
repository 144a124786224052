"""What a location needs so that a WebSocket handshake reaches the backend, and where `Connection` gets its value.

In comes a config and a scope, out go directives as text. The hard thing: `Connection: upgrade` on ordinary requests
makes some backends hang, so the value comes from a map of `$http_upgrade` wherever one can stand. Source:
https://nginx.org/en/docs/http/websocket.html.
"""

from analyzer.frozen import dataclass
from analyzer.nginx.model.config import Config, Scope
from analyzer.nginx.model.maps import Map
from analyzer.nginx.patching.patches import Edit, begins_line, indent_at, newline_of
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.values.variables import CONNECTION_UPGRADE

KEPT_ALIVE = ""
"""What `Connection` says where connections to an upstream are kept."""
_OTHER_NAME = f"{CONNECTION_UPGRADE}_or_kept"
_SOURCES = frozenset({"$http_upgrade", "${http_upgrade}"})


@dataclass(frozen=True, slots=True)
class Connection:
    """The value for `proxy_set_header Connection`, and the edits that make it mean something."""

    value: str
    edits: tuple[Edit, ...] = ()


def existing_variable(config: Config, plain: str = "close") -> str | None:
    """Return the variable of a map that says `upgrade` for a handshake, and something else otherwise: at best `plain`.

    A `$connection_upgrade` that is used and not declared here must be declared in what is not here: nginx does not
    start with an unknown variable.
    """
    found = {each.variable: value for each in config.maps.values() if (value := _otherwise(each)) is not None}
    alike = [variable for variable, value in found.items() if value == plain]
    if plain == KEPT_ALIVE and found and not alike:
        return None
    if found:
        return f"${(alike or list(found))[0]}"
    return f"${CONNECTION_UPGRADE}" if CONNECTION_UPGRADE not in config.maps and _is_used(config) else None


def _otherwise(found: Map) -> str | None:
    """Return what a map says for a plain request; None where it is not one for handshakes."""
    if found.source not in _SOURCES:
        return None
    asked, plain = found.find("websocket"), found.find("")
    if asked is None or plain is None or "upgrade" not in asked.value.lower() or "upgrade" in plain.value.lower():
        return None
    return plain.value


def _is_used(config: Config) -> bool:
    return any(f"${CONNECTION_UPGRADE}" in inner.args for each in config.directives for inner in each.walk())


def connection_for(config: Config, scope: Scope, plain: str) -> Connection:
    """Return the value for Connection: a map that is there, or a new one before the server block.

    `plain` is what plain requests get now; where that keeps connections alive, a map must go on to do so. A lone
    location shows no place for a map. There the client's own Connection is handed on: it holds `Upgrade` for a
    handshake and nothing of the kind otherwise.
    """
    known = existing_variable(config, plain)
    if known is not None:
        return Connection(known)
    server = next((block for block in scope if block.name == "server"), None)
    name = next((name for name in (CONNECTION_UPGRADE, _OTHER_NAME) if name not in config.maps), None)
    edit = None if server is None or name is None else _map_edit(config, server, _map_lines(name, plain))
    return Connection("$http_connection") if edit is None else Connection(f"${name}", (edit,))


def _map_lines(name: str, plain: str) -> tuple[str, ...]:
    otherwise = "''" if plain == KEPT_ALIVE else "close"
    return (f"map $http_upgrade ${name} {{", "\tdefault upgrade;", f"\t''      {otherwise};", "}")


def _map_edit(config: Config, server: Directive, lines: tuple[str, ...]) -> Edit | None:
    """Put the map right before the server block: what surrounds a server is always the http context."""
    text = config.text(server.file)
    if text is None:
        return None
    newline, indent = newline_of(text), indent_at(text, server.start)
    written = (newline + indent).join(line.replace("\t", _unit(text, server)) for line in lines) + newline
    if begins_line(text, server.start):
        place = _above_comments(text, server.start - len(indent))
        return Edit(server.file, place, place, indent + written + newline)
    return Edit(server.file, server.start, server.start, newline + written)


def _unit(text: str, server: Directive) -> str:
    """Return by what the server's own lines are indented further than itself."""
    inner = (
        child.start for child in server.block or () if child.file == server.file and begins_line(text, child.start)
    )
    unit = indent_at(text, next(inner, server.start)).removeprefix(indent_at(text, server.start))
    return unit or "    "


def _above_comments(text: str, line_start: int) -> int:
    """Return the start of the comment lines that stand right above a line: they belong to what follows."""
    while line_start > 0:
        above = text.rfind("\n", 0, line_start - 1) + 1
        if not text[above:line_start].strip().startswith("#"):
            break
        line_start = above
    return line_start
