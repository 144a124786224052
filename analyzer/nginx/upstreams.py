"""Upstream groups: the backends behind one name.

In comes an `upstream` block, out goes its name and its servers. The hard thing: none; a server without a port means
port 80 (ngx_http_upstream.c, `ngx_http_upstream_server`).
"""

from dataclasses import dataclass

from analyzer.nginx.directives import Directive


@dataclass(frozen=True, slots=True)
class Upstream:
    """One upstream group: the addresses of its servers, and whether it keeps clients on one of them."""

    name: str
    servers: tuple[str, ...]
    sticky: bool
    file: str
    line: int


def upstream_of(block: Directive) -> Upstream:
    """Read one upstream block."""
    servers = tuple(with_port(server.args[0], "80") for server in block.named("server") if server.args)
    sticky = bool(block.named("ip_hash", "hash", "sticky"))
    return Upstream(block.args[0] if block.args else "", servers, sticky, block.file, block.line)


def with_port(address: str, port: str) -> str:
    """Return an address with its port.

    >>> with_port("[::1]", "80"), with_port("app:3000", "80"), with_port("unix:/run/app.sock", "80")
    ('[::1]:80', 'app:3000', 'unix:/run/app.sock')
    """
    host = address.rpartition("]")[2] if address.startswith("[") else address
    return address if ":" in host or not address else f"{address}:{port}"
