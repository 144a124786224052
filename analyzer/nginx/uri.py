"""The request-target, as nginx reads it before it chooses a location, and as it writes it again.

In comes a raw target, out goes the decoded path with its arguments, or None where nginx answers 400. The hard thing: an
escaped character takes part in `/./`, `/../` and `//` like a plain one, except `%`, `#` and `?`
(ngx_http_parse.c, `ngx_http_parse_complex_uri`).
"""

import re

from analyzer.frozen import dataclass

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?P<host>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_UNITS = re.compile(rb"%([0-9A-Fa-f]{2})|([^%])", re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f]")
_ESCAPED_IN_ARGS = re.compile(rb"""[\x00-\x20\x7f-\xff"#%&+;<>?\\^`{|}]""")
_REDIRECT_UNITS = re.compile(
    r"%(?P<hex>[0-9A-F]{2})|%(?P<bad>[^0-9A-F])|%[0-9A-F]?.?|(?P<plain>[^%])", re.IGNORECASE | re.DOTALL
)
_ESCAPED = re.compile(rb"""[\x00-\x20\x7f-\xff"#%<>?\\^`{|}]""")


@dataclass(frozen=True, slots=True)
class Uri:
    """A request's URI: decoded `path` ($uri), `args`, the raw target ($request_uri), the host of an absolute form.

    `quoted`: a `%` stood in the path; `plus`: a `+` did; `pathless`: an absolute form without a path.
    """

    path: bytes
    args: str
    raw: str
    quoted: bool
    plus: bool = False
    host: str | None = None
    pathless: bool = False

    @property
    def text(self) -> str:
        """The path as text."""
        return self.path.decode("utf-8", "surrogateescape")


def read_uri(target: str, *, merge_slashes: bool = True) -> Uri | None:
    """Read a request-target; None is nginx's 400.

    >>> read_uri("/ws/%2e%2e//a%20b?c=1")
    Uri(path=b'/a b', args='c=1', raw='/ws/%2e%2e//a%20b?c=1', quoted=True, plus=False, host=None, pathless=False)
    """
    absolute = _ABSOLUTE.fullmatch(target)
    pathless = absolute is not None and not absolute["rest"].startswith("/")
    raw = target if absolute is None else "/" * pathless + absolute["rest"]
    if breaks_request_line(raw):
        return None
    path, args = _split(raw)
    decoded = _decoded(path.encode("utf-8", "surrogateescape"), merge_slashes=merge_slashes)
    host = absolute["host"] if absolute else None
    return None if decoded is None else Uri(decoded, args, raw, "%" in path, "+" in path, host, pathless)


def breaks_request_line(target: str) -> bool:
    """Tell whether a target is so odd that nginx reads no request line at all (`ngx_http_parse_request_line`)."""
    return not _ABSOLUTE.fullmatch(target) and (not target.startswith("/") or _FORBIDDEN.search(target) is not None)


def escape_uri(path: bytes) -> str:
    """Write a decoded path again (ngx_string.c, `ngx_escape_uri` with NGX_ESCAPE_URI).

    >>> escape_uri(b"/a b/?#%+")
    '/a%20b/%3F%23%25+'
    """
    return _ESCAPED.sub(_as_percent, path).decode("ascii")


def escape_args(text: str) -> str:
    """Write a captured piece of a decoded path into arguments (ngx_string.c, NGX_ESCAPE_ARGS).

    >>> escape_args("a b&c/d")
    'a%20b%26c/d'
    """
    return _ESCAPED_IN_ARGS.sub(_as_percent, text.encode("utf-8", "surrogateescape")).decode("ascii")


def unescape_redirect(text: str) -> str:
    """Undo the escapes of a redirect's target before its `?`, but those that must stay (NGX_UNESCAPE_REDIRECT).

    >>> unescape_redirect("http://b/a%20b%2Fc%3Fd%2F")
    'http://b/a%20b/c?d%2F'
    """
    out: list[str] = []
    for match in _REDIRECT_UNITS.finditer(text):
        out.append(_unescaped(match))
        if out[-1] == "?" and match["bad"] is None:
            return "".join(out) + text[match.end() :]
    return "".join(out)


def _unescaped(match: re.Match[str]) -> str:
    """Return what nginx makes of one piece; of a broken escape it keeps what stands right behind the `%` at most."""
    if match["hex"] is None:
        return match["plain"] or match["bad"] or ""
    char = chr(int(match["hex"], 16))
    return char if "%" < char < "\x7f" else match[0]


def _as_percent(match: re.Match[bytes]) -> bytes:
    return b"%%%02X" % match[0][0]


def _split(raw: str) -> tuple[str, str]:
    path = re.split(r"[?#]", raw, maxsplit=1)[0]
    rest = raw[len(path) :]
    return path, rest[1:].partition("#")[0] if rest.startswith("?") else ""


def _decoded(path: bytes, *, merge_slashes: bool) -> bytes | None:
    """Walk the path as nginx's state machine does; `out` is what it has written so far."""
    out = bytearray()
    state = "usual"
    end = 0
    for match in _UNITS.finditer(path):
        if match.start() != end:
            return None
        end = match.end()
        char = bytes([int(match[1], 16)]) if match[1] else match[2]
        if char == b"\0":
            return None
        literal = match[1] is not None and char in b"%#?"
        state, fine = _step(out, state, b"" if literal else char, merge_slashes=merge_slashes)
        if literal:
            out += char
        if not fine:
            return None
    complete = end == len(path) and (state != "dot_dot" or _climb(out))
    if state == "dot":
        out.pop()
    return bytes(out) if complete else None


def _step(out: bytearray, state: str, char: bytes, *, merge_slashes: bool) -> tuple[str, bool]:
    """Take one character; an empty one stands for an escaped character that has no meaning."""
    fine = True
    if char == b"/" and state == "dot":
        out.pop()
    elif char == b"/" and state == "dot_dot":
        fine = _climb(out)
    elif not (char == b"/" and state == "slash" and merge_slashes):
        out += char
    return _next_state(state, char), fine


def _next_state(state: str, char: bytes) -> str:
    if char == b"/":
        return "slash"
    if char == b"." and state in {"slash", "dot"}:
        return {"slash": "dot", "dot": "dot_dot"}[state]
    return "usual"


def _climb(out: bytearray) -> bool:
    """Take `/x/..` back to `/`; above the root there is nothing."""
    slash = out.rfind(b"/", 0, max(len(out) - 3, 0))
    if slash < 0:
        return False
    del out[slash + 1 :]
    return True
