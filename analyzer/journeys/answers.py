"""The config's answers to the requests of a bundle; the model is asked once for all that it does not tell apart.

In: a config and its requests. Out: `Routes`, which works a request's own route out when it is asked for, and a table of
what counts of each. The hard thing is to answer as if each were asked: `Likeness` says before who is alike, and
`Route.target_reads` afterwards whether that was enough.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import polars as pl

from analyzer.journeys.config_facts import config_facts
from analyzer.journeys.elsewhere import WHERE_TO, elsewhere
from analyzer.journeys.intents import forwards_upgrades, refused_by, sends_anywhere
from analyzer.journeys.places import place_of
from analyzer.nginx import Config, Likeness, Request, Route, route, written
from analyzer.schema import ROUTE, ROUTE_REDIRECT_TO, ROUTE_TARGET, ROUTES, TARGET, schema_of

_MOST_ASKED = 20_000
"""Requests that are asked one by one; of what is told apart from all of them nothing is known."""
_LINES_AT_A_GLANCE = 14
_CATCH_ALLS = {"_", ""}


class Routes:
    """The route of each request by its number; `known` are those that were asked, and who was asked for whom."""

    def __init__(
        self,
        config: Config | None = None,
        requests: Sequence[Request] = (),
        spokesmen: Sequence[int] = (),
        known: Mapping[int, Route] | None = None,
    ) -> None:
        self._config, self._requests, self._spokesmen, self._known = config, requests, spokesmen, dict(known or {})

    def __getitem__(self, number: int) -> Route:
        """Return what the config does with a request."""
        if self._config and number not in self._known:
            self._known[number] = route(self._config, self._requests[number])
        return self._known[number]

    def of(self, request: Request) -> Route | None:
        """Return the route of a request, if it was asked."""
        return self._by_request.get(request)

    @cached_property
    def _by_request(self) -> dict[Request, Route]:
        return {self._requests[number]: found for number, found in self._known.items()}

    def spokesman(self, number: int) -> int:
        """Return the request that was asked for this one, too: the config does not tell them apart."""
        return self._spokesmen[number]


NOT_ASKED = Routes()


def ask(config: Config, requests: Sequence[Request], before: Routes = NOT_ASKED) -> tuple[Routes, pl.DataFrame]:
    """Return the routes of some requests, and the columns of ROUTES, a row for each; `before`: of this config, too."""

    def asked(number: int) -> Route:
        return before.of(requests[number]) or route(config, requests[number])

    alike = list(_first_alike(config, requests))
    found = {number: asked(number) for number in sorted(set(alike))[:_MOST_ASKED]}
    rows, apart = _rows(found, config)
    spokesmen = [number if first in apart else first for number, first in enumerate(alike)]
    by_themselves = [number for number, first in enumerate(alike) if first in apart and first != number]
    more = {number: asked(number) for number in by_themselves[: _MOST_ASKED - len(found)]}
    rows |= _rows(more, config)[0]
    routes = Routes(config, requests, spokesmen, found | more)
    place = {number: place for place, number in enumerate(rows)}
    told = pl.DataFrame(list(rows.values()), schema=schema_of(ROUTES), orient="row")
    each = told.select(pl.all().gather(pl.Series([place.get(first) for first in spokesmen], dtype=pl.UInt32)))
    targets = pl.Series(TARGET.name, [request.target for request in requests], TARGET.dtype)
    own = pl.Series(ROUTE.name, range(len(requests)), ROUTE.dtype)
    unchanged = ROUTE_TARGET.col.is_not_null() & (ROUTE.col != own)
    redirected = [_redirected(routes, n, requests) if first in place else None for n, first in enumerate(spokesmen)]
    return routes, each.with_columns(
        pl.when(unchanged).then(targets).otherwise(ROUTE_TARGET.col).alias(ROUTE_TARGET.name),
        pl.Series(ROUTE_REDIRECT_TO.name, redirected, ROUTE_REDIRECT_TO.dtype),
        pl.when(ROUTE.col.is_not_null()).then(own).alias(ROUTE.name),
    )


def _redirected(routes: Routes, number: int, requests: Sequence[Request]) -> str | None:
    """Return where a request is redirected to; what is alike is sent to its own target."""
    first = routes.spokesman(number)
    told = routes[first]
    if first == number or not told.redirect_to or not told.target_reads:
        return told.redirect_to
    return told.redirect_to.replace(requests[first].target, requests[number].target)


def _rows(found: Mapping[int, Route], config: Config) -> tuple[dict[int, tuple[object, ...]], frozenset[int]]:
    """Return the columns of ROUTES by number, and which of the requests speak for nobody else."""
    routes = list(found.values())
    others = elsewhere(routes, config)
    whole = (sends_anywhere(config), forwards_upgrades(config))
    facts = config_facts(routes, [other.server for other in others], config)
    told = zip(found.items(), facts, strict=True)
    rows = {number: (*flat_route(number, each, config), *whole, *more) for (number, each), more in told}
    asked = zip(found.items(), others, strict=True)
    return rows, frozenset(number for (number, each), other in asked if _is_its_own(each) or other.reads_target)


def _first_alike(config: Config, requests: Iterable[Request]) -> Iterable[int]:
    """Yield of each request the number of the first one like it."""
    likeness, first = Likeness(config), dict[object, int]()
    for number, request in enumerate(requests):
        known_by = likeness.of(request)
        yield number if known_by is None else first.setdefault(known_by, number)


def _is_its_own(found: Route) -> bool:
    """Whether its target counts for more than what is written in its place: `_redirected`, and the backend's URI."""
    target, to = found.backend.uri if found.backend else None, found.redirect_to
    changed = target not in {None, found.request.target}
    twice = bool(found.target_reads and to) and str(to).count(found.request.target) != 1
    return changed or twice or bool(found.target_reads - WHERE_TO)


def flat_route(number: int, found: Route, config: Config) -> tuple[object, ...]:
    """One route as the columns of ROUTES, but the last ones: those need the whole config."""
    location, backend, passed = found.location, found.backend, found.proxy_pass
    return (
        number,
        str(found.outcome),
        place_of(found.server, config),
        " ".join(filter(None, (location.modifier.strip("@"), location.pattern))) if location else None,
        _location_place(found, config),
        passed.text if passed else None,
        place_of(passed, config),
        written(found.rewritten_by) if found.rewritten_by else None,
        place_of(found.rewritten_by, config),
        passed.has_uri_part if passed else None,
        backend.address if backend else None,
        backend.uri if backend else None,
        list(found.missing_upgrade_headers) if backend else None,
        _names_host(found),
        found.status,
        refused_by(found, config),
    )


def _names_host(found: Route) -> bool | None:
    """Whether the server was chosen by its name; a catch-all by intent (`_`, or no name) counts as well."""
    server = found.server
    if not found.request.host or server is None:
        return None
    return server.by_name or not set(server.names) - _CATCH_ALLS


def _location_place(found: Route, config: Config) -> dict[str, object] | None:
    """The whole location block, as far as a person reads it at a glance."""
    place = place_of(found.location, config)
    block = found.scope[-1] if found.scope else None
    if place is None or block is None or found.location is None or block.line != found.location.line:
        return place
    lines = (config.text(block.file) or "").count("\n", block.start, block.end)
    return {**place, "last_line": int(str(place["line"])) + min(lines, _LINES_AT_A_GLANCE)}
