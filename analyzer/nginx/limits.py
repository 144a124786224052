"""What nginx refuses before it comes to any rule of the config's author.

In comes a passage, out goes a status, or None. The hard thing: these look like an answer of the backend and are none
(ngx_http_request.c, `ngx_http_process_request_header`; ngx_http_core_module.c, `ngx_http_core_find_config_phase`).
"""

from analyzer.nginx.decision import Special
from analyzer.nginx.headers_in import headers_in
from analyzer.nginx.passage import Passage
from analyzer.nginx.scope import setting
from analyzer.nginx.servers import Chosen

_BAD_REQUEST, _NOT_ALLOWED, _TOO_LARGE, _TO_HTTPS = 400, 405, 413, 497
_ONCE = frozenset(
    {"if-modified-since", "if-unmodified-since", "if-match", "if-none-match", "if-range", "content-length",
     "content-range", "transfer-encoding", "expect", "authorization"}
)  # fmt: skip
_MEBIBYTE = 1024 * 1024
_UNITS = {"k": 1024, "m": _MEBIBYTE, "g": 1024 * _MEBIBYTE}


def refused_at_once(passage: Passage, chosen: Chosen) -> Special | None:
    """Refuse what is no valid request, or comes in plain HTTP to a port with TLS."""
    request, server = passage.request, passage.server[-1]
    if chosen.refused or chosen.target is None:
        return Special(_BAD_REQUEST, server, why=chosen.refused or "nginx takes the request-target for invalid")
    if request.host is None and request.whole and request.protocol == "HTTP/1.1":
        return Special(_BAD_REQUEST, server, why="HTTP/1.1 without a Host header")
    if (repeated := _repeated(passage)) is not None:
        return Special(_BAD_REQUEST, server, why=repeated)
    if chosen.plain_to_tls:
        return Special(_TO_HTTPS, server, why="plain HTTP was sent to a port with TLS")
    if request.method in {"TRACE", "CONNECT"}:
        return Special(_NOT_ALLOWED, server, why=f"nginx takes no {request.method}")
    return None


def _repeated(passage: Passage) -> str | None:
    """Say which header stands twice that may come once (`ngx_http_process_unique_header_line`)."""
    names = [name.lower() for name, _ in headers_in(passage)]
    twice = next((name for name in sorted(_ONCE) if names.count(name) > 1), None)
    if twice is not None:
        return f"the header {twice} stands twice"
    both = {"content-length", "transfer-encoding"} <= set(names)
    return "Content-Length and Transfer-Encoding exclude each other" if both else None


def too_large(passage: Passage) -> Special | None:
    """Refuse a body that is larger than `client_max_body_size`."""
    limit = setting(passage.scope, "client_max_body_size")
    most = _MEBIBYTE if limit is None or not limit.args else _bytes(limit.args[0])
    length = passage.request.header("Content-Length")
    if not most or length is None or not length.isdecimal() or int(length) <= most:
        return None
    why = f"a body of {length} bytes is too large"
    return Special(_TOO_LARGE, limit or passage.scope[-1], why=why)


def _bytes(size: str) -> int | None:
    """Return a size in bytes; None where it is none."""
    number, unit = (size[:-1], _UNITS[size[-1:].lower()]) if size[-1:].lower() in _UNITS else (size, 1)
    return int(number) * unit if number.isdecimal() else None
