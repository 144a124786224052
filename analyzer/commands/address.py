"""An address as people type it: a URL, `host/path`, or a bare `/path`.

In comes one argument, out go its parts. The hard thing: nginx chooses by the target exactly as it was sent (`%2F`, `//`
and `..` matter), so no URL library touches it; only what no client ever sends is taken off, and that is told.
"""

import re

from analyzer.errors import UsageError
from analyzer.frozen import dataclass

__all__ = ["PORTS", "Address", "read_address"]

_ADDRESS = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<authority>[^/?#]*)(?P<target>[^#]*)(?P<fragment>#.*)?", re.DOTALL
)
_AUTHORITY = re.compile(r"(?P<user>.*@)?(?P<host>\[[0-9A-Fa-f:.%]*\]|[^:@\[\]]*)(?::(?P<port>\d*))?", re.DOTALL)
_UNSENDABLE = re.compile(r"[\x00-\x20\x7f]")
_DOT_SEGMENT = re.compile(r"/\.\.?(?:/|\?|\Z)")
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_MOST_PORTS = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """What was typed. `scheme` is empty and `host` None where nobody typed one; `host` is as a client sends it."""

    scheme: str
    host: str | None
    port: int | None
    target: str
    notes: tuple[str, ...] = ()

    @property
    def is_websocket(self) -> bool:
        """Whether the scheme asks for a WebSocket."""
        return self.scheme in {"ws", "wss"}


def read_address(typed: str) -> Address:
    """Read an address. Raises UsageError.

    >>> read_address("wss://example.com:8443/a//b%2Fc?x=%20")
    Address(scheme='wss', host='example.com:8443', port=8443, target='/a//b%2Fc?x=%20', notes=())
    >>> read_address("example.com").host, read_address("/ws").host
    ('example.com', None)
    """
    match = _ADDRESS.fullmatch(typed)
    if match is None or not typed:
        raise UsageError("the address is empty", "Give one, such as https://api.example.com/ws.")
    if _UNSENDABLE.search(typed):
        raise UsageError("an address holds no blank and no control character", "Write %20 for a blank.")
    scheme = (match["scheme"] or "").lower()
    if scheme and scheme not in PORTS:
        raise UsageError(f"{scheme}:// is no scheme that nginx answers", f"Use one of {', '.join(PORTS)}.")
    if scheme and not match["authority"]:
        raise UsageError(f"{typed} names no host", f"Write {scheme}://HOST/path.")
    host, port, user = _read_authority(match["authority"], scheme)
    target = match["target"] if match["target"].startswith("/") else f"/{match['target']}"
    return Address(scheme, host, port or PORTS.get(scheme), target, (*user, *_told(target, match["fragment"])))


def _read_authority(authority: str, scheme: str) -> tuple[str | None, int | None, tuple[str, ...]]:
    if not authority:
        return None, None, ()
    match = _AUTHORITY.fullmatch(authority)
    port = int(match["port"]) if match and match["port"] else None
    if match is None or not match["host"] or port == 0 or (port or 0) > _MOST_PORTS:
        raise UsageError("the address's host or port cannot be read", "Write it as host or host:port.")
    host = match["host"] if port in {None, PORTS.get(scheme)} else f"{match['host']}:{port}"
    told = ("the user and password before the @ are left out: no Authorization is sent",) if match["user"] else ()
    return host, port, told


def _told(target: str, fragment: str | None) -> tuple[str, ...]:
    cut = (f"{fragment} is left out: no client sends it",) if fragment else ()
    dots = "a browser and curl resolve . and .. before they ask; here the path is taken as typed (curl --path-as-is)"
    return (*cut, *((dots,) if _DOT_SEGMENT.search(target.partition("?")[0]) else ()))
