"""`listen`: which address and port a server block answers on.

In comes a server block, out go its listeners. The hard thing: the many spellings (ngx_http_core_module.c,
`ngx_http_core_listen`; ngx_inet.c, `ngx_parse_url`). A block without `listen` answers on `*:80`.
"""

from dataclasses import dataclass

from analyzer.nginx.directives import Directive

ANY = "*"
_ANY_SPELLINGS = frozenset({"*", "0.0.0.0", ""})  # noqa: S104 - read from a config, nothing is bound


@dataclass(frozen=True, slots=True)
class Listener:
    """One address and port. `port` is None for a unix socket or where it is masked."""

    address: str
    port: int | None
    tls: bool
    default: bool
    text: str

    @property
    def loopback(self) -> bool:
        """Whether only the machine itself reaches it."""
        return self.address.startswith(("127.", "unix:")) or self.address in {"[::1]", "localhost"}


def listeners(server: Directive) -> tuple[Listener, ...]:
    """Return the listeners of a server block."""
    legacy_tls = any(ssl.args[:1] == ("on",) for ssl in server.named("ssl"))
    found = tuple(_listener(listen, legacy_tls) for listen in server.named("listen") if listen.args)
    return found or (Listener(ANY, 80, legacy_tls, default=False, text="*:80"),)


def _listener(listen: Directive, legacy_tls: bool) -> Listener:  # noqa: FBT001 - private, and the one caller names it
    address, port = _split(listen.args[0])
    options = listen.args[1:]
    default = "default_server" in options or "default" in options
    return Listener(address, port, "ssl" in options or "quic" in options or legacy_tls, default, " ".join(listen.args))


def _split(text: str) -> tuple[str, int | None]:
    """Split address and port.

    >>> _split("8080"), _split("[::]:80"), _split("127.0.0.1"), _split("unix:/run/x")
    (('*', 8080), ('[::]', 80), ('127.0.0.1', 80), ('unix:/run/x', None))
    """
    if text.startswith("unix:"):
        return text, None
    if text.isdecimal():
        return ANY, int(text)
    host, colon, port = text.rpartition(":")
    if text.endswith("]") or not colon:
        return (ANY if text in _ANY_SPELLINGS else text), 80
    return (ANY if host in _ANY_SPELLINGS else host), int(port) if port.isdecimal() else None
