"""What a request says of itself: headers, cookies, arguments, as nginx's variables name them.

In comes a name and a passage, out goes a value: empty where the request surely has none, None where nobody knows. The
hard thing: `$http_x_y` is the header `X-Y`, and a name with an underscore is no header to nginx at all unless
`underscores_in_headers` says so (ngx_http_parse.c, `ngx_http_parse_header_line`).
"""

import re
from collections.abc import Iterator

from analyzer.nginx.model.scope import value
from analyzer.nginx.passage import Passage

_JOINED_SINCE = (1, 23, 0)
"""Since then several lines of one name are joined (CHANGES 1.23.0)."""
_JOINED_BEFORE = {"x_forwarded_for": ", ", "cookie": "; "}
_VALID_NAME = re.compile(r"[A-Za-z0-9-]+")
_VALID_WITH_UNDERSCORES = re.compile(r"[A-Za-z0-9_-]+")


def headers_in(passage: Passage) -> Iterator[tuple[str, str]]:
    """Yield the headers that nginx takes for valid, Host left out."""
    underscores = value(passage.server, "underscores_in_headers", "off") == "on"
    valid = _VALID_WITH_UNDERSCORES if underscores else _VALID_NAME
    ignoring = value(passage.server, "ignore_invalid_headers", "on") == "on"
    for name, text in passage.request.headers:
        if valid.fullmatch(name) or not ignoring:
            yield name, text


def header(name: str, passage: Passage) -> str | None:
    """Return `$http_name`."""
    if name == "host":
        return passage.request.host if passage.request.host is not None or not passage.request.whole else ""
    lines = [text for key, text in headers_in(passage) if key.lower().replace("-", "_") == name]
    if not lines:
        return _unsaid(name, passage)
    separator = _JOINED_BEFORE.get(name, ", ")
    if len(lines) == 1 or name in _JOINED_BEFORE:
        return separator.join(lines)
    version = passage.machine.version
    return None if version is None else separator.join(lines if version >= _JOINED_SINCE else lines[:1])


def _unsaid(name: str, passage: Passage) -> str | None:
    """Return what a request surely has that does not show its headers: a handshake has two of them."""
    if passage.request.whole:
        return ""
    if name == "upgrade":
        return "websocket" if passage.request.upgrade else ""
    return "Upgrade" if name == "connection" and passage.request.upgrade else None


def cookie(name: str, passage: Passage) -> str | None:
    """Return `$cookie_name` (ngx_http_parse.c, `ngx_http_parse_multi_header_lines`)."""
    lines = [text for key, text in headers_in(passage) if key.lower() == "cookie"]
    pattern = re.compile(rf"(?:^|[;,]) *{re.escape(name)} *= *([^;]*)", re.IGNORECASE)
    found = next((match[1] for match in map(pattern.search, lines) if match), "")
    return found if lines or passage.request.whole else None


def argument(name: str, args: str) -> str:
    """Return `$arg_name`: the first argument of that name, not decoded (ngx_http_variables.c)."""
    pairs = (pair.partition("=") for pair in args.split("&"))
    return next((text for key, equals, text in pairs if equals and name and key.lower() == name.lower()), "")
