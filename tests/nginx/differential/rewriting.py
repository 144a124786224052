"""The rewrite phase, drawn: return, rewrite, set, break, if.

Nothing comes in but where it will stand; lists of nodes go out. Code goes on after an `if`, as people write it.
"""

from functools import cache

from hypothesis import strategies as st

from tests.nginx.differential.tree import Node
from tests.nginx.differential.words import chance, combined, path_with_variables, quoted, url, value

_PATTERNS = (
    *(
        "^/a/(.*)$",
        "^",
        "^/a",
        "/b/(.*)",
        r"^/(\w+)/(.*)$",
        "^(.*)$",
        "^/(?<name>[^/]+)(?<rest>/.*)$",
        "^/c",
        "nowhere",
    ),
    *(r"^(/.*)\.x$", "(?i)^/A/(.+)", "^/([^/]*)/?$", " (.*)", "é(.*)", "^/app/(a|b)(.*)$", "^/index.html$"),
)
_FLAGS = ("", "", " last", " last", " break", " break", " redirect", " permanent")
_COMPARED = (
    "$arg_q",
    "$uri",
    "$request_method",
    "$host",
    "$http_x_a",
    "$v",
    "$m_plain",
    "$cookie_sid",
    "$http_upgrade",
)
_EQUALS = ("one", "/a/b", "GET", "POST", "x.test", "", "1", "v", "$arg_x", "websocket")
_MATCHES = ("^/a", "o", r"^(\w+)$", "(?<name>b)", "^G", "test$", "^$", "X", r"/(?<rest>[^/]*)$", "(a)(b)?", "^[^/]")
_FILES = ("$request_filename", "$document_root/a/f.txt", "ROOT/a", "$document_root$uri", "ROOT/sub", "ROOT/$arg_q")


@cache
def returned() -> st.SearchStrategy[Node]:
    """Draw a return."""
    bare = st.sampled_from((404, 204, 400, 401, 403, 404, 405, 410, 418, 444, 500, 502, 503, 200, 404, 403, 405)).map(
        str
    )
    text = st.tuples(st.sampled_from((200, 200, 201, 404, 403, 418, 500, 503)), value())
    moved = st.tuples(st.sampled_from((301, 302, 303, 307, 308)), path_with_variables() | url())
    worded = (text | moved).map(lambda pair: f"{pair[0]} {quoted(pair[1])}")
    return (worded | bare | worded | url().map(quoted)).map(lambda words: Node(f"return {words}"))


@cache
def rewritten() -> st.SearchStrategy[Node]:
    """Draw a rewrite."""
    odd = st.sampled_from(("$arg_q", "$v", "b"))
    path = path_with_variables()
    return st.tuples(combined(_PATTERNS, _FLAGS), st.one_of(path, url(), path, odd, path)).map(
        lambda parts: Node(f"rewrite {quoted(parts[0][0])} {quoted(parts[1])}{parts[0][1]}")
    )


@cache
def assigned() -> st.SearchStrategy[Node]:
    """Draw a set."""
    names = st.sampled_from(("v", "v", "v", "w", "w", "args", "name"))
    return st.tuples(names, value()).map(lambda pair: Node(f"set ${pair[0]} {quoted(pair[1])}"))


@cache
def condition() -> st.SearchStrategy[str]:
    """Draw what stands between the parentheses of an if."""
    worded = st.one_of(
        combined(_COMPARED, ("=", "!="), _EQUALS), combined(_COMPARED, ("~", "~*", "!~", "!~*"), _MATCHES)
    )
    quoted_ = worded.map(lambda parts: f"{parts[0]} {parts[1]} {quoted(parts[2])}")
    tested = combined(("-f", "-d", "-e", "!-f", "!-d", "!-e"), _FILES).map(" ".join)
    return st.one_of(quoted_, tested, quoted_, st.sampled_from((*_COMPARED, "$half", "$geo", "$args")), quoted_)


@cache
@st.composite
def conditional(draw: st.DrawFn, *, in_location: bool) -> Node:
    """Draw an if, with what may stand in it there."""
    actions = st.one_of(assigned(), rewritten(), returned(), assigned(), st.just(Node("break")))
    inside = draw(st.lists(actions, min_size=1, max_size=2))
    if in_location:
        inside.extend(draw(st.sampled_from(_IN_LOCATION)))
    return Node(f"if ({draw(condition())})", tuple(inside))


_IN_LOCATION: tuple[tuple[Node, ...], ...] = (
    *((), (), (), ()),
    (Node("proxy_pass http://BACKEND1"),),
    (Node('proxy_pass "http://BACKEND2$request_uri"'),),
    (Node("add_header X-One if"),),
    (Node("root ROOT/sub"),),
    (Node("error_page 404 403 =200 /a/f.txt"),),
)


@cache
@st.composite
def rewrite_phase(draw: st.DrawFn, *, in_location: bool) -> list[Node]:
    """Draw the code of a server or location; in servers there is less of it, for it is the end of most requests."""
    one_if = conditional(in_location=in_location)
    sizes = (0, 0, 0, 1, 1, 2, 3) if in_location else (0, 0, 0, 0, 0, 0, 1, 1, 2)
    nodes = [
        draw(st.one_of(assigned(), one_if, one_if, rewritten(), assigned()))
        for _ in range(draw(st.sampled_from(sizes)))
    ]
    if in_location and draw(chance(16)):
        nodes.append(Node("break"))
    return nodes
