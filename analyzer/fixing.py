"""A fix is a patch that has been tried: every failed request runs through the patched model before it is offered.

In: an incident's journeys, its rule, the config and the routes. Out: a `Fix`. A patch that changes the route of a
request that worked is not offered.
"""

from dataclasses import replace
from datetime import datetime
from posixpath import commonpath

import polars as pl

from analyzer.frozen import dataclass
from analyzer.journeys import Journeys
from analyzer.journeys.routing import with_routes
from analyzer.nginx import Config, Patch, Route, WebSocket
from analyzer.nginx import Outcome as Proceeding
from analyzer.nginx.patching.unharmed import unharmed
from analyzer.paths import ID
from analyzer.report import times
from analyzer.report.model import Fix
from analyzer.rule import GRADE, Fault, Grade, Remedy, Rule
from analyzer.said import said
from analyzer.schema import (
    HOST,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    ROUTE,
    ROUTE_LOCATION_AT,
    TARGET,
    TIME,
    Outcome,
    Seen,
)
from analyzer.wording import Row, Values, say


@dataclass(frozen=True, slots=True)
class Case:
    """What a fix is for: the failed journeys, the most telling of them, and a working one beside it."""

    failed: pl.DataFrame
    row: Row
    peer: Row | None
    values: Values


def propose_fix(rule: Rule, case: Case, all_of: Journeys) -> Fix:
    """The rule's remedy for this case, with a patch where the config allows one."""
    failed, values = case.failed, case.values
    remedy = next(r for r in rule.remedies if r.when is None or holds(r.when, case.row, failed))
    sure_enough = case.row[GRADE.name] != Grade.CONSISTENT  # what is merely possible is no reason to change a config
    patch = _patch(remedy, case, all_of) if sure_enough else None
    reached = _reach(patch.config, failed) if patch else 0
    tried = patch is not None and reached == failed.height and _keeps_routes(patch.config, all_of)
    offered = patch if tried else None
    return Fix(
        summary=say(remedy.summary, values) or rule.slug,
        patch=offered.diff if offered else None,
        verified_by_model=offered is not None,
        reaches_after=said("{reached} of {failed}", reached=reached, failed=failed.height) if offered else None,
        apply=offered.apply if offered else None,
        verify=_said(remedy.verify, values),
        expect=_said(remedy.expect, values),
        if_it_still_fails=_said(remedy.if_it_still_fails, values),
    )


def recovered_at(case: Case, all_of: Journeys) -> datetime | None:
    """When the same request first worked again, after the last failure; None where it did not."""
    last = case.failed[TIME.name].max()
    same = [column.col.eq_missing(pl.lit(case.row[column.name], dtype=column.dtype)) for column in (HOST, PATH_KEY)]
    worked = all_of.journeys.filter(OUTCOME.col == Outcome.OK, *same, TIME.col > pl.lit(last))
    since = worked[TIME.name].min()
    return since if isinstance(since, datetime) else None


def without_patch(fix: Fix, path: str, since: datetime) -> Fix:
    """What is left to do where the trouble is over: nothing but to look."""
    summary = said(
        "It is over: {path} works since {when}. Nothing of the config needs to change for it.",
        path=path,
        when=times.moment(since),
    )
    return replace(fix, summary=summary, patch=None, verified_by_model=False, reaches_after=None, apply=None)


def holds(condition: pl.Expr, row: Row, like: pl.DataFrame) -> bool:
    """Whether a rule's condition holds for one journey."""
    frame = pl.DataFrame([row], schema=like.schema)
    return frame.select(condition).item() is True


def _said(phrases: tuple[str | tuple[str, ...], ...], values: Values) -> tuple[str, ...]:
    return tuple(sentence for phrase in phrases if (sentence := say(phrase, values)))


def _patch(remedy: Remedy, case: Case, all_of: Journeys) -> Patch | None:
    failed = _route_of(case.row, all_of)
    if remedy.patch is None or all_of.config is None or failed is None:
        return None
    place = location_for(case.failed, case.row)
    return remedy.patch(Fault(all_of.config, failed, _route_of(case.peer, all_of), place, _likewise(case.row, all_of)))


def _likewise(row: Row, all_of: Journeys) -> tuple[Route, ...]:
    """The routes of everything else that failed in the location that took this request."""
    here = pl.lit(row[ROUTE_LOCATION_AT.name], dtype=ROUTE_LOCATION_AT.dtype)
    failed = all_of.journeys.filter(OUTCOME.col == Outcome.FAILED, ROUTE_LOCATION_AT.col == here)
    return tuple(all_of.routes[number] for number in failed[ROUTE.name].drop_nulls().unique().sort())


def _route_of(peer: Row | None, all_of: Journeys) -> Route | None:
    number = peer[ROUTE.name] if peer else None
    return all_of.routes[number] if isinstance(number, int) else None


def location_for(failed: pl.DataFrame, row: Row) -> str:
    """The prefix of a location for all of these: the folder of several paths, else the path without its ids."""
    keys = failed.filter(PATH_KEY.col.str.starts_with("/"))[PATH_KEY.name].unique().to_list()  # `*` is no path
    folder = commonpath(keys) if len(keys) > 1 else "/"
    return f"{folder}/" if folder != "/" else prefix_of(str(row[PATH_KEY.name]))


def prefix_of(path_key: str) -> str:
    """The prefix that a location for this family of paths has.

    >>> prefix_of("/api/web-voice/{id}/talk"), prefix_of("/frontend-audio")
    ('/api/web-voice/', '/frontend-audio')
    """
    return path_key.partition(ID)[0]


def _reach(config: Config, failed: pl.DataFrame) -> int:
    """How many of the failed requests would now reach the backend, unchanged and as what they are."""
    routed, routes = with_routes(failed, config)
    return sum(_arrives(routes[number]) for number in routed[ROUTE.name].drop_nulls())


def _arrives(found: Route) -> bool:
    """Whether a request comes to a backend as the client sent it, and a handshake as one."""
    asked, backend = found.request, found.backend
    if found.outcome is not Proceeding.PROXIED or backend is None or backend.uri != asked.target:
        return False
    return not asked.upgrade or (not found.missing_upgrade_headers and found.websocket is not WebSocket.FAILS)


def _keeps_routes(config: Config, all_of: Journeys) -> bool:
    """Whether every request that worked still goes where it went, and arrives as the same."""
    worked = all_of.journeys.filter(OUTCOME.col == Outcome.OK, NGINX_SEEN.col == Seen.SEEN, TARGET.col.is_not_null())
    after, routes = with_routes(worked, config)
    pairs = set(zip(worked[ROUTE.name], after[ROUTE.name], strict=True))
    known = [(old, new) for old, new in pairs if old is not None and new is not None]
    if len(known) < len(pairs - {(None, None)}):
        return False
    alike = {(all_of.routes.spokesman(old), routes.spokesman(new)): (old, new) for old, new in known}
    return all(unharmed(all_of.routes[old], routes[new]) for old, new in alike.values())
