"""Another server block that would have passed a request on: the one that its host was meant for, or that has its path.

In: routes and their config. Out: of each route the model's choice in that other block, or none. The hard thing: in a
config of many sites nearly every block passes `/` on; only one that bears this name or site, or names the path, counts.
"""

from collections.abc import Sequence
from dataclasses import replace

from analyzer.frozen import dataclass
from analyzer.nginx import Config, Directive, Outcome, Route, ServerChoice, route

_MOST_ASKED, _MOST_SERVERS = 200, 30
_LABELS_OF_A_SITE = 2
WHERE_TO = frozenset({"return $request_uri"})
"""What reads the target for nothing but the text of a redirect."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The other block, and whether another target of the same locations may have found another one."""

    server: ServerChoice | None = None
    reads_target: bool = False


def elsewhere(routes: Sequence[Route], config: Config) -> tuple[Elsewhere, ...]:
    """Of each route the other server; so many are asked that a scanner's hosts cost nothing."""
    in_question = [n for n, each in enumerate(routes) if _is_in_question(each)]
    handshakes_first = sorted(in_question, key=lambda n: not routes[n].request.upgrade)
    asked = set(handshakes_first[:_MOST_ASKED]) if len(config.servers) > 1 else set()
    return tuple(_other(each, config) if n in asked else Elsewhere() for n, each in enumerate(routes))


def _is_in_question(found: Route) -> bool:
    if found.server is None or not found.request.host or found.outcome is Outcome.REDIRECTED:
        return False
    return not found.server.by_name or found.outcome is not Outcome.PROXIED


def _other(found: Route, config: Config) -> Elsewhere:
    asked = _asked_by_their_names(found, config)
    return Elsewhere(_chosen(found, asked), any(each.target_reads - WHERE_TO for each in asked))


def _chosen(found: Route, asked: list[Route]) -> ServerChoice | None:
    own, host = found.server, str(found.request.host).lower()
    passing = [each for each in asked if each.outcome is Outcome.PROXIED and each.server and each.server.by_name]
    others = [each for each in passing if own and each.server and not _is(each.server, own)]
    same_name = [each for each in others if each.server and host in each.server.names]
    if own and own.by_name:
        others = [each for each in others if each.location and each.location.pattern not in {"/", ""}]
    same_site = [each for each in others if each.server and any(_site(n) == _site(host) for n in each.server.names)]
    for candidates in (same_name, same_site):
        if candidates:
            return candidates[0].server
    return others[0].server if len(others) == 1 else None


def _asked_by_their_names(found: Route, config: Config) -> list[Route]:
    """What each other block does with the request; that of the same name but for another port with its own scheme."""
    names = [_first_name(scope[-1].named("server_name")) for scope in config.servers[:_MOST_SERVERS]]
    return [
        route(config, replace(found.request, host=name, scheme=scheme, port=port))
        for name in dict.fromkeys(filter(None, names))
        for scheme, port in _doors(found, name)
    ]


def _doors(found: Route, name: str) -> list[tuple[str, int | None]]:
    own = (found.request.scheme, found.request.port)
    return [own, ("ws", None), ("wss", None)] if name == found.request.host else [own]


def _first_name(directives: Sequence[Directive]) -> str | None:
    names = [name.lower() for each in directives for name in each.args]
    return next((name for name in names if name not in {"_", "localhost"} and name[:1] not in {"~", "*", "."}), None)


def _site(name: str) -> tuple[str, ...]:
    return tuple(name.lower().strip("*.").split(".")[-_LABELS_OF_A_SITE:])


def _is(one: ServerChoice, other: ServerChoice) -> bool:
    return (one.file, one.line) == (other.file, other.line)
