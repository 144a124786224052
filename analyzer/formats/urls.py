"""Takes a full URL apart into the columns that a request has (RFC 3986, appendix B), and a peer's address.

In comes a column of URLs as a browser prints them, out go scheme, host, port and request-target. The hard thing is that
a browser prints what it dialled: an absent path is `/` on the wire, a fragment never leaves the browser.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill
from analyzer.formats.nginx_variables import number

_PEER = r"^\[?(.*?)\]?:([0-9]+)$"
_URL = r"^(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://(?:[^/@?#]*@)?(?P<host>\[[^\]]*\]|[^/:?#]*)(?::(?P<port>[0-9]+))?(?P<target>[/?][^#]*)?"


def fill_from_peer(peer: pl.Expr) -> Fill:
    """Map who asked, `192.0.2.7:40236` or `[2001:db8::7]:40236`."""
    part = peer.str.extract_groups(_PEER).struct
    return {c.CLIENT: part.field("1"), c.CLIENT_PORT: number(part.field("2"))}


def scheme_of(scheme: pl.Expr, socket: pl.Expr) -> pl.Expr:
    """Give the scheme; of a WebSocket its own (RFC 6455, 3), where a log names the one of the request."""
    return pl.when(socket).then(scheme.replace({"http": "ws", "https": "wss"})).otherwise(scheme)


def fill_from_url(url: pl.Expr) -> Fill:
    """Map a URL to columns."""
    part = url.str.extract_groups(_URL).struct
    target = part.field("target")
    path = pl.when(part.field("scheme").is_not_null()).then(target.fill_null("/"))
    return {
        c.SCHEME: part.field("scheme").str.to_lowercase(),
        c.HOST: part.field("host").str.to_lowercase(),
        c.PORT: number(part.field("port")),
        c.TARGET: pl.when(path.str.starts_with("?")).then("/" + path).otherwise(path),
    }
