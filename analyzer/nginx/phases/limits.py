"""What nginx refuses before it comes to any rule of the config's author.

In comes a passage, out goes a status, or None. The hard thing: these look like an answer of the backend and are none
(ngx_http_request.c, `ngx_http_process_request_header`; ngx_http_core_module.c, `ngx_http_core_find_config_phase`).
"""

from collections.abc import Iterator

from analyzer.nginx.choice.servers import Chosen
from analyzer.nginx.decision import Special
from analyzer.nginx.model.scope import setting
from analyzer.nginx.passage import Passage
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.values.headers_in import headers_in
from analyzer.said import said

_BAD_REQUEST, _NOT_ALLOWED, _TOO_LARGE, _URI_TOO_LONG, _HEADER_TOO_LONG, _TO_HTTPS = 400, 405, 413, 414, 494, 497
_ONCE = frozenset(
    {"if-modified-since", "if-unmodified-since", "if-match", "if-none-match", "if-range", "content-length",
     "content-range", "transfer-encoding", "expect", "authorization"}
)  # fmt: skip
_MEBIBYTE = 1024 * 1024
_LINE_END = len("\r\n")
_FIRST_BUFFER, _BUFFERS, _BUFFER = 1024, 4, 8 * 1024
"""What nginx reads a request's head into (ngx_http_core_module.c, `ngx_http_core_merge_srv_conf`)."""
_HOLDS_A_SHORT_HEAD = 2 * 1024
"""Bytes of each buffer, where there are as many as usual: no short request is refused, however long it is."""
_UNITS = {"k": 1024, "m": _MEBIBYTE, "g": 1024 * _MEBIBYTE}


def refused_at_once(passage: Passage, chosen: Chosen) -> Special | None:
    """Refuse what is no valid request, or comes in plain HTTP to a port with TLS."""
    server = passage.server[-1]
    if chosen.refused or chosen.target is None:
        return Special(_BAD_REQUEST, server, why=chosen.refused or said("nginx takes the request-target for invalid"))
    return _oversized(passage) or _refused_when_read(passage, chosen)


def _refused_when_read(passage: Passage, chosen: Chosen) -> Special | None:
    """Refuse what nginx looks at once it has read the whole head (`ngx_http_process_request_header`)."""
    request, server = passage.request, passage.server[-1]
    if request.host is None and request.whole and request.protocol == "HTTP/1.1":
        return Special(_BAD_REQUEST, server, why=said("HTTP/1.1 without a Host header"))
    if (repeated := _repeated(passage)) is not None:
        return Special(_BAD_REQUEST, server, why=repeated)
    if chosen.plain_to_tls:
        return Special(_TO_HTTPS, server, why=said("plain HTTP was sent to a port with TLS"))
    if request.method in {"TRACE", "CONNECT"}:
        return Special(_NOT_ALLOWED, server, why=said("nginx takes no {method}", method=request.method))
    return None


def _oversized(passage: Passage) -> Special | None:
    """Refuse a line that no buffer holds, and headers that need too many (`ngx_http_alloc_large_header_buffer`)."""
    directive = setting(passage.server, "large_client_header_buffers")
    small = setting(passage.server, "client_header_buffer_size")
    count, size = _buffers(directive)
    room = (_bytes(small.args[0]) if small and small.args else None) or _FIRST_BUFFER
    at = directive or passage.server[-1]
    if count < _BUFFERS or size < _HOLDS_A_SHORT_HEAD:
        passage.target_reads.add("large_client_header_buffers")
    for number, line in enumerate(_head(passage)):
        needed = len(line.encode("utf-8", "surrogateescape")) + _LINE_END
        if needed > room:
            if needed > size or not count:
                name = said("the header {name}", name=line.partition(":")[0]) if number else said("the request line")
                why = said("{name} is too long", name=name) if needed > size else said("the headers are too long")
                buffers = f"large_client_header_buffers {' '.join(directive.args) if directive else '4 8k'}"
                why = said("{why}: {buffers}", why=why, buffers=buffers)
                return Special(_HEADER_TOO_LONG if number else _URI_TOO_LONG, at, why=why)
            room, count = size, count - 1
        room -= needed
    return None


def _head(passage: Passage) -> Iterator[str]:
    request = passage.request
    yield passage.request_line
    if request.host is not None:
        yield f"Host: {request.host}"
    for name, text in request.headers:
        yield f"{name}: {text}"
    yield ""


def _buffers(directive: Directive | None) -> tuple[int, int]:
    if directive is None or len(directive.args) < len(("number", "size")) or not directive.args[0].isdecimal():
        return _BUFFERS, _BUFFER
    return int(directive.args[0]), _bytes(directive.args[1]) or _BUFFER


def _repeated(passage: Passage) -> str | None:
    """Say which header stands twice that may come once (`ngx_http_process_unique_header_line`)."""
    names = [name.lower() for name, _ in headers_in(passage)]
    twice = next((name for name in sorted(_ONCE) if names.count(name) > 1), None)
    if twice is not None:
        return said("the header {twice} stands twice", twice=twice)
    both = {"content-length", "transfer-encoding"} <= set(names)
    return said("Content-Length and Transfer-Encoding exclude each other") if both else None


def too_large(passage: Passage) -> Special | None:
    """Refuse a body that is larger than `client_max_body_size`."""
    limit = setting(passage.scope, "client_max_body_size")
    most = _MEBIBYTE if limit is None or not limit.args else _bytes(limit.args[0])
    length = passage.request.header("Content-Length")
    if not most or length is None or not length.isdecimal() or int(length) <= most:
        return None
    why = said("a body of {length} bytes is too large", length=length)
    return Special(_TOO_LARGE, limit or passage.scope[-1], why=why)


def _bytes(size: str) -> int | None:
    """Return a size in bytes; None where it is none."""
    number, unit = (size[:-1], _UNITS[size[-1:].lower()]) if size[-1:].lower() in _UNITS else (size, 1)
    return int(number) * unit if number.isdecimal() else None
