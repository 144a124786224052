"""Delta debugging: a site with one request, cut while it still shows the same disagreement.

In come a site and what tries it, out goes the smallest disagreement that was found.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from tests.nginx.differential.requests import Sent
from tests.nginx.differential.sites import Site
from tests.nginx.differential.tally import Disagreement
from tests.nginx.differential.tree import Node

_MOST_TRIALS = 600


def smaller(site: Site, tried: Callable[[Site], Disagreement | None]) -> Disagreement | None:
    """Return the disagreement of the smallest site found; None if asked alone it shows none."""
    best = tried(site)
    if best is None:
        return None
    trials, start = 0, 0
    while trials < _MOST_TRIALS:
        for index, candidate in enumerate(islice(_candidates(site), start, None), start):
            trials += 1
            found = tried(candidate)
            if found is not None:
                site, best, start = candidate, found, index
                break
        else:
            if start == 0:
                break
            start = 0
    return best


def _candidates(site: Site) -> Iterator[Site]:
    yield from (replace(site, http=nodes) for nodes in _without_one(site.http))
    for name in sorted(site.disk or ()):
        yield replace(site, disk=(site.disk or frozenset()) - {name})
    (sent,) = site.requests
    for plainer in _plainer(sent):
        yield replace(site, requests=(plainer,))


def _without_one(nodes: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    """Yield the nodes without each one, larger blocks first; then with something less inside of one."""
    for index in sorted(range(len(nodes)), key=lambda k: -sum(1 for _ in nodes[k].walk())):
        yield nodes[:index] + nodes[index + 1 :]
    for index, node in enumerate(nodes):
        if node.block is None:
            continue
        for inner in _without_one(node.block):
            yield (*nodes[:index], Node(node.text, inner), *nodes[index + 1 :])
        if node.name == "location":
            yield (*nodes[:index], *(each for each in node.block if each.name == "location"), *nodes[index + 1 :])


def _plainer(sent: Sent) -> Iterator[Sent]:
    for index in range(len(sent.headers)):
        if sent.headers[index][0] != "Content-Length" or not sent.body:
            yield replace(sent, headers=sent.headers[:index] + sent.headers[index + 1 :])
    if sent.method != "GET":
        yield replace(sent, method="GET", body="", headers=tuple(h for h in sent.headers if h[0] != "Content-Length"))
    path, mark, query = sent.target.partition("?")
    if mark:
        yield replace(sent, target=path)
        yield replace(sent, target=f"{path}?{query.partition('&')[0]}") if "&" in query else replace(sent, target=path)
    segments = path.split("/")
    for index in range(1, len(segments)):
        shorter = "/".join(segments[:index] + segments[index + 1 :])
        if shorter:
            yield replace(sent, target=shorter + mark + query)
    if sent.host not in {"x.test", None}:
        yield replace(sent, host="x.test")
