"""A run: sites are drawn by hypothesis from a seed, asked, judged and counted, until there are pairs enough."""

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from analyzer.nginx import route
from tests.nginx.differential.asking import Model, compare
from tests.nginx.differential.lab import Lab, RefusedError, laboratory
from tests.nginx.differential.requests import Sent
from tests.nginx.differential.sites import Site, sites
from tests.nginx.differential.smaller import smaller
from tests.nginx.differential.tally import Disagreement, Tally, kind_of_difference

_BATCH = 10
"""As many as hypothesis draws afresh; then it begins to vary what it has, and the sites would resemble each other."""
_SHOWN_OF_A_KIND = 2


class _EnoughError(Exception):
    """There are pairs enough."""


def explore(folder: Path, tally: Tally, pairs: int, number: int, model: Model = route) -> None:
    """Compare so many pairs at least, which the seed alone decides, and count them."""
    seen = set[Site]()

    def once(site: Site) -> None:
        if site not in seen:
            seen.add(site)
            _count(site, lab, tally, model)

    with laboratory(folder) as lab, suppress(_EnoughError):
        for batch in count():
            strategy, lot = sites(disk_known=batch % 2 == 0), number * 100_003 + batch
            _draw(strategy, lot, once, lambda: tally.pairs >= pairs)


def _draw(
    strategy: SearchStrategy[Site], number: int, each: Callable[[Site], None], enough: Callable[[], bool]
) -> None:
    @seed(number)
    @settings(
        max_examples=_BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(site: Site) -> None:
        if enough():
            raise _EnoughError
        each(site)

    one()


def _count(site: Site, lab: Lab, tally: Tally, model: Model) -> None:
    try:
        pairs = compare(site, lab, model)
    except RefusedError as refusal:
        tally.refused[re.sub(r".*] |[0-9]+#[0-9]+: | in /.*", "", str(refusal).strip().splitlines()[-1])] += 1
        return
    tally.sites += 1
    for pair in pairs:
        tally.take(site, pair)
        if pair.happened.crashed or pair.why is None:
            continue
        kind = kind_of_difference(pair.why)
        tally.disagreements[kind] += 1
        if tally.disagreements[kind] <= _SHOWN_OF_A_KIND and len(tally.shown) < tally.most_shown:
            whole = Disagreement(f"(not when asked alone) {pair.why}", _told(pair.written.text), pair)
            tally.shown.append(_shrunk(site, pair.sent, kind, lab, model) or whole)


def _shrunk(site: Site, sent: Sent, kind: str, lab: Lab, model: Model) -> Disagreement | None:
    def tried(candidate: Site) -> Disagreement | None:
        try:
            (pair,) = compare(candidate, lab, model)
        except RefusedError:
            return None
        if pair.happened.crashed or pair.why is None or kind_of_difference(pair.why) != kind:
            return None
        return Disagreement(pair.why, _told(pair.written.text), pair)

    return smaller(Site(site.http, site.disk, (sent,)), tried)


def _told(config: str) -> str:
    """Return a config's text without what every one has."""
    common = (
        "pid ",
        "user ",
        "events ",
        "log_format at",
        "access_log ",
        "keepalive_timeout 0",
        "client_body_temp",
        "proxy_temp",
    )
    more = ("fastcgi_temp", "uwsgi_temp", "scgi_temp", "auth_basic_user_file")
    return "\n".join(line for line in config.splitlines() if not line.strip().startswith((*common, *more)))
