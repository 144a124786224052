"""`keep_path`: let the path arrive as the client sent it, by taking out what shortens or changes it.

In come a config and a route, out goes a patch that was tried on the model, or None. The hard thing: to leave alone what
strips nothing (a `proxy_pass` without a URI part never changes the path), and to take out no more than is needed: the
URI part, else the `rewrite`, else both, for behind a `rewrite ... break` nginx ignores the URI part as long as the
`rewrite` stands (ngx_http_proxy_module.c, `ngx_http_proxy_create_request`).
"""

from collections.abc import Iterator

from analyzer.frozen import dataclass
from analyzer.nginx.decision import written
from analyzer.nginx.model.config import Config
from analyzer.nginx.model.sharing import is_same
from analyzer.nginx.patching.patches import Edit, Patch, new_value, patch_of, removal_of
from analyzer.nginx.request import Outcome, Route, WebSocket
from analyzer.nginx.routing import route as route_of
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.upstream.proxy import read_target
from analyzer.nginx.values.variables import VARIABLE


@dataclass(frozen=True, slots=True)
class _Change:
    """One thing that could be taken out."""

    summary: str
    edit: Edit


def keep_path(config: Config, route: Route) -> Patch | None:
    """Make the location hand on the path unchanged."""
    if route.outcome is not Outcome.PROXIED or route.backend is None or route.backend.uri == route.request.target:
        return None
    sets = _sets(list(_without_uri(route)), _without_rewrite(config, route))
    patches = (patch_of(config, _summary(route, each), [one.edit for one in each]) for each in sets)
    return next((patch for patch in patches if patch is not None and _keeps(patch.config, route)), None)


def _sets(targets: list[_Change], rewrite: _Change | None) -> Iterator[list[_Change]]:
    """Yield each change alone, then two of them."""
    yield from ([change] for change in targets)
    if rewrite is not None:
        yield [rewrite]
        yield from ([change, rewrite] for change in targets)


def _keeps(config: Config, before: Route) -> bool:
    """Tell whether the same backend now gets the path as it was sent, and a handshake no worse than before."""
    after = route_of(config, before.request)
    if after.outcome is not Outcome.PROXIED or after.backend is None or before.backend is None:
        return False
    same = after.backend.address == before.backend.address and after.websocket in {before.websocket, WebSocket.PASSES}
    return same and after.backend.uri == before.request.target


def _summary(route: Route, changes: list[_Change]) -> str:
    name = f"location {route.location.pattern}" if route.location else "this block"
    return f"{' and '.join(change.summary for change in changes)}, so that {name} hands on the path unchanged"


def _without_uri(route: Route) -> Iterator[_Change]:
    """Yield proxy_pass without its URI part; where a variable may hold it, without its last variables, one by one."""
    directive, proxied = route.decided_by, route.proxy_pass
    target = read_target(proxied.text) if proxied else None
    if directive is None or target is None:
        return
    cuts = [match.start() for match in VARIABLE.finditer(target.address) if match.start()]
    kept = [target.address] * bool(target.uri) + [target.address[:cut] for cut in reversed(cuts)]
    for address in kept:
        dropped = (target.address + target.uri)[len(address) :]
        yield _Change(
            f"Drop {dropped} from proxy_pass", new_value(directive, 1, f"{target.scheme}://{_ended(address)}")
        )


def _ended(address: str) -> str:
    """Return an address without the colon that parts a socket's path from a URI part."""
    return address.removesuffix(":") if address.startswith("unix:") else address


def _without_rewrite(config: Config, route: Route) -> _Change | None:
    """Return the removal of the `rewrite` that changed the path, where it stands in the location itself."""
    rewrite = route.rewritten_by
    if rewrite is None or not any(_stands_in(block, rewrite) for block in route.scope if block.name == "location"):
        return None
    return _Change(f"Take out `{written(rewrite)}`", removal_of(config.text(rewrite.file) or "", rewrite))


def _stands_in(block: Directive, rewrite: Directive) -> bool:
    return any(is_same(child, rewrite) for child in block.block or ())
