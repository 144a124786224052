"""The headers that nginx writes for the backend, and the version of HTTP in which it speaks.

In comes a passage at its `proxy_pass`, out go header lines. The hard thing: one `proxy_set_header` on a level discards
all those of the outer ones, nginx's own defaults come back, and what belongs to one connection (Upgrade among others)
never passes by itself (ngx_http_proxy_module.c, `ngx_http_proxy_init_headers`; RFC 9110, 7.6.1).
"""

from analyzer.nginx.model.config import Scope
from analyzer.nginx.model.scope import in_force, setting, value
from analyzer.nginx.passage import NOTHING, Passage
from analyzer.nginx.values.headers_in import headers_in
from analyzer.nginx.values.variables import expand

KEEPALIVE_SINCE = (1, 29, 7)
"""Since then HTTP/1.1 without `Connection: close` is the default (CHANGES 1.29.7)."""

_HIDDEN = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "te", "keep-alive", "expect", "upgrade"}
)

_WEIGHED = frozenset({"host", "connection", "upgrade", "sec-websocket-key", "sec-websocket-version"})
"""The headers by which it is judged whether a request arrives as what it is."""

Version = tuple[int, int, int] | None


def http_version(scope: Scope, version: Version) -> str:
    """Return the HTTP version in which nginx speaks to the backend."""
    default = "1.0" if version is None or version < KEEPALIVE_SINCE else "1.1"
    return value(scope, "proxy_http_version", default)


def header_lines(scope: Scope, version: Version) -> tuple[tuple[str, str], ...]:
    """Return the header templates in force, nginx's own defaults included."""
    own = tuple((line.args[0], line.args[1]) for line in in_force(scope, "proxy_set_header") if len(line.args) > 1)
    named = {name.lower() for name, _ in own}
    closes = version is None or version < KEEPALIVE_SINCE
    defaults = (("Host", "$proxy_host"), *((("Connection", "close"),) if closes else ()))
    return own + tuple((name, text) for name, text in defaults if name.lower() not in named)


def filled_in(name: str, text: str, passage: Passage) -> str | None:
    """Return the value of a header line."""
    if "$" not in text or name.lower() in _WEIGHED:
        return expand(text, passage)
    with passage.reading_for(NOTHING):
        return expand(text, passage)


def backend_headers(passage: Passage) -> tuple[tuple[str, str | None], ...]:
    """Return the headers that the backend receives: those set, then the client's that nginx lets through."""
    lines = header_lines(passage.scope, passage.machine.version)
    named = {name.lower() for name, _ in lines}
    for name, text in lines:
        filled_in(name, text, passage)  # for their lengths, as nginx does first: a map's captures count in every line
    values = tuple((name, filled_in(name, text, passage)) for name, text in lines)
    passed = value(passage.scope, "proxy_pass_request_headers", "on") == "on"
    client = headers_in(passage) if passed else ()
    kept = tuple((name, text) for name, text in client if name.lower() not in _HIDDEN | named)
    length = () if "content-length" in named else _content_length(passage)
    return (*((name, text) for name, text in values if text != ""), *length, *kept)


def _content_length(passage: Passage) -> tuple[tuple[str, str | None], ...]:
    """Return the length of the body: of the client's, or of the one that `proxy_set_body` makes."""
    body = setting(passage.scope, "proxy_set_body")
    if body is not None and body.args:
        text = expand(body.args[0], passage)
        size = None if text is None else str(len(text.encode("utf-8", "surrogateescape")))
        return (("Content-Length", size),)
    sent = {name.lower(): text for name, text in passage.request.headers}
    if "transfer-encoding" in sent:
        return (("Content-Length", None),)
    return (("Content-Length", sent["content-length"]),) if "content-length" in sent else ()
