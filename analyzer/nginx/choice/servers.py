"""Which server block takes a request.

In come the sockets of a config and a request, out goes one server block and why, or what would have to be known. The
hard thing: logs seldom say which address and port a request came to. Where both are known the answer is nginx's own;
else it stands only where it is the same on all of them, and what was taken for granted is told.
Source: ngx_http_request.c, `ngx_http_process_request_line`, `ngx_http_process_host`, `ngx_http_find_virtual_server`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from analyzer.frozen import dataclass
from analyzer.nginx.model.config import Config, Scope
from analyzer.nginx.model.listen import Listener, normal_address
from analyzer.nginx.model.names import is_valid_host, normal_host
from analyzer.nginx.model.scope import value
from analyzer.nginx.model.sockets import Candidate, Socket, reached, socket_of
from analyzer.nginx.model.virtual_names import Hidden, Named, VirtualNames
from analyzer.nginx.request import Request, Unknown
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.uri import Uri, read_uri
from analyzer.said import said

TLS_SCHEMES = frozenset({"https", "wss"})
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?P<host>[^/?#]*)")
_METHOD = re.compile(r"[A-Z_-]+")
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9.-]*|\[[A-Za-z0-9:._~!$&'()*+,;=-]*\])(?::[0-9]*)?")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The server for a request, on a listener where that is known; or what hides it.

    `captures` are what a regex name captured, by number and name. `refused` says why nginx answers 400 before it looks
    at any location. `plain_to_tls`: plain http on a socket that surely speaks TLS, which nginx answers as error 497.
    `assumed` is what was taken for granted about the address. `target` is the request-target as the socket's default
    server reads it, for no other is known that early; None where it is invalid.
    """

    scope: Scope | None
    listener: Listener | None
    why: str
    by_name: bool = False
    unknown: tuple[Unknown, ...] = ()
    captures: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    plain_to_tls: bool = False
    assumed: tuple[Unknown, ...] = ()
    target: Uri | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request says of the server: its target, its port where that is known, and the host that counts.

    A host of None is not known; `to_default` says that nginx refuses the request before it looks for a name.
    """

    target: str
    port: int | None
    host: str | None
    hostname: str | None
    refused: str = ""
    to_default: bool = False
    sni: str | None = None


def choose_server(
    config: Config,
    request: Request,
    version: tuple[int, int, int] | None = None,
    hostname: str | None = None,
) -> Chosen:
    """Choose the server block that nginx would; `hostname` is the machine's own, for `server_name $hostname`."""
    if not config.sockets:
        return Chosen(None, None, said("the config shows no server block"), target=read_uri(request.target))
    asked = _asked(request, version, hostname)
    groups, note = _reachable(config.sockets, request)
    verdicts = [_settled(alternatives, asked) for alternatives in groups]
    chosen = verdicts[0] if len(verdicts) == 1 else _agreed(_outside_first(groups, verdicts))
    plain = request.scheme in {"http", "ws"} and request.port is not None
    sure = all(request.port in each.ports and each.tls for alternatives in groups for each in alternatives)
    why = said("{why}, {note}", why=chosen.why, note=note) if note and chosen.scope is not None else chosen.why
    return replace(chosen, why=why, plain_to_tls=plain and sure)


def _asked(request: Request, version: tuple[int, int, int] | None, hostname: str | None) -> _Asked:
    absolute = _ABSOLUTE.match(request.target)
    header = "" if request.host is None and request.whole else request.host
    asked = _Asked(request.target, request.port, header, hostname, sni=_sni(request, version))
    if not _METHOD.fullmatch(request.method):
        return replace(
            asked, refused=said("nginx takes {method} for no method", method=request.method), to_default=True
        )
    sent = request.host is not None and (bool(header) or request.whole)
    if sent and not is_valid_host(header or "", version):
        refused = said("nginx takes the Host {header} for invalid", header=repr(header))
        asked = replace(asked, refused=refused, to_default=absolute is None)
    if absolute is None:
        return asked
    host = absolute["host"]
    if not _AUTHORITY.fullmatch(host) or not is_valid_host(host, version):
        refused = said("nginx takes the host {host} of the request-target for invalid", host=host)
        return replace(asked, host=host, refused=refused, to_default=True)
    return replace(asked, host=host)


def _sni(request: Request, version: tuple[int, int, int] | None) -> str | None:
    """Return the name that a client gives in the TLS handshake: the host it asks for, which may not be an address."""
    given = request.sni or request.host
    if request.scheme not in TLS_SCHEMES or not given or not is_valid_host(given, version):
        return None
    name = normal_host(given)
    return name if re.search(r"[a-z]", name) and ":" not in name else None


def _reachable(sockets: Sequence[Socket], request: Request) -> tuple[list[list[Socket]], str]:
    """Return the sockets that the request may have come to, each with what it may be instead.

    Where none listens there, something in front of nginx changes the address or the port.
    """
    wanted = request.port or _PORTS.get(request.scheme)
    on_port, note = _on_port(sockets, request, wanted)
    if request.address is None:
        return [[socket] for socket in on_port], note
    address = normal_address(request.address)
    groups = [_alternatives(group, address) for group in _together(sockets, on_port, address, wanted)]
    if not any(groups):
        changed = said(
            "nothing listens on {address}, so something in front of nginx changes the address", address=request.address
        )
        return [[socket] for socket in on_port], changed
    return [group for group in groups if group], note


def _together(
    sockets: Sequence[Socket], on_port: Sequence[Socket], address: str, wanted: int | None
) -> list[list[Socket]]:
    """Return the sockets that share a port, for each port in question; those of a path have none."""
    if address.startswith("unix:"):
        return [[each for each in sockets if not each.ports]]
    known = any(wanted in each.ports for each in on_port)
    ports = [wanted] if known else list(dict.fromkeys(each.ports.start for each in on_port if each.ports))
    return [[each for each in on_port if port in each.ports] for port in ports]


def _alternatives(group: Sequence[Socket], address: str) -> list[Socket]:
    """Return the socket that an address reaches, and those that it reaches if a name stands for it."""
    surely, perhaps = reached(group, address)
    named = [socket_of(each.address, each.ports, _joined(surely, each, address)) for each in perhaps]
    return [*surely[:1], *named]


def _joined(surely: Sequence[Socket], other: Socket, address: str) -> tuple[Candidate, ...]:
    exact = [candidate for socket in surely if socket.address == address for candidate in socket.candidates]
    return (*exact, *other.candidates)


def _on_port(sockets: Sequence[Socket], request: Request, wanted: int | None) -> tuple[list[Socket], str]:
    if wanted is None:
        return list(sockets), ""
    on_port = [socket for socket in sockets if wanted in socket.ports]
    if on_port:
        return on_port, said("on port {wanted}", wanted=wanted)
    if request.scheme in TLS_SCHEMES and (tls := [each for each in sockets if each.tls]):
        return tls, said("nothing listens on {wanted}, so the listeners with TLS are meant", wanted=wanted)
    return list(sockets), said(
        "nothing listens on {wanted}, so something in front of nginx changes the port", wanted=wanted
    )


def _settled(alternatives: Sequence[Socket], asked: _Asked) -> Chosen:
    """Choose on a socket, or on each that it may be, where that makes no difference."""
    verdicts = [_on_socket(socket, asked) for socket in alternatives]
    if len({_identity(each) for each in verdicts}) == 1:
        return verdicts[0]
    names = next(each for each in alternatives if each.address[:1].isalpha())
    return _hidden(
        said("the address that listen {text} stands for", text=names.candidates[0].listener.text), names.default.block
    )


def _on_socket(socket: Socket, asked: _Asked) -> Chosen:
    blocks = [each.block for each in socket.candidates]
    if asked.host is None and len(blocks) > 1:
        return _hidden(said("the Host that was asked for"), blocks[0])
    early = _by_handshake(socket, asked)
    target = read_uri(asked.target, merge_slashes=value(early.scope, "merge_slashes", "on") != "off")
    refused = asked.refused if target is not None else said("nginx takes the request-target for invalid")
    if asked.to_default or target is None:
        return replace(_without_name(socket, early, asked, refused), refused=refused, target=target)
    host = normal_host(asked.host or "")
    found = _names(socket, asked).find(host)
    if isinstance(found, Hidden):
        return _hidden(found.what, blocks[0])
    if found is None:
        chosen = _without_name(socket, socket.default, asked, said("no server_name is {host}", host=host))
        return replace(chosen, refused=refused, target=target)
    named = _bearer(socket, found)
    listener = socket.listener(named, asked.port)
    return Chosen(
        named.scope, listener, found.why, by_name=True, captures=found.captures, refused=refused, target=target
    )


def _names(socket: Socket, asked: _Asked) -> VirtualNames:
    if asked.hostname is None:
        return socket.names
    return VirtualNames([each.block for each in socket.candidates], asked.hostname)


def _bearer(socket: Socket, found: Named) -> Candidate:
    return next(each for each in socket.candidates if each.block is found.block)


def _by_handshake(socket: Socket, asked: _Asked) -> Candidate:
    """Return the server that answers before a header is read: over TLS the one that the client named (SNI)."""
    found = _names(socket, asked).find(asked.sni) if asked.sni and socket.tls else None
    return _bearer(socket, found) if isinstance(found, Named) else socket.default


def _without_name(socket: Socket, taker: Candidate, asked: _Asked, why: str) -> Chosen:
    """Let a server take the request that its Host did not choose."""
    kind = said("the default server") if taker.listener.default else said("the first server, and so the default one,")
    if len(socket.candidates) == 1:
        kind = said("the only server")
    elif taker is not socket.default:
        kind = said("the server named in the TLS handshake")
    listener = socket.listener(taker, asked.port)
    return Chosen(
        taker.scope,
        listener,
        said("{why}; {kind} of {address} takes it", why=why, kind=kind, address=_address(socket, listener)),
    )


def _outside_first(groups: Sequence[Sequence[Socket]], verdicts: list[Chosen]) -> list[Chosen]:
    """Leave sockets on loopback out where another one answers too: a client from outside never reaches them."""
    outside = [each for group, each in zip(groups, verdicts, strict=True) if not group[0].loopback]
    return outside or verdicts


def _agreed(verdicts: list[Chosen]) -> Chosen:
    """Return what all sockets agree on; of several, those that bear the name and do not only redirect."""
    hidden = [each for each in verdicts if each.scope is None]
    if hidden:
        return hidden[0]
    named = [each for each in verdicts if each.by_name] or verdicts
    serving = [each for each in named if not _only_redirects(each)] or named
    first = serving[0]
    if len({_identity(each) for each in serving}) > 1:
        return _hidden(said("the address and port that the request came to"), first.scope[-1] if first.scope else None)
    why = (
        said("{why}; the other servers of that name only redirect", why=first.why)
        if len(serving) < len(named)
        else first.why
    )
    same = len({(each.listener.port, each.listener.tls) for each in serving if each.listener}) == 1
    kept = replace(first, listener=first.listener if same else None, why=why)
    return kept if len(serving) == len(verdicts) else replace(kept, assumed=(_taken_for_granted(first),))


def _taken_for_granted(chosen: Chosen) -> Unknown:
    block = chosen.scope[-1] if chosen.scope else None
    where = chosen.listener.text if chosen.listener else ""
    return Unknown(said("the request came to the server's own listen {where}", where=where), *_place(block))


def _only_redirects(chosen: Chosen) -> bool:
    """Tell whether a server sends everything elsewhere, as the one on port 80 of an https site does."""
    if chosen.scope is None:
        return False
    returns = chosen.scope[-1].named("return")
    return bool(returns) and returns[0].args[:1] in {("301",), ("302",), ("307",), ("308",)}


def _identity(chosen: Chosen) -> int | str:
    return id(chosen.scope[-1]) if chosen.scope else chosen.unknown[0].what


def _address(socket: Socket, listener: Listener) -> str:
    return socket.address if listener.port is None else f"{socket.address}:{listener.port}"


def _hidden(what: str, block: Directive | None) -> Chosen:
    return Chosen(None, None, "", unknown=(Unknown(what, *_place(block)),))


def _place(block: Directive | None) -> tuple[str, int]:
    return (block.file, block.line) if block else ("", 0)
