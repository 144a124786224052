"""`listen`: which addresses and ports a server block answers on.

In comes a server block, out go its listeners. The hard thing: the many spellings (ngx_http_core_module.c,
`ngx_http_core_listen`; ngx_inet.c, `ngx_parse_url`). A block without `listen` answers on `*:80`.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from analyzer.frozen import dataclass
from analyzer.nginx.text.directives import Directive

ANY = "*"
ANY6 = "[::]"

_PORT = re.compile(r"(?P<first>\d{1,5})(?:-(?P<last>\d{1,5}))?")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Listener:
    """One address with a port, or with all from `port` to `last_port`.

    `port` is None for a unix socket or where it is masked; `both_families` says that `[::]` takes IPv4 too, None
    where the directive does not say.
    """

    address: str
    port: int | None
    tls: bool
    default: bool
    text: str
    last_port: int | None = None
    both_families: bool | None = None
    udp: bool = False

    @property
    def loopback(self) -> bool:
        """Whether only the machine itself reaches it."""
        return self.address.startswith(("127.", "unix:")) or self.address in {"[::1]", "localhost"}

    @property
    def ports(self) -> range:
        """Every port it listens on; none where the port is not known."""
        return range(0) if self.port is None else range(self.port, (self.last_port or self.port) + 1)


def listeners(server: Directive) -> tuple[Listener, ...]:
    """Return the listeners of a server block."""
    legacy_tls = any(ssl.args[:1] == ("on",) for ssl in server.named("ssl"))
    found = tuple(_listener(listen, legacy_tls=legacy_tls) for listen in server.named("listen") if listen.args)
    return found or (Listener(ANY, 80, legacy_tls, default=False, text="*:80"),)


def _listener(listen: Directive, *, legacy_tls: bool) -> Listener:
    address, first, last = _split(listen.args[0])
    options = set(listen.args[1:])
    only = next((option == "ipv6only=off" for option in listen.args[1:] if option.startswith("ipv6only=")), None)
    return Listener(
        address,
        first,
        tls=legacy_tls or not options.isdisjoint({"ssl", "quic"}),
        default=not options.isdisjoint({"default_server", "default"}),
        text=" ".join(listen.args),
        last_port=last,
        both_families=only if address == ANY6 else None,
        udp="quic" in options,
    )


def _split(text: str) -> tuple[str, int | None, int | None]:
    """Split address and ports.

    >>> _split("8080"), _split("[::]:80"), _split("127.0.0.1"), _split("*:8000-8010")
    (('*', 8080, None), ('[::]', 80, None), ('127.0.0.1', 80, None), ('*', 8000, 8010))
    """
    if text[:5].lower() == "unix:":
        return text, None, None
    if (alone := _PORT.fullmatch(text)) is not None:
        return ANY, *_ports(alone)
    host, colon, ports = text.rpartition(":")
    if text.endswith("]") or not colon:
        return normal_address(text), 80 if _is_address(text) else None, None
    match = _PORT.fullmatch(ports)
    return (normal_address(host), *_ports(match)) if match else (normal_address(host), None, None)


def _ports(match: re.Match[str]) -> tuple[int, int | None]:
    return int(match["first"]), int(match["last"]) if match["last"] else None


def normal_address(text: str) -> str:
    """Return an address in one spelling; IPv6 in brackets, and one that stands for IPv4 as that.

    >>> normal_address("0.0.0.0"), normal_address("::1"), normal_address("[0:0::1]"), normal_address("::ffff:192.0.2.1")
    ('*', '[::1]', '[::1]', '192.0.2.1')
    """
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        if ":" in bare:
            long = IPv6Address(bare)
            return str(long.ipv4_mapped or f"[{long}]")
        short = IPv4Address(bare)
    except AddressValueError:
        return text if bare else ANY
    return str(short) if int(short) else ANY


def is_numeric(address: str) -> bool:
    """Tell whether an address is one, and not a name that the machine looks up."""
    return address[:1] in {"*", "["} or address[:5].lower() == "unix:" or address.replace(".", "").isdecimal()


def _is_address(text: str) -> bool:
    return text == ANY or text.startswith("[") or _NAME.fullmatch(text) is not None
