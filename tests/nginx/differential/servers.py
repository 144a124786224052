"""Servers, drawn: listeners and names that collide, and what each server does.

Nothing comes in, strategies of nodes go out, and for a drawn server the listeners and hosts that reach it.
"""

from functools import cache

from hypothesis import strategies as st

from tests.nginx.differential.locations import location, named_location, tidy
from tests.nginx.differential.rewriting import returned, rewrite_phase
from tests.nginx.differential.settings import settings
from tests.nginx.differential.tree import Node
from tests.nginx.differential.words import chance, quoted

PORTS = 4
"""So many ports in a row are a site's own: PORT0 and those behind it."""

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


@cache
@st.composite
def server(draw: st.DrawFn) -> Node:
    """Draw a server."""
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


def one_default_each(servers: list[Node]) -> list[Node]:
    """Return the servers with one default_server for each listener: nginx refuses a second."""
    seen: set[str] = set()
    kept: list[Node] = []
    for each in servers:
        nodes = []
        for node in each.block or ():
            text = node.text
            if node.name == "listen" and text.endswith(" default_server"):
                key = _same_listener(text)
                text = text.removesuffix(" default_server") if key in seen else text
                seen.add(key)
            nodes.append(Node(text, node.block))
        kept.append(Node("server", tuple(nodes)))
    return kept


def listeners(servers: list[Node]) -> list[tuple[str, int]]:
    """Return the addresses and ports on which the servers can be asked."""
    found: list[tuple[str, int]] = []
    for node in (each for each_server in servers for each in each_server.block or () if each.name == "listen"):
        where = _same_listener(node.text.split()[1])
        ports = [int(part[-1]) for part in where.split("-")]
        addresses = [where.partition(":")[0]] if ":" in where else ["127.0.0.1", "127.0.0.2"]
        found += [(address, port) for address in addresses for port in ports]
    return sorted(set(found))


def hosts(server: Node) -> list[str]:
    """Return hosts that the names of a server match."""
    named = [word for node in server.block or () if node.name == "server_name" for word in node.text.split()[1:]]
    plain = [word for word in named if '"' not in word and word != "_"]
    return [("a" + word if word[0] == "." else word.replace("*", "a")) for word in plain]
