"""Which server block takes a request.

In come the server blocks and a request, out goes one of them and why, or what would have to be known. The hard thing:
logs seldom say which address and port a request came to; the answer stands only where it is the same on all of them.
Source: ngx_http_request.c, `ngx_http_find_virtual_server`; ngx_http.c, `ngx_http_server_names`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.nginx.config import Config, Scope
from analyzer.nginx.directives import Directive
from analyzer.nginx.listen import Listener, listeners
from analyzer.nginx.names import Masks, normal_host
from analyzer.nginx.regexes import compile_pcre
from analyzer.nginx.request import Request, Unknown

TLS_SCHEMES = frozenset({"https", "wss"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server block on one of its listeners."""

    scope: Scope
    listener: Listener

    @property
    def block(self) -> Directive:
        """The server block itself."""
        return self.scope[-1]

    @property
    def names(self) -> tuple[str, ...]:
        """Its server names as the config spells them; none means the empty name."""
        return tuple(name for given in self.block.named("server_name") for name in given.args)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The server for a request, on a listener where that is known; or what hides it."""

    scope: Scope | None
    listener: Listener | None
    why: str
    by_name: bool = False
    unknown: tuple[Unknown, ...] = ()


def choose_server(config: Config, request: Request) -> Chosen:
    """Choose the server block that nginx would."""
    candidates = [Candidate(scope, listener) for scope in config.servers for listener in listeners(scope[-1])]
    if not candidates:
        return Chosen(None, None, "the config shows no server block")
    reachable, note = _on_port(candidates, request)
    verdicts = [_on_address(group, request.host) for group in _by_address(reachable)]
    return _agreed(_outside_first(verdicts), note)


def _on_port(candidates: list[Candidate], request: Request) -> tuple[list[Candidate], str]:
    """Keep the candidates on the request's port; where none listens there, something in front changes the port."""
    wanted = request.port or {"http": 80, "ws": 80, "https": 443, "wss": 443}.get(request.scheme)
    if wanted is None:
        return candidates, ""
    on_port = [candidate for candidate in candidates if candidate.listener.port == wanted]
    if on_port:
        return on_port, f"on port {wanted}"
    if request.scheme in TLS_SCHEMES and (tls := [each for each in candidates if each.listener.tls]):
        return tls, f"nothing listens on {wanted}, so the listeners with TLS are meant"
    return candidates, f"nothing listens on {wanted}, so something in front of nginx changes the port"


def _by_address(candidates: list[Candidate]) -> list[list[Candidate]]:
    groups: dict[tuple[str, int | None], list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault((candidate.listener.address, candidate.listener.port), []).append(candidate)
    return list(groups.values())


def _on_address(group: list[Candidate], host: str | None) -> Chosen:
    """Choose among the servers of one address and port."""
    if host is None and len({id(each.block) for each in group}) > 1:
        return Chosen(None, None, "", unknown=(_unknown("the Host that was asked for", group[0].block),))
    named, why, surely = _by_name(group, normal_host(host or ""))
    if not surely:
        return Chosen(None, None, "", unknown=(_unknown(why, group[0].block),))
    if named is not None:
        return Chosen(named.scope, named.listener, why, by_name=True)
    default = next((each for each in group if each.listener.default), group[0])
    kind = "the default server" if default.listener.default else "the first server, and so the default one,"
    if len({id(each.block) for each in group}) == 1:
        kind = "the only server"
    return Chosen(default.scope, default.listener, f"no server_name is {host}; {kind} of {_address(default)} takes it")


def _by_name(group: Sequence[Candidate], host: str) -> tuple[Candidate | None, str, bool]:
    """Return the candidate that bears the name, why, and whether that is sure."""
    owners: dict[str, Candidate] = {}
    for candidate in group:
        for name in candidate.names or ("",):
            owners.setdefault(name, candidate)
    mask = "" if not host and "" in owners else Masks([name for name in owners if name[:1] not in {"~", ""}]).find(host)
    if mask is not None:
        return owners[mask], f"server_name {mask or chr(34) * 2} is {host or 'no host'}", True
    for name, candidate in owners.items():
        if not name.startswith("~"):
            continue
        regex = compile_pcre(name[1:], ignore_case=True)
        if regex is None:
            return None, f"whether server_name {name} matches {host}", False
        if regex.search(host.encode("utf-8", "surrogateescape")):
            return candidate, f"server_name {name} is the first regex to match {host}", True
    return None, "", True


def _outside_first(verdicts: list[Chosen]) -> list[Chosen]:
    """Leave listeners on loopback out where another one answers too: a client from outside never reaches them."""
    outside = [each for each in verdicts if each.listener is None or not each.listener.loopback]
    return outside or verdicts


def _agreed(verdicts: list[Chosen], note: str) -> Chosen:
    hidden = [each for each in verdicts if each.scope is None]
    if hidden:
        return hidden[0]
    named = [each for each in verdicts if each.by_name] or verdicts
    serving = [each for each in named if not _only_redirects(each)] or named
    first = serving[0]
    if any(
        each.scope is not None and first.scope is not None and each.scope[-1] is not first.scope[-1] for each in serving
    ):
        block = first.scope[-1] if first.scope else None
        return Chosen(None, None, "", unknown=(_unknown("the address and port that the request came to", block),))
    why = f"{first.why}, {note}" if note else first.why
    if len(serving) < len(named):
        why += "; the other servers of that name only redirect"
    same = len({(each.listener.port, each.listener.tls) for each in serving if each.listener}) == 1
    return Chosen(first.scope, first.listener if same else None, why, first.by_name)


def _only_redirects(chosen: Chosen) -> bool:
    """Tell whether a server sends everything elsewhere, as the one on port 80 of an https site does."""
    if chosen.scope is None:
        return False
    returns = chosen.scope[-1].named("return")
    return bool(returns) and returns[0].args[:1] in {("301",), ("302",), ("307",), ("308",)}


def _address(candidate: Candidate) -> str:
    listener = candidate.listener
    return listener.address if listener.port is None else f"{listener.address}:{listener.port}"


def _unknown(what: str, block: Directive | None) -> Unknown:
    return Unknown(what, block.file, block.line) if block else Unknown(what, "", 0)
