"""One site of this folder, read from its `site.toml`.

In comes a folder, out goes a Site: its config files, what lies on its disk, and the requests that are tried on it. The
hard thing: a request is one line, and its target is sent as it is written there, be it encoded well or not.

    GET https://shop.example/cart?x=1 @192.0.2.10 websocket ? | Cookie: a=1 | X-Canary: yes

A `?` marks what no config can tell: whether a password is right, what a backend would say. A `!` marks what the model
does not answer yet.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

SITES = Path(__file__).parent
_LINE = re.compile(
    r"(?P<method>\S+) (?P<scheme>https?)://(?P<authority>[^/?#\s]+)(?P<target>\S*)"
    r"(?: @(?P<address>\S+))?(?P<websocket> websocket)?(?P<mark> [?!])?(?P<headers>(?: \| .*)?)"
)
_HANDSHAKE = (
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
)
_PORTS = {"http": 80, "https": 443}
BODY = "x=1"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as the client sends it. `port` and `address` are those of the site, not of the test."""

    line: str
    method: str
    scheme: str
    name: str
    host: str
    port: int
    address: str
    target: str
    websocket: bool
    mark: str
    headers: tuple[tuple[str, str], ...]

    @property
    def body(self) -> str:
        """What follows the head."""
        return BODY if self.method in _WITH_BODY else ""

    @property
    def head(self) -> str:
        """The request as it goes over the wire, without its body."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{self.method} {self.target} HTTP/1.1\r\nHost: {self.host}\r\n{lines}\r\n"


@dataclass(frozen=True, slots=True)
class Site:
    """A site: its name, its config files by their paths on its server, its disk, its requests."""

    name: str
    files: dict[str, str]
    disk: tuple[str, ...]
    requests: tuple[Asked, ...]


def read_site(folder: Path) -> Site:
    """Read a site."""
    given = tomllib.loads((folder / "site.toml").read_text(encoding="utf-8"))
    paths = sorted(path for path in (folder / "etc").rglob("*") if path.is_file())
    files = {f"/{path.relative_to(folder)}": path.read_text(encoding="utf-8") for path in paths}
    lines = (line.strip() for line in given["requests"].splitlines())
    requests = tuple(read_request(line) for line in lines if line and not line.startswith("#"))
    return Site(folder.name, files, tuple(given["disk"]), requests)


def read_request(line: str) -> Asked:
    """Read the line of one request."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"no request: {line}")
    name, _, port = match["authority"].partition(":")
    given = tuple(_pair(text) for text in match["headers"].split(" | ")[1:])
    host = next((value for name, value in given if name == "Host"), match["authority"])
    upgrades = any(name == "Upgrade" and value.lower() == "websocket" for name, value in given)
    standing = _HANDSHAKE if match["websocket"] else (("Connection", "close"),)
    length = (("Content-Length", str(len(BODY))),) if match["method"] in _WITH_BODY else ()
    return Asked(
        line=line,
        method=match["method"],
        scheme=match["scheme"],
        name=name,
        host=host,
        port=int(port or _PORTS[match["scheme"]]),
        address=match["address"] or "*",
        target=match["target"] or "/",
        websocket=bool(match["websocket"]) or upgrades,
        mark=(match["mark"] or "").strip(),
        headers=(*standing, *(pair for pair in given if pair[0] != "Host"), *length),
    )


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip(), value.strip()


def all_sites() -> list[Site]:
    """Return every site of this folder."""
    return [read_site(path.parent) for path in sorted(SITES.glob("*/site.toml"))]
