"""What a location does with a request, drawn: access, files, proxying, headers, error pages.

Nothing comes in but what the location is; lists of nodes go out.
"""

from functools import cache

from hypothesis import strategies as st

from tests.nginx.differential.tree import Node
from tests.nginx.differential.words import chance, combined, path_with_variables, quoted, url, value

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
_ACCESS = (
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
    *("error_page 404 /err.html", 'index "$v.html" index.html', "log_not_found off"),
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
            nodes.extend(Node(rule) for rule in draw(st.sampled_from(_ACCESS)))
        else:
            nodes.append(Node(draw(st.sampled_from(_OPTIONS))))
    return nodes


@cache
@st.composite
def limit_except(draw: st.DrawFn) -> Node:
    """Draw a limit_except."""
    methods = draw(st.sampled_from(("GET", "POST", "GET POST", "PUT DELETE", "OPTIONS", "HEAD")))
    rules = [Node(rule) for rule in draw(st.sampled_from((*_ACCESS, ())))]
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
