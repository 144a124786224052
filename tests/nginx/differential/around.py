"""What stands in the http block around the servers, drawn: maps, upstreams, and what all inherit.

Nothing comes in, a strategy of nodes goes out. Names are fixed, so that every use of a variable finds it declared.
"""

from hypothesis import strategies as st

from tests.nginx.differential.locations import tidy
from tests.nginx.differential.settings import settings
from tests.nginx.differential.tree import Node
from tests.nginx.differential.words import chance, quoted


@st.composite
def around(draw: st.DrawFn) -> list[Node]:
    """Draw it."""
    nodes = [Node("auth_basic_user_file ROOT.passwords"), _CAPTURES, *_UPSTREAMS, *draw(_maps())]
    nodes += [Node("root ROOT/sub" if draw(chance(10)) else "root ROOT")]
    nodes += [Node("underscores_in_headers on")] if draw(chance(6)) else []
    nodes += [Node("merge_slashes off")] if draw(chance(12)) else []
    nodes += draw(settings(most=1))
    return list(_tidy_http(nodes))


def _tidy_http(nodes: list[Node]) -> tuple[Node, ...]:
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
