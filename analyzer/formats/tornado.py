"""tornado, and Jupyter's servers on it (tornado/log.py, tornado/web.py `log_request`).

In come its lines, out go requests, handshakes that were accepted, and messages. The hard thing is a refusal: it is
printed as a plain GET, after a line of its own that tells the reason; and a 101 is printed when the socket opens, not
when it ends.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import fill_from_words, with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.loggers import dated_or_of_day, time_of_day
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.formats.tracebacks import error_named, gist, python_assembly
from analyzer.formats.urls import fill_from_url
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("tornado")
_ACCESS = r"^(?P<status>[0-9]{3}) (?P<method>[A-Z]+) (?P<target>\S*) \((?:[^@)]*@)?(?P<client>[^)]*)\)$"
_BROKEN = r"^Uncaught exception (?P<method>[A-Z]+) (?P<target>\S+) \((?P<client>[^)]*)\)"
_REQUEST = (  # tornado/httputil.py, `HTTPServerRequest.__repr__`; the host is the header, with its port
    r"\n *HTTPServerRequest\(protocol='\w+', host='(?P<host>[^'\n]*)', .*\bversion='HTTP/(?P<protocol>[0-9.]+)'"
)
_REFERER = r" referer=(\S+)"  # jupyter_server/log.py
_IS_RUNNING, _URL = (
    r"^(?:The )?Jupyter .* is running at:$",
    r"^(?:https?://\S+)$",
)  # jupyter_server/serverapp.py: a line each
_TOOK = r"^ ([0-9.]+)ms\b"
_LEVELS = {"D": "debug", "I": "info", "W": "warning", "E": "error", "C": "critical"}
_OF_SERVER = (Kind.LISTENING, Kind.NOBODY_CONNECTED, Kind.CALL_FAILED)


def _kind() -> pl.Expr:
    answered = pl.col("after").str.contains(_TOOK)
    return (
        pl.when(pl.col(_GRAMMAR.required).is_null()).then(None)
        .when(answered & pl.col("access").str.starts_with("101 ")).then(pl.lit(Kind.HANDSHAKE_ACCEPTED))
        .when(answered).then(pl.lit(Kind.REQUEST))
        .when(pl.col("kind").is_in(_OF_SERVER)).then("kind")
        .when(pl.col("running_at").is_not_null()).then(pl.lit(Kind.LISTENING))
        .otherwise(pl.lit(Kind.MESSAGE))
    )  # fmt: skip


def _time() -> Fill:
    stamp = pl.col("stamp").str.replace(r"^20([0-9]{2})-([0-9]{2})-([0-9]{2})", "${1}${2}${3}")
    naive = stamp.str.to_datetime("%y%m%d %H:%M:%S%.f", time_unit="us", strict=False)
    of_day = time_of_day(stamp, "%H:%M:%S%.f")
    dated = moment(pl.lit(None, pl.Datetime("us", "UTC")), naive)
    took = pl.col("after").str.extract(_TOOK, 1).cast(pl.Float64, strict=False)
    ended = took.is_not_null() & ~pl.col("access").str.starts_with("101 ")
    return {
        **dated_or_of_day(dated, of_day),
        c.TIME_MARKS: pl.when(ended).then(pl.lit("end")).otherwise(pl.lit("instant")),
        c.DURATION: pl.when(ended).then((took * 1000).round().cast(pl.Int64)),
    }


def _fill() -> Fill:
    access, broken = (
        pl.col("access").str.extract_groups(_ACCESS).struct, pl.col("text").str.extract_groups(_BROKEN).struct
    )  # fmt: skip
    request = pl.col("text").str.extract_groups(_REQUEST).struct
    words, opened = fill_from_words(), pl.col("access").str.starts_with("101 ")
    running = fill_from_url(pl.col("running_at"))
    reason = pl.col("after").str.extract(r"^: ((?s:.+))$", 1)
    said = pl.coalesce(reason, pl.col("access") + pl.col("after"), "text")
    return {
        **words,
        **_time(),
        c.KIND: _kind(),
        c.LEVEL: pl.col("level").str.strip_chars("[ ").replace_strict(_LEVELS, default=None),
        c.METHOD: pl.coalesce(access.field("method"), broken.field("method"), words[c.METHOD]),
        c.TARGET: pl.coalesce(access.field("target"), broken.field("target"), words[c.TARGET]),
        c.CLIENT: pl.coalesce(access.field("client"), broken.field("client")),
        c.SCHEME: pl.coalesce(words[c.SCHEME], running[c.SCHEME]),
        c.HOST: pl.coalesce(host_of(request.field("host")), words[c.HOST], running[c.HOST]),
        c.PORT: pl.coalesce(port_of(request.field("host")), words[c.PORT], running[c.PORT]),
        c.PROTOCOL: pl.coalesce(request.field("protocol"), words[c.PROTOCOL]),
        c.REFERRER: pl.col("after").str.extract(_REFERER, 1).replace("None", None),
        c.STATUS: number(access.field("status")),
        c.UPGRADE: pl.when(opened).then(pl.lit("websocket")).otherwise(words[c.UPGRADE]),
        c.ERROR: error_named(said),
        c.MESSAGE: gist(said),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR).with_columns(_running_at().alias("running_at"))
    return parsed(with_words(lines), _fill())


def _running_at() -> pl.Expr:
    """Give the URL that stands below Jupyter's words that it runs."""
    below = pl.col("text").shift(1).str.contains(_IS_RUNNING)
    return pl.when(below).then(pl.col("text").str.strip_chars_end().str.extract(f"({_URL})", 1))


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


_ASSEMBLY = python_assembly()

FORMAT = Format("tornado", "tornado or Jupyter log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
