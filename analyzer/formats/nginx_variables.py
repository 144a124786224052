"""Which of nginx's variables fills which column (nginx.org, "Alphabetical index of variables").

In come the names that a log_format holds, out go the expressions for our columns. The hard thing is that one fact may
be logged under several names: the first of the table that is present and says something wins.
"""

from collections.abc import Callable, Collection

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, said
from analyzer.formats.vocabulary import Vocabulary
from analyzer.schema import Ending

_Expression = Callable[[pl.Expr], pl.Expr]
_REQUEST_LINE = r"^([A-Z]+) (\S.*?)(?: HTTP/([0-9.]+))?$"
_ORDERLY = r"^([A-Z]+) ([^\s ]+) HTTP/([0-9.]+)$"  # leaves nothing to try twice: three times as fast
_PORT = r":([0-9]+)$"


def request_line(request: pl.Expr, pattern: str = _REQUEST_LINE) -> dict[c.Column, pl.Expr]:
    """Take a request line apart: method, request-target, version. Garbage leaves all three empty."""
    orderly = request.str.extract_groups(_ORDERLY).struct
    other = pl.when(orderly.field("1").is_null()).then(request).str.extract_groups(pattern).struct
    columns = (c.METHOD, c.TARGET, c.PROTOCOL)
    return {column: pl.coalesce(orderly.field(n), other.field(n)) for column, n in zip(columns, "123", strict=True)}


def host_of(value: pl.Expr) -> pl.Expr:
    """Give the host of a Host header: lower case, without its port."""
    return said(value).str.replace(_PORT, "").str.to_lowercase()


def port_of(value: pl.Expr) -> pl.Expr:
    """Give the port of a Host header, or of an address."""
    return value.str.extract(_PORT, 1).cast(pl.Int64, strict=False)


def microseconds(seconds: pl.Expr) -> pl.Expr:
    """Turn nginx's seconds with milliseconds into whole microseconds."""
    return (seconds.cast(pl.Float64, strict=False) * 1_000_000).round().cast(pl.Int64, strict=False)


def number(value: pl.Expr) -> pl.Expr:
    """Read a whole number."""
    return value.cast(pl.Int64, strict=False)


def local_time(value: pl.Expr) -> pl.Expr:
    """Read $time_local, with or without the brackets around it."""
    return value.str.strip_chars(' []"').str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", strict=False)


def _iso(value: pl.Expr) -> pl.Expr:
    return value.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="us", strict=False)


def _epoch(value: pl.Expr) -> pl.Expr:
    return microseconds(value).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _line(column: c.Column) -> _Expression:
    return lambda request: request_line(request)[column]


def _garbage(request: pl.Expr) -> pl.Expr:
    return pl.when(~request.str.contains(_REQUEST_LINE)).then(request)


def _upgrade(value: pl.Expr) -> pl.Expr:
    return value.replace("-", "").str.to_lowercase()


def _version(value: pl.Expr) -> pl.Expr:
    return value.str.extract(r"^HTTP/([0-9.]+)$", 1)


def _as_it_is(value: pl.Expr) -> pl.Expr:
    return value


_SOURCES: tuple[tuple[c.Column, str, _Expression], ...] = (
    (c.TIME, "msec", _epoch), (c.TIME, "time_iso8601", _iso), (c.TIME, "time_local", local_time),
    (c.DURATION, "request_time", microseconds), (c.DURATION, "session_time", microseconds),
    (c.METHOD, "request", _line(c.METHOD)), (c.METHOD, "request_method", said),
    (c.TARGET, "request", _line(c.TARGET)), (c.TARGET, "request_uri", said), (c.TARGET, "uri", said),
    (c.TARGET, "document_uri", said),
    (c.PROTOCOL, "request", _line(c.PROTOCOL)), (c.PROTOCOL, "server_protocol", _version),
    (c.MESSAGE, "request", _garbage),
    (c.SCHEME, "scheme", said), (c.HOST, "host", host_of), (c.HOST, "http_host", host_of),
    (c.PORT, "http_host", port_of), (c.PORT, "server_port", number),
    (c.UPGRADE, "http_upgrade", _upgrade), (c.ORIGIN, "http_origin", said), (c.REFERRER, "http_referer", said),
    (c.USER_AGENT, "http_user_agent", said),
    (c.CLIENT, "remote_addr", said), (c.CLIENT_PORT, "remote_port", number),
    (c.STATUS, "status", number), (c.CONNECTION, "connection", number), (c.SERVER_NAME, "server_name", said),
    (c.UPSTREAM_ADDR, "upstream_addr", _as_it_is), (c.UPSTREAM_STATUS, "upstream_status", _as_it_is),
    (c.UPSTREAM_HEADER_TIME, "upstream_header_time", _as_it_is),
)  # fmt: skip


_PATHS = ("uri", "document_uri")  # without the query, which may stand beside them
_QUERIES = ("args", "query_string")

VARIABLES: frozenset[str] = frozenset((*(variable for _, variable, _ in _SOURCES), *_QUERIES))
"""The variables that fill a column."""

_OF_STREAMS = {"session_time", "protocol", "bytes_received", "upstream_session_time", "upstream_first_byte_time"}
_OF_REQUESTS = {"request", "request_uri", "request_method", "uri", "http_host", "request_time", "body_bytes_sent"}


def of_streams(variables: Collection[str]) -> bool:
    """Say whether the stream module has these variables: then there is no request in the line."""
    return bool(_OF_STREAMS & {*variables}) and not _OF_REQUESTS & {*variables}


def fill_from(variables: Collection[str], undo: _Expression) -> Fill:
    """Map the variables that a line holds to columns. `undo` undoes the format's escapes."""
    found: dict[c.Column, list[pl.Expr]] = {}
    queries = [said(undo(pl.col(variable))) for variable in _QUERIES if variable in variables]
    for column, variable, read in _SOURCES:
        if variable in variables:
            value = read(undo(pl.col(variable)))
            found.setdefault(column, []).append(_asked(value, queries) if variable in _PATHS else value)
    return {
        **{column: pl.coalesce(readings) for column, readings in found.items()},
        c.TIME_MARKS: pl.lit("end"),  # an access line is written when the request ends (ngx_http_log_request)
    }


def _asked(path: pl.Expr, queries: list[pl.Expr]) -> pl.Expr:
    """A path with its query, unless it bears the query already."""
    query = pl.concat_str(pl.lit("?"), pl.coalesce(*queries, pl.lit(None, pl.String)))
    return pl.when(~path.str.ends_with(query).fill_null(value=True)).then(path + query).otherwise(path)


def fill_from_stream(variables: Collection[str], undo: _Expression) -> Fill:
    """Map the variables of the stream module: its status is no answer to a request, and is told in words.

    What its statuses mean: nginx.org, ngx_stream_core_module, $status.
    """
    filled = dict(fill_from(variables, undo))
    if filled.pop(c.STATUS, None) is None:
        return filled
    status = pl.col("status")
    return {
        **filled,
        c.MESSAGE: pl.format("status {}", _OF_CONNECTIONS.told(status)),
        c.ENDING: _OF_CONNECTIONS.ending(status),
    }


_OF_CONNECTIONS = Vocabulary(
    {
        "400": ("what the client sent could not be parsed, such as the PROXY protocol's header", None),
        "403": ("access forbidden, such as by the client's address", Ending.RULED),
        "500": ("internal server error", None),
        "502": ("no upstream could be selected or reached", Ending.UNREACHED),
        "503": ("too many connections, such as by limit_conn", Ending.OVERLOADED),
    }
)
