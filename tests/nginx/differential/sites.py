"""Whole sites, drawn: what stands in http, the servers, the files on the disk, and the requests.

Nothing comes in; a strategy of sites goes out.
"""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.nginx.differential.handlers import settings
from tests.nginx.differential.locations import location, named_location, tidy
from tests.nginx.differential.requests import Sent, sent
from tests.nginx.differential.rewriting import returned, rewrite_phase
from tests.nginx.differential.tree import Node
from tests.nginx.differential.words import chance, quoted

PORTS = 4


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
_LISTENS = (
    *(
        "127.0.0.1:PORT0",
        "127.0.0.1:PORT0",
        "*:PORT0",
        "PORT0",
        "127.0.0.2:PORT0",
        "127.0.0.1:PORT1",
        "*:PORT1",
        "PORT1",
    ),
    *("127.0.0.1:PORT2-PORT3", "0.0.0.0:PORT0", "localhost:PORT1"),
)
_SERVER_NAMES = (
    *("x.test", "x.test", "a.x.test", ".x.test", "*.x.test", "x.*", "*.y.test", "y.test", "_", '""', "X.Test", "a.*"),
    *(
        r'"~^(?<sub>\w+)\.x\.test$"',
        r'"~^(\w+)\.(y|z)\.test$"',
        '"~^x"',
        "b.a.x.test",
        "*.a.x.test",
        "x.org",
        '"~^X\\.TEST$"',
    ),
    *("www.x.test", ".y.test", "z.example", "127.0.0.1", '"~^(?<sub>s\\d+)\\."'),
)


@st.composite
def sites(draw: st.DrawFn, *, disk_known: bool, requests: int = 24) -> Site:
    """Draw a site."""
    servers = draw(st.lists(_server(), min_size=1, max_size=4))
    servers = _one_default_each(servers)
    http = [*draw(_around()), *servers]
    disk = draw(st.frozensets(st.sampled_from(_FILES), max_size=14)) if disk_known else None
    names = [word for each in servers for word in _hosts(each)] or ["x.test"]
    paths = [path for each in servers for node in each.walk() if (path := _path(node))]
    one = sent(_listeners(servers), names, paths)
    asked = draw(st.lists(one, min_size=requests // 2, max_size=requests, unique=True))
    return Site(tuple(http), disk, tuple(asked))


@st.composite
def _around(draw: st.DrawFn) -> list[Node]:
    nodes = [Node("auth_basic_user_file ROOT.passwords"), _CAPTURES, *_UPSTREAMS, *draw(_maps())]
    nodes += [Node("root ROOT/sub" if draw(chance(10)) else "root ROOT")]
    nodes += [Node("underscores_in_headers on")] if draw(chance(6)) else []
    nodes += [Node("merge_slashes off")] if draw(chance(12)) else []
    nodes += draw(settings(most=1))
    return list(tidy_http(nodes))


def tidy_http(nodes: list[Node]) -> tuple[Node, ...]:
    """Return the nodes of the http block, of which blocks may repeat."""
    blocks = [node for node in nodes if node.block is not None]
    return (*blocks, *tidy(node for node in nodes if node.block is None))


_CAPTURES = Node("map $arg_nothing $captured", (Node('"~^(?<v>1)(?<w>2)(?<name>3)(?<rest>4)(?<sub>5)$" 1'),))
_UPSTREAMS = (
    Node("upstream up_a", (Node("server BACKEND1"),)),
    Node("upstream pair.test", (Node("server BACKEND1"), Node("server BACKEND2 weight=2"))),
)


@st.composite
def _maps(draw: st.DrawFn) -> list[Node]:
    result = st.sampled_from(
        ("one", "two", '""', '"b c"', "$arg_x", '"$uri"', "/a/b", '"$1"', '"m$name"', "$request_method")
    )
    plain = st.sampled_from(
        ("one", "One", '""', '"b c"', "xy", "/a/b", "~*^x(?<name>.)", "~^(b)", "~^/(?<rest>.*)", "two", "b")
    )
    hosts = st.sampled_from((".x.test", "*.y.test", "a.*", "x.test", '"~^(\\w+)\\.z"', "x.org", "*.x.test", "X.*"))
    paths = st.sampled_from(
        ('"~^/a/(?<rest>.*)$"', '"~*\\.HTML$"', "/c", '"~^/(b)"', '"/a/b"', "/", '"~^/é"', '"~^/a(.)?"')
    )
    ups = st.sampled_from(("b up_a", "one pair.test", '"" BACKEND2', '"~^x" up_a', "two nowhere.test"))
    default = st.sampled_from(
        ((), (Node("default other"),), (Node('default "$request_method"'),), (Node("default $geo"),))
    )

    def entries(keys: st.SearchStrategy[str]) -> st.SearchStrategy[list[Node]]:
        pairs = st.lists(
            st.tuples(keys, result), max_size=4, unique_by=lambda pair: pair[0].strip('"').lower().lstrip("*.")
        )
        return pairs.map(lambda all_: [Node(f"{key} {worth}") for key, worth in all_])

    source = draw(st.sampled_from(("$arg_q", "$arg_x", "$http_x_a", '"$arg_q$arg_x"', "$cookie_sid")))
    default_up = draw(st.sampled_from(((Node("default BACKEND0"),), (Node("default up_a"),), ())))
    return [
        Node(f"map {source} $m_plain", (*draw(default), *draw(entries(plain)))),
        Node("map $host $m_host", (Node("hostnames"), *draw(default), *draw(entries(hosts)))),
        Node(f"map {draw(st.sampled_from(('$uri', '$request_uri')))} $m_uri", (*draw(default), *draw(entries(paths)))),
        Node("map $http_upgrade $m_conn", (Node("default upgrade"), Node("'' close"))),
        Node(
            "map $http_x_a $m_up",
            (*default_up, *map(Node, draw(st.lists(ups, max_size=3, unique_by=lambda t: t.split()[0])))),
        ),
        Node(
            "geo $geo",
            (
                Node(f"default {draw(st.sampled_from(('0', 'out')))}"),
                *map(Node, draw(st.lists(_NETWORKS, max_size=2, unique=True))),
            ),
        ),
        Node(
            f"split_clients {quoted(draw(st.sampled_from(('$request_uri', '$arg_q', '$remote_addr$uri'))))} $half",
            _SPLIT,
        ),
    ]


_NETWORKS = st.sampled_from(("127.0.0.0/8 local", "127.0.0.1 self", "10.0.0.0/8 ten", "127.0.0.0/31 pair"))
_SPLIT = (Node("33.3% a"), Node("20% b"), Node('* ""'))


@st.composite
def _server(draw: st.DrawFn) -> Node:
    listens = draw(st.lists(st.sampled_from(_LISTENS), min_size=1, max_size=2, unique_by=_same_listener))
    default = draw(chance(4))
    nodes = [Node(f"listen {each}{' default_server' if default else ''}") for each in listens]
    names = draw(st.lists(st.sampled_from(_SERVER_NAMES), max_size=3, unique_by=str.lower))
    nodes += [Node("server_name " + " ".join(names))] if names else []
    nodes += draw(rewrite_phase(in_location=False))
    if draw(chance(24)):
        nodes.append(draw(returned()))
    nodes += draw(settings(most=2))
    rare = draw(
        st.sampled_from(
            ("", "", "", "", "", "", "try", "merge_slashes off", "underscores_in_headers on", "root ROOT/sub")
        )
    )
    if rare == "try":
        nodes.append(Node(f"try_files $uri {quoted(draw(st.sampled_from(('=404', '/index.html', '@back'))))}"))
    elif rare:
        nodes.append(Node(rare))
    nodes += draw(st.lists(location("/", 2), min_size=1, max_size=6))
    nodes += [] if draw(chance(6)) else [draw(named_location("@back"))]
    return Node("server", tidy(nodes))


def _same_listener(listen: str) -> str:
    return listen.replace("*:", "").replace("0.0.0.0:", "").replace("localhost", "127.0.0.1")


def _one_default_each(servers: list[Node]) -> list[Node]:
    seen: set[str] = set()
    kept: list[Node] = []
    for server in servers:
        nodes = []
        for node in server.block or ():
            text = node.text
            if node.name == "listen" and text.endswith(" default_server"):
                key = _same_listener(text)
                text = text.removesuffix(" default_server") if key in seen else text
                seen.add(key)
            nodes.append(Node(text, node.block))
        kept.append(Node("server", tuple(nodes)))
    return kept


def _listeners(servers: list[Node]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for node in (each for server in servers for each in server.block or () if each.name == "listen"):
        where = _same_listener(node.text.split()[1])
        ports = [int(part[-1]) for part in where.split("-")]
        addresses = [where.partition(":")[0]] if ":" in where else ["127.0.0.1", "127.0.0.2"]
        found += [(address, port) for address in addresses for port in ports]
    return sorted(set(found))


def _path(node: Node) -> str | None:
    """Return the path of a location that has one."""
    pattern = node.text.removeprefix("location ").partition('"')[2].rstrip('"')
    return pattern.replace(" ", "%20") if node.name == "location" and pattern.startswith("/") else None


def _hosts(server: Node) -> list[str]:
    named = [word for node in server.block or () if node.name == "server_name" for word in node.text.split()[1:]]
    plain = [word for word in named if '"' not in word and word != "_"]
    return [("a" + word if word[0] == "." else word.replace("*", "a")) for word in plain]
