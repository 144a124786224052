"""nginx's error log: what nginx says about a request, a connection, or itself.

In come its lines, out go nginx's words with what they are about. The hard thing is that values are not escaped and a
line is cut at 2048 bytes (NGX_MAX_ERROR_STR, src/core/ngx_log.h): the last quote may be missing, and a client may have
written quotes of its own. Its time is the machine's own, without a zone: it is read as if it were UTC.
"""

from functools import cache

import polars as pl

from analyzer import schema as c
from analyzer.formats.errnos import errno_name
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, said, share_read
from analyzer.formats.nginx_variables import host_of, number, port_of, request_line
from analyzer.grammar import load
from analyzer.schema import Hop, Kind, Lacks

_GRAMMAR = load("nginx_error")

_FILE = (
    r'(?:open|stat|lstat|mkdir|realpath|opendir|unlink|rename)\(\) "(.*?)" failed'
    r'|^"(.*)" is not found \('
    r'|^directory index of "(.*)" is forbidden'
)
_LISTEN_ADDRESS = r"^(?:\[[0-9a-f:.]*\]|[0-9.*]+):[0-9]+$|^unix:"


_PEER_CONNECTED = r"^(?:udp )?client \[?([0-9A-Fa-f:.]+?)\]?:([0-9]+) connected to \S*?:([0-9]+)$"  # of a stream
_PEER_LEFT = r"^client ([0-9A-Fa-f:.]+) closed keepalive connection"

_LAST_QUOTE = r'"\.?\s*$'  # the full stop of a sentence that a person wrote around the line
_CUT_UPSTREAM = r"^[a-z]+://[^/]*$|^[a-z]*:?/?$"


def _unquoted(name: str) -> pl.Expr:
    return pl.col(name).str.replace(_LAST_QUOTE, "")


def _whole(name: str, *later: str) -> pl.Expr:
    """A value that was not cut: its quote is there, or a later value is."""
    ended = pl.any_horizontal(pl.col(name).str.contains(_LAST_QUOTE), *(pl.col(each).is_not_null() for each in later))
    return pl.when(ended).then(_unquoted(name))


def _request() -> Fill:
    """The request line; of one that was cut, a path counts that ends before its query or its version."""
    line, later = _unquoted("request"), ("subrequest", "upstream", "host", "referrer")
    ended = _whole("request", *later).is_not_null() | line.str.contains(r"^\S+ \S*[? ]")
    return request_line(pl.when(ended).then(line))


def _upstream() -> pl.Expr:
    """The upstream; of one that was cut, whatever has an address to its end."""
    cut = _whole("upstream", "host", "referrer").is_null()
    return pl.when(~(cut & _unquoted("upstream").str.contains(_CUT_UPSTREAM))).then(_unquoted("upstream"))


def _server_name() -> pl.Expr:
    """Give the server's name, unless the line may be cut in it.

    Before there is a request nginx writes the address it listens on instead.
    """
    server, whole = pl.col("server"), pl.col("request").is_not_null() | pl.col("peer").is_not_null()
    return said(pl.when(whole & ~server.str.contains(_LISTEN_ADDRESS)).then(server))


def _message() -> pl.Expr:
    """Its words; those on a test of the whole config have no level, and begin in what the grammar knows them by."""
    of_test = pl.col("level").is_null()
    return pl.when(of_test).then(pl.concat_str(pl.lit("configuration file "), "message")).otherwise(pl.col("message"))


def _kind(message: pl.Expr) -> pl.Expr:
    """A test that passed is no error."""
    passed = pl.col("level").is_null() & ~message.str.ends_with(" test failed")
    told = pl.when(passed).then(pl.lit(Kind.MESSAGE)).otherwise(pl.lit(Kind.NGINX_ERROR))
    return pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(told)


@cache
def _fill() -> Fill:
    message, host = _message(), _whole("host", "referrer")
    untimed, peer = pl.col("time").is_null(), message.str.extract_groups(_PEER_CONNECTED).struct
    time = pl.col("time").str.to_datetime("%Y/%m/%d %H:%M:%S", time_unit="us", strict=False)
    return {
        c.KIND: _kind(message),
        c.TIME: time.dt.replace_time_zone("UTC"),
        c.TIME_MARKS: pl.when(untimed).then(pl.lit("unknown")).otherwise(pl.lit("instant")),
        c.TIME_LACKS: pl.when(~untimed).then(pl.lit(Lacks.ZONE)),
        c.LEVEL: pl.col("level"),
        c.MESSAGE: message,
        c.ERROR: errno_name(message),
        c.FILE: pl.coalesce(message.str.extract(_FILE, group) for group in (1, 2, 3)),
        c.PHASE: pl.col("phase"),
        c.CONNECTION: number(pl.col("connection").str.strip_chars("* ")),
        c.CLIENT: pl.coalesce(said(pl.col("client")), peer.field("1"), message.str.extract(_PEER_LEFT, 1)),
        c.CLIENT_PORT: number(peer.field("2")),
        c.SERVER_NAME: _server_name(),
        **_request(),
        c.UPSTREAM: pl.coalesce(_upstream(), _unquoted("peer")),
        c.HOST: host_of(host),
        c.PORT: pl.coalesce(port_of(host), port_of(pl.col("server")), number(peer.field("3"))),
        c.REFERRER: _unquoted("referrer"),
    }


FORMAT = Format(
    "nginx_error",
    "nginx error log",
    Hop.NGINX,
    _GRAMMAR,
    lambda records: parsed(captured(records, _GRAMMAR), _fill()),
    lambda raw: share_read(raw, _GRAMMAR),
    one_line_each(),
)
