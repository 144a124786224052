"""Apache's error log, where it is a proxy in front of somebody.

In come its lines, out go its words. The hard thing: the time is local and bears no zone, and no line names the request;
some name the path (`returned by /ws`), most only the server that was dialled (modules/proxy/proxy_util.c,
mod_proxy_http.c), of which some leave out the port.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.errnos import errno_in
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, share_read
from analyzer.formats.nginx_variables import number
from analyzer.grammar import load
from analyzer.schema import Hop, Kind, Lacks

_GRAMMAR = load("apache_error")
_CLIENT = r"\[client \[?([^ \]]*?)\]?:([0-9]+)\] "
_REMOTE = r"\[remote ([^ \]]+)\] "
_SERVER = (
    r"^AH[0-9]{5}: (?:\w+: )?(?:(?:attempt to connect to|pass request body failed to|DNS lookup failure for:"
    r"|failed to make connection to backend:|ap_proxy_connect_backend disabling worker for) \(?([^\s()]+)"
    r"|error reading status line from remote server ([^\s()]+:[0-9]+))"
)
_ERRNO = r"^\([0-9]+\)([^:]+): "  # the system's; APR's own, from 20000 on, have words that no errno has
_PATH = r"returned by (/\S*?)(?:, referer: .*)?$|for the URL (/\S*) \(|\bin URI path \((/[^\s)]*)\)"


def _fill() -> Fill:
    naive = pl.coalesce(
        pl.col("said_at").str.to_datetime(form, time_unit="us", strict=False)
        for form in ("%a %b %d %H:%M:%S%.f %Y", "%a %b %d %H:%M:%S %Y")
    )
    peer = pl.col("client").str.extract_groups(_CLIENT).struct
    words = pl.concat_str("errno", "message", ignore_nulls=True)
    dialled = pl.col("message").str.extract_groups(_SERVER).struct
    paths = pl.col("message").str.extract_groups(_PATH).struct
    return {
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.MESSAGE.value)),
        c.TIME: naive.dt.replace_time_zone("UTC"),
        c.TIME_MARKS: pl.lit("instant"),
        c.TIME_LACKS: pl.lit(Lacks.ZONE.value),
        c.LEVEL: pl.col("level"),
        c.CLIENT: peer.field("1"),
        c.CLIENT_PORT: number(peer.field("2")),
        c.TARGET: pl.coalesce(paths.field(n) for n in "123"),
        c.UPSTREAM_ADDR: pl.coalesce(pl.col("client").str.extract(_REMOTE, 1), dialled.field("1"), dialled.field("2")),
        c.ERROR: errno_in(words.str.extract(_ERRNO, 1)),
        c.MESSAGE: words,
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("apache_error", "Apache error log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each())
