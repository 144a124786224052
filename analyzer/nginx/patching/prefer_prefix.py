"""`prefer_prefix`: a regex takes what a location names; let the name win.

In come a config and a route, out goes a patch that was tried on the model, or None. The hard thing: `^~` counts only
where its location is the longest prefix; then no regex of that level is asked (ngx_http_core_module.c,
`ngx_http_core_find_location`).
"""

from collections.abc import Sequence

from analyzer.nginx.choice.locations import location_of
from analyzer.nginx.model.config import Config
from analyzer.nginx.patching.patches import Edit, Patch, patch_of
from analyzer.nginx.request import Considered, Outcome, Route
from analyzer.nginx.routing import route as route_of
from analyzer.nginx.text.directives import Directive


def prefer_prefix(config: Config, route: Route, others: Sequence[Route] = ()) -> Patch | None:
    """Write `^~` before the longest name that fits and lost to a regex.

    Those of `others` that lost as well are mended with it, as far as their own location would pass them on.
    """
    block = _beaten(config, route)
    if block is None or _patched(config, [block], route) is None:
        return None
    beaten = {id(found): (found, other) for other in others if (found := _beaten(config, other)) is not None}
    as_well = [found for found, other in beaten.values() if found is not block and _patched(config, [found], other)]
    return _patched(config, [block, *as_well], route)


def _beaten(config: Config, route: Route) -> Directive | None:
    """The location whose name fits best, where a regex took its request."""
    if route.location is None or route.location.modifier not in {"~", "~*"}:
        return None
    named = [each for each in route.considered if each.fits and each.modifier == "" and len(each.pattern) > 1]
    longest = max(named, key=lambda each: len(each.pattern), default=None)
    return next((each for each in config.root.walk() if longest and _is(each, longest)), None)


def _patched(config: Config, blocks: Sequence[Directive], route: Route) -> Patch | None:
    """The patch that lets these locations win, if the first of them then takes this route's request."""
    edits = [Edit(each.file, each.words[-1].start, each.words[-1].start, "^~ ") for each in blocks]
    prefixes = " or ".join(location_of(each).pattern for each in blocks)
    patch = patch_of(config, f"Let no regex take what begins with {prefixes}", edits)
    return patch if patch is not None and _is_taken(patch.config, route, blocks[0]) else None


def _is(each: Directive, other: Considered) -> bool:
    return each.name == "location" and (each.file, each.line) == (other.file, other.line)


def _is_taken(config: Config, before: Route, block: Directive) -> bool:
    """Tell whether the location now takes the request, and passes it on."""
    after = route_of(config, before.request)
    taken = after.location is not None and (after.location.file, after.location.line) == (block.file, block.line)
    return taken and after.outcome is Outcome.PROXIED
