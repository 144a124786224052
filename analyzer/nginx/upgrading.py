"""What a location needs so that a WebSocket handshake reaches the backend, and where `Connection` gets its value.

In comes a config and a scope, out go directives as text. The hard thing: `Connection: upgrade` on ordinary requests
makes some backends hang, so the value comes from a map of `$http_upgrade` wherever one can stand. Source:
https://nginx.org/en/docs/http/websocket.html.
"""

from dataclasses import dataclass

from analyzer.nginx.config import Config, Scope
from analyzer.nginx.directives import Directive
from analyzer.nginx.maps import Map
from analyzer.nginx.patches import Edit, begins_line, indent_at, newline_of
from analyzer.nginx.variables import CONNECTION_UPGRADE

MAP_LINES = (f"map $http_upgrade ${CONNECTION_UPGRADE} {{", "    default upgrade;", "    ''      close;", "}")
_SOURCES = frozenset({"$http_upgrade", "${http_upgrade}"})


@dataclass(frozen=True, slots=True)
class Connection:
    """The value for `proxy_set_header Connection`, and the edits that make it mean something."""

    value: str
    edits: tuple[Edit, ...] = ()


def existing_variable(config: Config) -> str | None:
    """Return the variable of a map that says `upgrade` for a handshake and something else otherwise.

    A `$connection_upgrade` that is used in a fragment must be declared where the fragment was cut from: nginx does not
    start with an unknown variable.
    """
    for found in config.maps.values():
        if found.source in _SOURCES and _tells_apart(found):
            return f"${found.variable}"
    used = any(f"${CONNECTION_UPGRADE}" in inner.args for each in config.directives for inner in each.walk())
    return f"${CONNECTION_UPGRADE}" if used and config.is_fragment else None


def _tells_apart(found: Map) -> bool:
    asked, plain = found.find("websocket"), found.find("")
    if asked is None or plain is None:
        return False
    return "upgrade" in asked.value.lower() and "upgrade" not in plain.value.lower()


def connection_for(config: Config, scope: Scope) -> Connection:
    """Return the value for Connection: a map that is there, or a new one before the server block.

    A lone location shows no place for a map. There the client's own Connection is handed on: it holds `Upgrade` for a
    handshake and nothing of the kind otherwise.
    """
    known = existing_variable(config)
    if known is not None:
        return Connection(known)
    server = next((block for block in scope if block.name == "server"), None)
    edit = None if server is None or CONNECTION_UPGRADE in config.maps else _map_edit(config, server)
    return Connection("$http_connection") if edit is None else Connection(f"${CONNECTION_UPGRADE}", (edit,))


def _map_edit(config: Config, server: Directive) -> Edit | None:
    """Put the map right before the server block: what surrounds a server is always the http context."""
    text = config.text(server.file)
    if text is None:
        return None
    newline, indent = newline_of(text), indent_at(text, server.start)
    written = (newline + indent).join(MAP_LINES) + newline
    if begins_line(text, server.start):
        place = _above_comments(text, server.start - len(indent))
        return Edit(server.file, place, place, indent + written + newline)
    return Edit(server.file, server.start, server.start, newline + written)


def _above_comments(text: str, line_start: int) -> int:
    """Return the start of the comment lines that stand right above a line: they belong to what follows."""
    while line_start > 0:
        above = text.rfind("\n", 0, line_start - 1) + 1
        if not text[above:line_start].strip().startswith("#"):
            break
        line_start = above
    return line_start
