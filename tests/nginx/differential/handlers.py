"""What a location does with a request, drawn: files, proxying, limits of methods.

Nothing comes in but what the location is; lists of nodes go out.
"""

from functools import cache

from hypothesis import strategies as st

from tests.nginx.differential.settings import ACCESS
from tests.nginx.differential.tree import Node
from tests.nginx.differential.words import chance, combined, path_with_variables, quoted

_URI_PARTS = ("", "", "/", "/", "/app", "/app/", "/app?k=1&p=", "/a%20p/", "?k=1", "/é", "/a b")
_GROUPS = ("BACKEND0", "BACKEND1", "up_a", "up_a", "pair.test")
_VARIABLE_HOSTS = ("BACKEND0", "$v", "$m_up", "$m_up", "$m_up", "$arg_x", "up_a", "nowhere.test")
_VARIABLE_URIS = (
    "",
    "",
    "/",
    "$request_uri",
    "$uri$is_args$args",
    "/v$is_args$args",
    "/$1",
    "$uri",
    "$rest",
    "/v?k=$arg_q",
)


@cache
@st.composite
def proxy_pass(draw: st.DrawFn, *, uri_part: bool) -> Node:
    """Draw a proxy_pass; not every place takes a URI part."""
    if draw(chance(4)):
        host, uri = draw(st.sampled_from(_VARIABLE_HOSTS)), draw(st.sampled_from(_VARIABLE_URIS))
        return Node(
            f"proxy_pass {quoted(f'http://{host}{uri}' if '$' in host + uri else f'http://{host}$request_uri')}"
        )
    part = draw(st.sampled_from(_URI_PARTS)) if uri_part else ""
    return Node(f"proxy_pass {quoted(f'http://{draw(st.sampled_from(_GROUPS))}{part}')}")


@cache
@st.composite
def try_files(draw: st.DrawFn) -> Node:
    """Draw a try_files."""
    looked = ("$uri", "$uri", "$uri/", "$uri.html", "/a/f.txt", "$uri/index.html", "/sub/$1", "/a/", "$arg_q", "/$rest")
    ends = ("=404", "=403", "=200", "=503", "@back", "@back", "@gone", "/index.html", "/err/", "/a/index.html?from=try")
    wanted = [name for name in draw(combined(looked, (*looked, *([""] * 10)), (*looked, *([""] * 10)))) if name]
    last = draw(st.sampled_from(ends) | path_with_variables())
    return Node("try_files " + " ".join(map(quoted, [*wanted, last])))


@cache
@st.composite
def limit_except(draw: st.DrawFn) -> Node:
    """Draw a limit_except."""
    methods = draw(st.sampled_from(("GET", "POST", "GET POST", "PUT DELETE", "OPTIONS", "HEAD")))
    rules = [Node(rule) for rule in draw(st.sampled_from((*ACCESS, ())))]
    extra = draw(st.sampled_from(("proxy", "auth", "", "")))
    if extra == "proxy":
        rules.append(draw(proxy_pass(uri_part=False)))
    if extra == "auth":
        rules.append(Node('auth_basic "no"'))
    return Node(f"limit_except {methods}", tuple(rules))


@cache
@st.composite
def content(draw: st.DrawFn, modifier: str, name: str) -> list[Node]:
    """Draw what makes the answer."""
    kind = draw(
        st.sampled_from(("proxy", "proxy", "proxy", "proxy", "file", "file", "alias", "try", "try proxy", "try"))
    )
    regex, named = modifier.startswith("~"), modifier == "@"
    nodes: list[Node] = []
    if "try" in kind:
        nodes.append(draw(try_files()))
    if "proxy" in kind:
        nodes.append(draw(proxy_pass(uri_part=not regex and not named)))
    if kind == "alias" or (kind == "try" and draw(chance(4))):
        nodes.extend(draw(_alias(name, regex=regex)) if not named else [Node("root ROOT/sub")])
    if draw(chance(8)):
        nodes.append(draw(limit_except()))
    if draw(chance(16)) and not named:
        nodes.append(Node("internal"))
    return nodes


@cache
@st.composite
def _alias(draw: st.DrawFn, name: str, *, regex: bool) -> list[Node]:
    slash = "/" if name.endswith("/") else ""
    written = (
        ("ROOT/sub/$1", "ROOT/$1", "ROOT/$rest", "ROOT/a/f.txt")
        if regex
        else (f"ROOT/sub{slash}", f"ROOT{slash}", "ROOT/a/")
    )
    return [Node(f"alias {quoted(draw(st.sampled_from((*written, 'ROOT/$arg_q'))))}")]
