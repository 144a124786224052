"""Whole sites, drawn: what stands in http, the servers, the files on the disk, and the requests.

Nothing comes in; a strategy of sites goes out.
"""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.nginx.differential.around import around
from tests.nginx.differential.requests import Sent, sent
from tests.nginx.differential.servers import hosts, listeners, one_default_each, server
from tests.nginx.differential.tree import Node


@dataclass(frozen=True, slots=True)
class Site:
    """A config and what is asked of it. `disk` names the files below its root; None: the model is told of none."""

    http: tuple[Node, ...]
    disk: frozenset[str] | None
    requests: tuple[Sent, ...]


_FILES = (
    *(
        "a/f.txt",
        "a/index.html",
        "a/b/index.html",
        "index.html",
        "c",
        "err.html",
        "x.x",
        "ab/idx.html",
        "b/c",
        "a b/f.txt",
    ),
    *("sub/a/b", "sub/f.txt", "sub/index.html", "sub/a/index.html", "é/x.x", "err/x", "a/x.x", "app/index.html", "one"),
    *("sub/x.x", "A/f.txt", "a/b/x.x", "sub/b/a/f.txt"),
)


@st.composite
def sites(draw: st.DrawFn, *, disk_known: bool, requests: int = 24) -> Site:
    """Draw a site."""
    servers = draw(st.lists(server(), min_size=1, max_size=4))
    servers = one_default_each(servers)
    http = [*draw(around()), *servers]
    disk = draw(st.frozensets(st.sampled_from(_FILES), max_size=14)) if disk_known else None
    names = [word for each in servers for word in hosts(each)] or ["x.test"]
    paths = [path for each in servers for node in each.walk() if (path := _path(node))]
    one = sent(listeners(servers), names, paths)
    asked = draw(st.lists(one, min_size=requests // 2, max_size=requests, unique=True))
    return Site(tuple(http), disk, tuple(asked))


def _path(node: Node) -> str | None:
    """Return the path of a location that has one."""
    pattern = node.text.removeprefix("location ").partition('"')[2].rstrip('"')
    return pattern.replace(" ", "%20") if node.name == "location" and pattern.startswith("/") else None
