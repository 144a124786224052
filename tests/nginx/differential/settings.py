"""What every level may set and the levels below inherit, drawn: headers, access, error pages, options.

Nothing comes in; lists of nodes go out.
"""

from functools import cache

from hypothesis import strategies as st

from tests.nginx.differential.tree import Node
from tests.nginx.differential.words import chance, combined, path_with_variables, quoted, url, value

ACCESS = (
    ("deny all",),
    ("allow 127.0.0.1", "deny all"),
    ("deny 127.0.0.1", "allow all"),
    ("deny 10.0.0.0/8",),
    ("allow 10.1.2.3", "deny 127.0.0.0/8"),
    ("allow 127.0.0.0/30", "deny all"),
)
_CODES = (
    "404",
    "404",
    "403",
    "403 404",
    "405",
    "500",
    "502",
    "401",
    "410",
    "503",
    "404 500",
    "301",
    "400",
    "418",
    "500 502 503",
)


@cache
@st.composite
def error_page(draw: st.DrawFn) -> Node:
    """Draw an error_page."""
    codes, answer = draw(combined(_CODES, ("", "", "", " =200", " =", " =404", " =302")))
    targets = (
        "/err.html",
        "/err",
        "/err/x",
        "/a/f.txt",
        "@back",
        "@back",
        "@gone",
        "/index.html?from=err",
        "/c",
        "/app/e",
    )
    target = draw(st.sampled_from(targets) | st.sampled_from(targets) | path_with_variables() | url())
    return Node(f"error_page {codes}{answer} {quoted(target)}")


@cache
def headers_set() -> st.SearchStrategy[Node]:
    """Draw a proxy_set_header."""
    fixed = ("Host $host", "Host $http_host", "Host x.test", "Upgrade $http_upgrade", "Connection $m_conn")
    more = (
        'Connection "upgrade"',
        'Connection ""',
        'X-A ""',
        'Cookie ""',
        "Accept text/x",
        "X-Host $proxy_host",
        'Host ""',
    )
    last = ("X-Forwarded-For $proxy_add_x_forwarded_for", "x-a lower", 'Content-Type ""', "X-Port $proxy_port")
    drawn = st.tuples(st.sampled_from(("X-Val", "X-More")), value()).map(lambda pair: f"{pair[0]} {quoted(pair[1])}")
    return (st.sampled_from((*fixed, *more, *last)) | drawn).map(lambda words: Node(f"proxy_set_header {words}"))


@cache
def headers_added() -> st.SearchStrategy[Node]:
    """Draw an add_header."""
    parts = st.tuples(combined(("X-One", "X-Two"), ("", "", " always")), value())
    return parts.map(lambda drawn: Node(f"add_header {drawn[0][0]} {quoted(drawn[1])}{drawn[0][1]}"))


_OPTIONS = (
    *("proxy_http_version 1.1", "proxy_http_version 1.1", "proxy_http_version 1.0", "proxy_method PUT"),
    *("proxy_method $request_method", "proxy_pass_request_headers off", "proxy_pass_request_body off"),
    *("absolute_redirect off", "port_in_redirect off", "server_name_in_redirect on", "recursive_error_pages on"),
    *(
        "recursive_error_pages off",
        "proxy_intercept_errors on",
        "satisfy any",
        "index f.txt",
        "index idx.html index.html",
    ),
    *("index /index.html", "index x.x /a/f.txt", 'auth_basic "in"', "auth_basic off", "root ROOT/sub", "root ROOT/"),
    *("error_page 404 /err.html", 'index "$v.html" index.html'),
)


@cache
@st.composite
def settings(draw: st.DrawFn, most: int) -> list[Node]:
    """Draw what every level may set, and what the levels below inherit."""
    nodes: list[Node] = []
    for _ in range(draw(st.sampled_from(range(most + 1)))):
        kind = draw(st.sampled_from(range(10)))
        if kind in {1, 4, 7}:
            nodes.extend(draw(st.lists(headers_set(), min_size=1, max_size=3)))
        elif kind in {2, 6}:
            nodes.extend(draw(st.lists(headers_added(), min_size=1, max_size=2)))
        elif kind == 3:
            nodes.append(draw(error_page()))
        elif kind == 5 and draw(chance(2)):
            nodes.extend(Node(rule) for rule in draw(st.sampled_from(ACCESS)))
        else:
            nodes.append(Node(draw(st.sampled_from(_OPTIONS))))
    return nodes
