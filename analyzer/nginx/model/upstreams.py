"""Upstream groups: the backends behind one name.

In comes an `upstream` block, out goes its name and its servers. The hard thing: one that is `down` is never asked, one
that is `backup` only when the others fail (ngx_http_upstream.c, `ngx_http_upstream_server`); and a Lua balancer asks
whom it likes.
"""

from analyzer.frozen import dataclass
from analyzer.nginx.text.directives import Directive


@dataclass(frozen=True, slots=True)
class Upstream:
    """One upstream group: the addresses that may be asked first, and whether it keeps clients on one of them.

    Where Lua chooses there is no address.
    """

    name: str
    servers: tuple[str, ...]
    sticky: bool
    file: str
    line: int


def upstream_of(block: Directive) -> Upstream:
    """Read one upstream block."""
    lines = [server for server in block.named("server") if server.args and "down" not in server.args[1:]]
    first = [server for server in lines if "backup" not in server.args[1:]] or lines
    scripted = any(child.name.startswith("balancer_by_lua") for child in block.block or ())
    servers = () if scripted else tuple(with_port(server.args[0], "80") for server in first)
    sticky = bool(block.named("ip_hash", "hash", "sticky"))
    return Upstream(block.args[0] if block.args else "", servers, sticky, block.file, block.line)


def with_port(address: str, port: str) -> str:
    """Return an address with its port.

    >>> with_port("[::1]", "80"), with_port("app:3000", "80"), with_port("unix:/run/app.sock", "80")
    ('[::1]:80', 'app:3000', 'unix:/run/app.sock')
    """
    host = address.rpartition("]")[2] if address.startswith("[") else address
    return address if ":" in host or not address else f"{address}:{port}"
