"""The sockets that the server blocks share, and which of them a connection comes to.

In come the server blocks, out go addresses with ports, each with its servers and its default one. The hard thing: an
exact address hides the wildcard of the same port whole (ngx_http.c, `ngx_http_add_listen`, `ngx_http_init_listening`;
ngx_http_request.c, `ngx_http_init_connection`), and whether it speaks TLS is one fact for all its servers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from itertools import pairwise

from analyzer.frozen import dataclass
from analyzer.nginx.model.listen import ANY, ANY6, Listener, is_numeric, listeners
from analyzer.nginx.model.virtual_names import VirtualNames
from analyzer.nginx.text.directives import Directive

_LOCALHOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server block, with the blocks around it, on one of its listeners."""

    scope: tuple[Directive, ...]
    listener: Listener

    @property
    def block(self) -> Directive:
        """The server block itself."""
        return self.scope[-1]


@dataclass(frozen=True, slots=True)
class Socket:
    """One address with the ports on which the same servers answer, in the order of the config."""

    address: str
    ports: range
    candidates: tuple[Candidate, ...]
    names: VirtualNames = field(repr=False, compare=False)

    @property
    def default(self) -> Candidate:
        """The server for a name that none of them bears: the one that says so, or the first."""
        return next((each for each in self.candidates if each.listener.default), self.candidates[0])

    @property
    def tls(self) -> bool:
        """Whether it speaks TLS: one `listen ... ssl` does it for all, `ssl on` only in the default server."""
        return any("ssl" in each.listener.text.split() for each in self.candidates) or _legacy_tls(self.default.scope)

    @property
    def loopback(self) -> bool:
        """Whether only the machine itself reaches it."""
        return self.candidates[0].listener.loopback

    @property
    def both_families(self) -> bool:
        """Whether a `[::]` takes IPv4 too."""
        return any(each.listener.both_families for each in self.candidates)

    def listener(self, chosen: Candidate, port: int | None) -> Listener:
        """Return the listener of a server as it is on this socket."""
        alone = port if port in self.ports else self.ports.start if len(self.ports) == 1 else None
        return replace(chosen.listener, port=alone, last_port=None, tls=self.tls)


def sockets_of(servers: Iterable[tuple[Directive, ...]]) -> tuple[Socket, ...]:
    """Return the sockets that server blocks answer on, in the order of the config."""
    by_address: dict[str, list[Candidate]] = {}
    for scope in servers:
        own = listeners(scope[-1])
        for listener in [each for each in own if not each.udp] or own:
            address = _LOCALHOST if listener.address == "localhost" else listener.address
            by_address.setdefault(address, []).append(Candidate(scope, listener))
    return tuple(socket for address, group in by_address.items() for socket in _by_port(address, group))


def _by_port(address: str, group: Sequence[Candidate]) -> list[Socket]:
    without = tuple(each for each in group if not each.listener.ports)
    ranges = [each.listener.ports for each in group if each.listener.ports]
    found = [socket_of(address, range(0), without)] if without else []
    for first, end in pairwise(sorted({edge for ports in ranges for edge in (ports.start, ports.stop)})):
        members = tuple(each for each in group if first in each.listener.ports)
        if members:
            found.append(socket_of(address, range(first, end), members))
    return sorted(found, key=lambda socket: group.index(socket.candidates[0]))


def socket_of(address: str, ports: range, candidates: Iterable[Candidate]) -> Socket:
    """Return the socket of some servers; one that listens there twice counts once."""
    once: dict[int, Candidate] = {}
    for each in candidates:
        once.setdefault(id(each.block), each)
    members = tuple(once.values())
    return Socket(address, ports, members, VirtualNames([each.block for each in members]))


def reached(sockets: Sequence[Socket], address: str) -> tuple[list[Socket], list[Socket]]:
    """Return which of the sockets of one port a connection to an address comes to, and which perhaps do.

    The second ones listen on a name that only the machine can look up.
    """
    exact = [each for each in sockets if each.address == address]
    perhaps = [each for each in sockets if not is_numeric(each.address)]
    short = not address.startswith(("[", "unix:"))
    wild = [each for each in sockets if each.address == (ANY if short else ANY6) and not address.startswith("unix:")]
    both = [each for each in sockets if short and each.address == ANY6 and each.both_families]
    return exact or wild or both, [] if address.startswith("unix:") else perhaps


def _legacy_tls(scope: tuple[Directive, ...]) -> bool:
    said = next((block.named("ssl")[-1] for block in reversed(scope) if block.named("ssl")), None)
    return said is not None and said.args[:1] == ("on",)
