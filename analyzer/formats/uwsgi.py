"""uWSGI's own log: requests, and what it says of workers that it killed and of requests that it dropped.

In come its lines, out go requests and words. The hard things: the time is the machine's own and that of the request's
begin, though the line is written at its end; and a request that is too large, or that took too long, has no line of its
own: only words tell of it, and of one killed worker four lines, of which one names the request.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.nginx_variables import number
from analyzer.formats.tracebacks import exception_class, gist, python_assembly
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("uwsgi")
_CLIENT = r"^([^, ]+)"  # with `log-x-forwarded-for` there may be several, the client first
_KILLED = r"^HARAKIRI \[core [0-9]+\] (?P<client>\S+) - (?P<method>[A-Z]+) (?P<target>/\S*) since "
_LISTENING = r"^uwsgi socket [0-9]+ (?:bound to TCP|inherited INET) address (?P<host>[^ :]*):(?P<port>[0-9]+)"
_MILLISECOND = 1000


def _kind() -> pl.Expr:
    return (
        pl.when(pl.col("status").is_not_null()).then(pl.lit(Kind.REQUEST.value))
        .when(pl.col("words").str.contains(_LISTENING)).then(pl.lit(Kind.LISTENING.value))
        .when(pl.coalesce("killed", "words").is_not_null()).then(pl.lit(Kind.MESSAGE.value))
    )  # fmt: skip


def _time() -> Fill:
    stamp = pl.coalesce("began", "killed_at").str.slice(len("Sun ")).str.replace("  ", " 0", literal=True)
    naive = stamp.str.to_datetime("%b %d %H:%M:%S %Y", time_unit="us", strict=False)
    began = pl.col("began").is_not_null()
    return {
        **moment(pl.lit(None, pl.Datetime("us", "UTC")), naive),
        c.TIME_MARKS: pl.when(began).then(pl.lit("start"))
        .when(naive.is_not_null()).then(pl.lit("instant"))
        .otherwise(pl.lit("unknown")),
    }  # fmt: skip


def _fill() -> Fill:
    killed = pl.col("killed").str.extract_groups(_KILLED).struct
    listening = pl.col("words").str.extract_groups(_LISTENING).struct
    said = pl.coalesce("killed", "words")
    return {
        **_time(),
        c.KIND: _kind(),
        c.METHOD: pl.coalesce("method", killed.field("method")),
        c.TARGET: pl.coalesce("target", killed.field("target")),
        c.PROTOCOL: pl.col("protocol").str.strip_prefix("HTTP/"),
        c.CLIENT: pl.coalesce(pl.col("client").str.extract(_CLIENT, 1), killed.field("client")),
        c.STATUS: number(pl.col("status")),
        c.DURATION: number(pl.col("took")) * pl.when(pl.col("unit") == "micros").then(1).otherwise(_MILLISECOND),
        c.HOST: pl.when(listening.field("host") != "").then(listening.field("host")),
        c.PORT: number(listening.field("port")),
        c.ERROR: exception_class(said),
        c.MESSAGE: gist(said).str.strip_chars(),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


_ASSEMBLY = python_assembly()

FORMAT = Format("uwsgi", "uWSGI's log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
