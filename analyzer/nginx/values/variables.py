"""The variables of one request: what `$host`, `$uri` or a `map` stand for at this point of its way.

In come a text and a passage, out goes the text with its variables filled in. The hard thing: what nobody knows (the
client's address, a header that no log shows) makes a text None; and what a `set`, a regex or a map gave keeps its value
(ngx_http_variables.c, `ngx_http_get_flushed_variable`).
"""

import re
from collections.abc import Callable, Mapping

from analyzer.nginx.decision import written
from analyzer.nginx.model.geo import Geo
from analyzer.nginx.model.maps import Map
from analyzer.nginx.model.names import normal_host
from analyzer.nginx.model.split_clients import SplitClients
from analyzer.nginx.passage import Passage
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.uri import escape_args
from analyzer.nginx.values.captures import remember
from analyzer.nginx.values.fastcgi import path_info, script_name
from analyzer.nginx.values.headers_in import argument, cookie, header
from analyzer.nginx.values.paths import document_root, request_filename
from analyzer.nginx.values.referers import invalid_referer
from analyzer.said import said

VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)\}|(?P<number>[1-9])|(?P<plain>[A-Za-z0-9_]+))")
CONNECTION_UPGRADE = "connection_upgrade"
"""The variable of nginx's own page on WebSockets (https://nginx.org/en/docs/http/websocket.html)."""
_DEEPEST = 10


def expand(text: str, passage: Passage, *, escape: bool = False, depth: int = 0) -> str | None:
    """Fill in the variables of a text; None where one of them is not known. `escape` writes captures as arguments.

    nginx goes through a text twice, for its length and its value (`ngx_http_complex_value`), so that the captures of
    a map count for what stands before it, too.
    """
    if "$" not in text:
        return text
    values = [_filling(match, passage, escape, depth) for match in VARIABLE.finditer(text)]
    if any(_name_of(match) in passage.config.maps for match in VARIABLE.finditer(text)):
        values = [_filling(match, passage, escape, depth) for match in VARIABLE.finditer(text)]
    if any(value is None for value in values):
        return None
    filling = iter(values)
    return VARIABLE.sub(lambda _: next(filling) or "", text)


def unknown_variables(text: str, passage: Passage) -> tuple[str, ...]:
    """Name the variables of a text that are not known."""
    matches = VARIABLE.finditer(text)
    return tuple(match[0] for match in matches if _filling(match, passage, escape=False, depth=0) is None)


def unknown_in(directive: Directive, text: str, passage: Passage) -> str:
    """Say which variable of a text is not known, and in which directive it stands."""
    return said(
        "{unknown_variables} in {written}",
        unknown_variables=unknown_variables(text, passage)[0],
        written=written(directive),
    )


def _name_of(match: re.Match[str]) -> str:
    return (match["braced"] or match["plain"] or "").lower()


def _filling(match: re.Match[str], passage: Passage, escape: bool, depth: int) -> str | None:  # noqa: FBT001 - private
    if match["number"] is None:
        return value_of(match["braced"] or match["plain"], passage, depth)
    passage.target_reads.add(match[0])
    number = int(match["number"]) - 1
    value = passage.captures[number] if number < len(passage.captures) else ""
    return escape_args(value) if escape and (passage.target.quoted or passage.target.plus) else value


def value_of(name: str, passage: Passage, depth: int = 0) -> str | None:
    """Return a variable's value; None where it is not known. Its name has no case (`ngx_http_get_variable_index`)."""
    name, config = name.lower(), passage.config
    if name in passage.variables:
        return passage.variables[name]
    if name in config.maps:
        return _mapped(config.maps[name], passage, depth)
    if name in config.geos or name in config.split_clients:
        return _looked_up(config.geos.get(name) or config.split_clients[name], passage, depth)
    return _built_in(name, passage)


def _built_in(name: str, passage: Passage) -> str | None:
    if name == CONNECTION_UPGRADE and passage.config.is_fragment:
        return "upgrade" if passage.request.upgrade else "close"
    if name in _OF_TARGET or name.startswith("arg_"):
        passage.target_reads.add(name)
    if name in _BUILT_IN:
        return _BUILT_IN[name](passage)
    prefix = next((each for each in _PREFIXED if name.startswith(each)), None)
    if prefix is not None:
        return _PREFIXED[prefix](name.removeprefix(prefix), passage)
    return "" if name in passage.config.declared else None


def _mapped(found: Map, passage: Passage, depth: int) -> str | None:
    source = expand(found.source, passage, depth=depth + 1) if depth < _DEEPEST else None
    result = None if source is None else found.find(source)
    if result is None:
        return None
    if result.match is not None:
        remember(passage, result.match)
    value = expand(result.value, passage, depth=depth + 1)
    if not found.volatile:
        passage.variables[found.variable.lower()] = value
    return value


def _looked_up(table: Geo | SplitClients, passage: Passage, depth: int) -> str | None:
    """Return the value of a geo or of split_clients; it is looked up once."""
    source = expand(table.source, passage, depth=depth + 1) if depth < _DEEPEST else None
    value = None if source is None else table.find(source)
    passage.variables[table.variable.lower()] = value
    return value


def _server_name(passage: Passage) -> str:
    names = [name for given in passage.server[-1].named("server_name") for name in given.args]
    first = names[0] if names else ""
    return first if first.startswith("~") else first.removeprefix(".").lower()


def _host(passage: Passage) -> str | None:
    if passage.host is None:
        return _server_name(passage) if passage.request.whole else None
    return normal_host(passage.host) or _server_name(passage)


def _forwarded_for(passage: Passage) -> str | None:
    client, earlier = passage.client, header("x_forwarded_for", passage)
    if client is None or earlier is None:
        return None
    return f"{earlier}, {client}" if earlier else client


def _port(passage: Passage) -> str | None:
    return str(passage.listener.port) if passage.listener and passage.listener.port else None


def _https(passage: Passage) -> str | None:
    return None if passage.scheme is None else "on" * (passage.scheme == "https")


_PREFIXED: Mapping[str, Callable[[str, Passage], str | None]] = {
    "http_": header,
    "cookie_": cookie,
    "arg_": lambda name, passage: argument(name, passage.args),
}

_BUILT_IN: Mapping[str, Callable[[Passage], str | None]] = {
    "args": lambda passage: passage.args,
    "content_length": lambda passage: header("content_length", passage),
    "content_type": lambda passage: header("content_type", passage),
    "document_root": lambda passage: document_root(passage, lambda text: expand(text, passage)),
    "document_uri": lambda passage: passage.uri_text,
    "fastcgi_path_info": path_info,
    "fastcgi_script_name": script_name,
    "host": _host,
    "https": _https,
    "invalid_referer": invalid_referer,
    "is_args": lambda passage: "?" if passage.args else "",
    "proxy_add_x_forwarded_for": _forwarded_for,
    "proxy_host": lambda passage: passage.proxy_host,
    "proxy_port": lambda passage: passage.proxy_port,
    "query_string": lambda passage: passage.args,
    "realip_remote_addr": lambda passage: passage.request.client,
    "remote_addr": lambda passage: passage.client,
    "request_filename": lambda passage: request_filename(passage, lambda text: expand(text, passage)),
    "request_method": lambda passage: passage.method,
    "request": lambda passage: passage.request_line,
    "request_uri": lambda passage: passage.target.raw,
    "scheme": lambda passage: passage.scheme,
    "server_addr": lambda passage: passage.request.address,
    "server_name": _server_name,
    "server_port": _port,
    "server_protocol": lambda passage: passage.request.protocol,
    "uri": lambda passage: passage.uri_text,
}
"""What nginx knows of every request (ngx_http_variables.c); a variable that is not here is not known."""

_OF_TARGET = frozenset(
    {"args", "document_uri", "fastcgi_path_info", "fastcgi_script_name", "is_args", "query_string", "request",
     "request_filename", "request_uri", "uri"}
)  # fmt: skip
