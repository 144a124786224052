"""HAProxy's log: requests in HTTP mode, connections in TCP mode, and what it says of its servers.

In come its lines, out go the load balancer's requests and words. The hard thing: a line is written at the end and
bears the time of the begin, local and without its zone; and whether any server had the request stands in two letters
and in `<NOSRV>` (doc/configuration.txt, 8.5).
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, share_read
from analyzer.formats.nginx_variables import host_of, number, request_line
from analyzer.formats.urls import fill_from_url
from analyzer.grammar import load
from analyzer.schema import Hop, Kind, Lacks

_GRAMMAR = load("haproxy")
_HOST = r"^ \{([A-Za-z0-9.-]*\.[A-Za-z0-9-]+(?::[0-9]+)?)[|}]"
_NOBODY = r"/<NOSRV>$|/<STATS>$"
_NO_ANSWER = "-1"
_CLIENT = r"^(.*):([0-9]+) \[$"


def _kind() -> pl.Expr:
    return (
        pl.when(pl.col(_GRAMMAR.required).is_null()).then(None)
        .when(pl.col("status").is_not_null()).then(pl.lit(Kind.REQUEST.value))
        .otherwise(pl.lit(Kind.MESSAGE.value))
    )  # fmt: skip


def _time() -> pl.Expr:
    naive = pl.col("accepted").str.to_datetime("%d/%b/%Y:%H:%M:%S%.f", time_unit="us", strict=False)
    return naive.dt.replace_time_zone("UTC")


def _took() -> pl.Expr:
    total = number(pl.col("timers").str.extract(r"([0-9]+) $", 1))
    return pl.when(pl.col("status").is_not_null()).then(total * 1000)


def _answered() -> pl.Expr:
    """Whether headers came back from a server: the fourth timer, Tr, is -1 where none did (8.4)."""
    return ~pl.col("timers").str.contains(r"^(?:[^/]*/){3}-1/")


def _fill() -> Fill:
    line = request_line(pl.col("request"))
    absolute = fill_from_url(line[c.TARGET])  # a request in HTTP/2 is logged with its whole URL
    client = pl.col("client").str.extract_groups(_CLIENT).struct
    timed = pl.col("accepted").is_not_null()
    server, status = pl.col("server"), pl.col("status")
    return {
        c.KIND: _kind(),
        c.TIME: _time(),
        c.TIME_MARKS: pl.when(timed).then(pl.lit("start")).otherwise(pl.lit("unknown")),
        c.TIME_LACKS: pl.when(timed).then(pl.lit(Lacks.ZONE.value)),
        c.DURATION: _took(),
        c.METHOD: line[c.METHOD],
        c.TARGET: pl.coalesce(absolute[c.TARGET], line[c.TARGET]),
        c.PROTOCOL: line[c.PROTOCOL],
        c.SCHEME: absolute[c.SCHEME],
        c.HOST: pl.coalesce(absolute[c.HOST], host_of(pl.col("captured").str.extract(_HOST, 1))),
        c.PORT: absolute[c.PORT],
        c.CLIENT: client.field("1"),
        c.CLIENT_PORT: number(client.field("2")),
        c.STATUS: pl.when(status != _NO_ANSWER).then(number(status)),
        c.UPSTREAM_ADDR: pl.when(server.str.contains(_NOBODY)).then(pl.lit("-")).otherwise(server),
        c.UPSTREAM_STATUS: pl.when(status.is_not_null()).then(pl.when(_answered()).then(status).otherwise(pl.lit("-"))),
        c.MESSAGE: pl.coalesce("state", "tcp_state", "trouble", "of_a_server", "words"),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("haproxy", "HAProxy log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each())
