"""The small alphabet that names, paths and values are drawn from, so that they collide.

Nothing comes in; strategies of texts go out. Quoted as nginx reads them: only `"` needs its backslash.
"""

from collections.abc import Sequence
from functools import cache
from math import prod

from hypothesis import strategies as st

NAMES = (
    *("/", "/a", "/a/", "/a/b", "/a/b/", "/ab/", "/A/", "/a b/", "/c", "/c/", "/b/", "/é/", "/err", "/err/"),
    *("/index.html", "/x.x", "/app/", "/a/index.html"),
)
REGEXES = (
    *(r"\.x$", "^/a/", "/b", r"^/(?<name>\w+)/b", "^/c$", r"^/[a-c]/\d", "^/a/(.*)$", r"^/(\w+)/(.*)$"),
    *("^/(?<name>[^/]+)(?<rest>/.*)$", r"\.(html|x)$", "^/(?:b|c)/(?<rest>.+)", "^/A/(.*)", "é", " ", "(a)?b"),
    *(r"^/a/b/(?<rest>.*)\.x$", "^/(a|b){1,2}/", "(?i)^/A/B", "^(.*)$"),
)
SEGMENTS = (
    *("a", "a", "a", "b", "b", "c", "A", "ab", "1", "x.x", "index.html", "f.txt", "app", "err", "err.html", "sub"),
    *("a%20b", "%61", "..", ".", "", "%2F", "é", "%C3%A9", "b%3Fq", "%25", "a+b", "a%2Fb", "%22<>", "b%23c", "x%2ex"),
)
BAD_SEGMENTS = ("%00", "%zz", "%4", "%", "..", "%2e%2e", "../..", "a b")
QUERIES = (
    *("", "", "", "?", "?q=1", "?q=one&x=two", "?q=%2F&r=a+b", "?x=b", "?a?b", "?q=one#part", "#part", "?Q=Two"),
    *("?q=/a/b", "?q=x.test", "?q=", "?qq=1&q=xy", "?q=a%20b"),
)

_PIECES = (
    *("-v", "/x", "-", "/a/b", "$uri", "$uri", "$request_uri", "$args", "$is_args$args", "$arg_q", "$arg_x"),
    *("$cookie_sid", "$http_x_a", "$host", "$http_host", "$server_name", "$scheme", "$server_port", "$server_addr"),
    *("$remote_addr", "$request_method", "$document_root", "$request_filename", "$https", "$1", "$2"),
    *("$1", "$name", "$rest", "$v", "$v", "$w", "$m_plain", "$m_host", "$m_uri", "$m_conn", "$geo", "$half"),
    *(
        "$query_string",
        "$document_uri",
        "$http_upgrade",
        "${uri}z",
        "$content_type",
        "$http_cookie",
        "$http_user_agent",
    ),
    *("$http_absent", "$request", "$content_length", "$proxy_add_x_forwarded_for", "$server_protocol", "$sub"),
)


def quoted(text: str) -> str:
    """Return a text as one of nginx's words."""
    return '"' + text.replace('"', r"\"") + '"'


@cache
def chance(of: int) -> st.SearchStrategy[bool]:
    """Draw true once in so many times. Hypothesis likes zeros and ends, so true stands in the middle."""
    return st.sampled_from([number == of // 2 for number in range(of)])


@cache
def combined(*pools: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Draw one of each pool, by one number: a draw for each would take most of a run's time."""

    def taken(number: int) -> tuple[str, ...]:
        picked = []
        for pool in pools:
            number, index = divmod(number, len(pool))
            picked.append(pool[index])
        return tuple(picked)

    return st.integers(0, prod(map(len, pools)) - 1).map(taken)


@cache
def value() -> st.SearchStrategy[str]:
    """Draw what a header or a variable is set to."""
    more = (*_PIECES, *([""] * len(_PIECES)))
    return combined(_PIECES, more, more).map("".join)


@cache
def path_with_variables() -> st.SearchStrategy[str]:
    """Draw a path as one writes it behind return, rewrite, try_files and error_page."""
    return combined(_HEADS, _TAILS, _QUERIES_WRITTEN).map("".join)


@cache
def url() -> st.SearchStrategy[str]:
    """Draw an absolute URL of elsewhere."""
    return combined(_ORIGINS, _BELOW).map("".join)


_HEADS = ("/a/", "/b/", "/c", "/app/", "/a/b", "/err", "/err.html", "/index.html", "/ab/", "/", "/x.x", "/a b/", "/é/")
_TAILS = ("", "", "", "$1", "$uri", "$2", "$name", "$rest", "$arg_q", "$v")
_QUERIES_WRITTEN = ("", "", "", "?", "?from=$uri", "?k=1", "$is_args$args", "?$args", "?p=$1&", "?x=b?")
_ORIGINS = ("http://o.test", "https://o.test", "$scheme://$host", "https://$host", "http://$server_name:8080")
_BELOW = ("", "/", "/x", "$request_uri", "$uri", "/$1", "/x?k=$arg_q", "$uri$is_args$args")
