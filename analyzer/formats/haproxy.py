"""HAProxy's log: requests in HTTP mode, connections in TCP mode, and what it says of its servers.

In come its lines, out go the load balancer's requests and words. The hard thing: a line is written at the end and
bears the time of the begin, local and without its zone; and whether any server had the request stands in two letters
and in `<NOSRV>` (doc/configuration.txt, 8.5). With `option logasap` it is written at the begin: `+` stands before what
was not over yet. In the common format of web servers the time is UTC and ends in its second: the milliseconds behind
it, %ms, are those of the connection ("Custom log format" there), which may have carried requests before.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.errnos import errno_in
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, share_read
from analyzer.formats.nginx_variables import host_of, number, request_line
from analyzer.formats.terminations import ENDINGS
from analyzer.formats.urls import fill_from_url
from analyzer.grammar import load
from analyzer.schema import Ending, Hop, Kind, Lacks

_GRAMMAR = load("haproxy")
_HOST = r"^ \{([A-Za-z0-9.-]*\.[A-Za-z0-9-]+(?::[0-9]+)?)[|}]"
_NOBODY = r"/<[^>]+>$"  # NOSRV, STATS, CACHE, a Lua service: what is in brackets is no server
_NO_ANSWER = "-1"
_CLIENT = r"^(.*):([0-9xX*]+) \[$"
_COMMON_CLIENT = r"^(.*) - - \[$"
_OF_A_SERVER = r"^(?:Backup )?Server ([^ /]+/[^ ]+) "
_SNI = r'^" [0-9]+/[0-9A-F]+/[0-9]+/[0-9]+/[01] ([^/ ]+)/'
_STATE = pl.coalesce("state", "common_state", "tcp_state")
_STATUS = pl.coalesce("status", "common_status")


def _kind() -> pl.Expr:
    return (
        pl.when(pl.col(_GRAMMAR.required).is_null()).then(None)
        .when(_STATUS.is_not_null()).then(pl.lit(Kind.REQUEST.value))
        .otherwise(pl.lit(Kind.MESSAGE.value))
    )  # fmt: skip


def _time() -> pl.Expr:
    local = pl.col("accepted").str.to_datetime("%d/%b/%Y:%H:%M:%S%.f", time_unit="us", strict=False)
    universal = pl.col("common_accepted").str.to_datetime("%d/%b/%Y:%H:%M:%S +0000", time_unit="us", strict=False)
    return pl.coalesce(local, universal).dt.replace_time_zone("UTC")


def _timers() -> pl.Expr:
    return pl.coalesce("timers", pl.col("common_timers").str.replace_all(" ", "/"))


def _lasted() -> pl.Expr:
    """The last timer, which is all of a request's time, Ta, or of a connection's, Tt (8.4)."""
    return number(pl.coalesce(_timers(), "tcp_timers").str.extract(r"/([0-9]+)[ /]$", 1)) * 1000


def _answered() -> pl.Expr:
    """Whether headers came back from a server: the fourth timer, Tr, is -1 where none did (8.4)."""
    return ~_timers().str.contains(r"^(?:[^/]*/){3}-1/")


def _ending() -> pl.Expr:
    """What the letters come to; a connection that nobody was there for was not refused, nor is nonsense by a rule."""
    letters = _STATE.str.head(2)
    nobody = (letters == "SC") & _server().str.contains(_NOBODY)
    told = letters.replace_strict(ENDINGS, default=None, return_dtype=pl.String)
    nonsense = (letters == "PR") & pl.coalesce("request", "common_request").eq("<BADREQ>").fill_null(value=False)
    return pl.when(nobody).then(pl.lit(Ending.NO_SERVER.value)).when(~nonsense).then(told)


def _server() -> pl.Expr:
    return pl.coalesce("server", pl.col("common_server").str.replace('" "', "/", literal=True))


def _fill() -> Fill:
    line = request_line(pl.coalesce("request", "common_request"))
    absolute = fill_from_url(line[c.TARGET])  # a request in HTTP/2 is logged with its whole URL
    client = pl.col("client").str.extract_groups(_CLIENT).struct
    local = pl.col("accepted").is_not_null()
    timed = local | pl.col("common_accepted").is_not_null()
    server, status = _server(), _STATUS
    own = pl.coalesce("of_a_server", "words")
    encrypted = pl.when(pl.col("frontend").str.ends_with("~")).then(pl.lit("https"))
    return {
        c.KIND: _kind(),
        c.TIME: _time(),
        c.TIME_MARKS: pl.when(timed).then(pl.lit("start")).otherwise(pl.lit("unknown")),
        c.TIME_LACKS: pl.when(local).then(pl.lit(Lacks.ZONE.value)),
        c.DURATION: _lasted(),
        c.METHOD: line[c.METHOD],
        c.TARGET: pl.coalesce(absolute[c.TARGET], line[c.TARGET]),
        c.PROTOCOL: line[c.PROTOCOL],
        c.SCHEME: pl.coalesce(absolute[c.SCHEME], encrypted),
        c.HOST: pl.coalesce(
            absolute[c.HOST],
            host_of(pl.col("captured").str.extract(_HOST, 1)),
            host_of(pl.col("rest").str.extract(_SNI, 1)),
        ),
        c.PORT: absolute[c.PORT],
        c.CLIENT: pl.coalesce(client.field("1"), pl.col("common_client").str.extract(_COMMON_CLIENT, 1)),
        c.CLIENT_PORT: number(pl.coalesce(client.field("2"), "common_port")),
        c.STATUS: pl.when(status != _NO_ANSWER).then(number(status)),
        c.UPSTREAM_ADDR: pl.when(server.str.contains(_NOBODY)).then(pl.lit("-"))
        .otherwise(pl.coalesce(server, own.str.extract(_OF_A_SERVER, 1))),
        c.UPSTREAM_STATUS: pl.when(status.is_not_null()).then(
            pl.when(_answered() & ~server.str.contains(_NOBODY)).then(status).otherwise(pl.lit("-"))
        ),
        c.ENDING: _ending(),
        c.LEVEL: pl.col("level").str.to_lowercase(),
        c.ERROR: errno_in(own),
        c.MESSAGE: pl.coalesce(_STATE, "trouble", own),
    }  # fmt: skip


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("haproxy", "HAProxy log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each())
