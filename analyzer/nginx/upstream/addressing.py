"""Where a backend is: host and port, a group of servers, a name that must be looked up.

In comes an address as a `*_pass` spells it, out goes who is asked. The hard thing: a name with variables is looked up
among the `upstream` groups first, and without a `resolver` nginx gives up at once (ngx_http_upstream.c,
`ngx_http_upstream_init_request`; ngx_inet.c, `ngx_parse_inet_url`).
"""

import ipaddress

from analyzer.frozen import dataclass
from analyzer.nginx.choice.locations import HANDLERS
from analyzer.nginx.model.config import Config
from analyzer.nginx.model.scope import setting
from analyzer.nginx.passage import Passage
from analyzer.nginx.text.directives import Directive

_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """Host and port of a backend; a unix socket has no port, and its path for a host."""

    host: str
    port: str
    default_port: str
    explicit: bool

    @property
    def host_header(self) -> str:
        """`$proxy_host`: the port only where it is not the scheme's own."""
        if self.host.startswith("unix:"):
            return "localhost"
        return self.host if self.port == self.default_port else f"{self.host}:{self.port}"

    @property
    def text(self) -> str:
        """Host and port."""
        return self.host if self.host.startswith("unix:") else f"{self.host}:{self.port}"


def read_address(text: str, default_port: str) -> Address | None:
    """Read host and port; None where the port is no port or the host is empty.

    >>> read_address("app:80", "80").host_header, read_address("[::1]:9000", "80").text
    ('app', '[::1]:9000')
    """
    if text.startswith("unix:"):
        return Address(text.removesuffix(":"), "", default_port, explicit=False)
    bracket = text.rfind("]")
    host, colon, port = text[bracket + 1 :].partition(":")
    host = text[: bracket + 1] + host
    if not colon:
        return Address(host, default_port, default_port, explicit=False) if host else None
    valid = host and port.isdecimal() and 0 < int(port) <= _HIGHEST_PORT
    return Address(host, port, default_port, explicit=True) if valid else None


def peers_of(config: Config, address: Address) -> tuple[str, ...]:
    """Return the servers behind an address: those of its `upstream` group, else itself.

    A group of which no server is known is named itself.
    """
    group = None if address.explicit else _group(config, address.host)
    return (address.text,) if group is None else config.upstreams[group].servers or (group,)


def resolves(passage: Passage, address: Address) -> bool:
    """Tell whether nginx finds a host that was put together from variables."""
    if address.host.startswith("unix:") or _is_ip(address.host):
        return True
    if not address.explicit and _group(passage.config, address.host) is not None:
        return True
    return setting(passage.scope, "resolver") is not None or _is_known(passage.config, address)


def _group(config: Config, host: str) -> str | None:
    return next((name for name in config.upstreams if name.lower() == host.lower()), None)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _is_known(config: Config, address: Address) -> bool:
    """Tell whether another directive names the same host and port: nginx looked that one up when it started."""
    return any(_names(each, address) for top in config.directives for each in top.walk() if each.name in HANDLERS)


def _names(directive: Directive, address: Address) -> bool:
    text = directive.args[0] if directive.args else ""
    host = text.partition("://")[2].partition("/")[0]
    return "$" not in text and host.lower() in {address.text.lower(), address.host_header.lower()}
