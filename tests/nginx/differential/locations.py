"""Locations, drawn: every modifier, nested, and the named ones.

Nothing comes in but where they stand; nodes go out. What nginx refuses (the same name twice, a prefix outside of the
one around it) is left out by `tidy`, which also keeps one of what may stand once.
"""

from collections.abc import Iterable
from functools import cache

from hypothesis import strategies as st

from tests.nginx.differential.handlers import content
from tests.nginx.differential.rewriting import returned, rewrite_phase
from tests.nginx.differential.settings import settings
from tests.nginx.differential.tree import Node
from tests.nginx.differential.words import NAMES, REGEXES, chance, quoted

_REPEATED = {
    *("proxy_set_header", "add_header", "error_page", "allow", "deny", "rewrite", "set", "if", "return", "break"),
    *("index", "location", "listen", "server_name"),
}
_HANDLED_ONCE = {"alias": "root"}


def tidy(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the nodes of one block without those that nginx refuses beside the others."""
    kept: list[Node] = []
    seen: set[str] = set()
    for node in nodes:
        name = _HANDLED_ONCE.get(node.name, node.name)
        if name not in _REPEATED:
            if name in seen:
                continue
            seen.add(name)
        if node.name == "location":
            modifier, _, pattern = node.text.removeprefix("location ").rpartition(' "')
            key = f"{'' if modifier == '^~' else modifier}{pattern}"
            if not modifier.startswith("~") and key in seen:
                continue
            seen.add(key)
        kept.append(node)
    return tuple(kept)


@cache
@st.composite
def location(draw: st.DrawFn, inside: str | None, depth: int) -> Node:
    """Draw a location, in the block of a server (`/`), of a prefix, or of a regex (None)."""
    modifier = draw(st.sampled_from(("", "", "", "=", "^~", "~", "~*"))) if inside is not None else "~"
    regex = modifier.startswith("~")
    name = draw(
        st.sampled_from(REGEXES if regex else [name for name in NAMES if name.startswith(inside or "/")] or ["/"])
    )
    if not regex and not name.startswith(inside or "/"):
        name = inside or "/"
    body = draw(_body(modifier, name))
    if depth and modifier != "=":
        around = None if regex else name
        nested = st.lists(location(around, depth - 1), max_size=2)
        body += draw(nested)
    return Node(f"location {modifier} {quoted(name)}", tidy(body))


@cache
@st.composite
def named_location(draw: st.DrawFn, name: str) -> Node:
    """Draw a named location."""
    return Node(f"location {quoted(name)}", tidy(draw(_body("@", name))))


@cache
@st.composite
def _body(draw: st.DrawFn, modifier: str, name: str) -> list[Node]:
    nodes = draw(rewrite_phase(in_location=True))
    if draw(chance(8)):
        nodes.append(draw(returned()))
    nodes += draw(content(modifier, name))
    nodes += draw(settings(most=1))
    return nodes
