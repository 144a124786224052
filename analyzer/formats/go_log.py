"""Go's package log, under which net/http, httputil.ReverseProxy and most small services write; chi's requests too.

In come its lines, out go handshakes as gorilla tells of them, calls that failed, panics and requests. The hard thing is
that nginx's error log begins with the same time: what has its level and its process behind it is nginx's.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, fits, heads, moment, parsed
from analyzer.formats.goroutines import go_assembly, without_frames
from analyzer.formats.loggers import error_in, fill_from_logger, microseconds_of, with_pairs
from analyzer.formats.nginx_variables import number
from analyzer.formats.urls import fill_from_url
from analyzer.grammar import load
from analyzer.records import plain_texts
from analyzer.schema import RAW, Hop, Kind

_GRAMMAR = load("go_log")
_ASSEMBLY = go_assembly()
_NGINX = (  # its level and process, or its process behind a level that was damaged or masked
    r"^\[(?:debug|info|notice|warn|error|crit|alert|emerg)\] (?:[0-9]+#[0-9]+: |\*?[0-9]+ )|^\S* ?[0-9]+#[0-9]+: "
)
_ACCESS = (
    r'"(?P<method>[A-Z]+) (?P<url>\S+) HTTP/(?P<protocol>[0-9.]+)" from (?P<client>\S+?):(?P<port>[0-9]+)'
    r" - (?P<status>[0-9]{3}) [0-9]+B in (?P<took>\S+)"
)
_PEER = r"^http: (?:panic serving|TLS handshake error from) (?P<client>\[[^\]]*\]|[^:\s]+):(?P<port>[0-9]+): "
_LEVEL_OF_PREFIX = r"^\[?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|PANIC)\b"
_LEVEL_OF_SLOG = r"^([A-Z]+)"
_UNANSWERED = "000"  # chi: nothing was written: the connection was taken over for a WebSocket, or the handler died


def _ours() -> pl.Expr:
    of_nginx = pl.col("text").str.contains(_NGINX).fill_null(value=False)
    return pl.col(_GRAMMAR.required).is_not_null() & ~of_nginx


def _kind() -> pl.Expr:
    return (
        pl.when(~_ours()).then(None)
        .when(pl.col("access").is_not_null()).then(pl.lit(Kind.REQUEST.value))
        .otherwise(pl.coalesce("kind", pl.lit(Kind.MESSAGE.value)))
    )  # fmt: skip


def _time() -> Fill:
    naive = pl.col("stamp").str.strip_chars().str.to_datetime("%Y/%m/%d %H:%M:%S%.f", time_unit="us", strict=False)
    return moment(pl.lit(None, pl.Datetime("us", "UTC")), naive)


def _level() -> pl.Expr:
    died = pl.when(pl.col("died").is_not_null()).then(pl.lit("panic"))
    return pl.coalesce(
        pl.col("level").str.extract(_LEVEL_OF_SLOG, 1), pl.col("prefix").str.extract(_LEVEL_OF_PREFIX, 1), died
    )


def _fill() -> Fill:
    access, peer = pl.col("access").str.extract_groups(_ACCESS).struct, pl.col("text").str.extract_groups(_PEER).struct
    answered, url = pl.col("access").is_not_null(), fill_from_url(access.field("url"))
    words = fill_from_logger(_time(), _level())
    status = access.field("status")
    said = without_frames(pl.col("text"))
    return {
        **words,
        c.KIND: _kind(),
        c.TIME_MARKS: pl.when(answered).then(pl.lit("end")).otherwise(words[c.TIME_MARKS]),
        c.DURATION: microseconds_of(access.field("took")),
        c.METHOD: pl.coalesce(access.field("method"), words[c.METHOD]),
        c.TARGET: pl.coalesce(url[c.TARGET], words[c.TARGET]),
        c.HOST: pl.coalesce(url[c.HOST], words[c.HOST]),
        c.PORT: pl.coalesce(url[c.PORT], words[c.PORT]),
        c.PROTOCOL: access.field("protocol"),
        c.CLIENT: pl.coalesce(access.field("client"), peer.field("client"), words[c.CLIENT]).str.strip_chars("[]"),
        c.CLIENT_PORT: pl.coalesce(number(access.field("port")), number(peer.field("port")), words[c.CLIENT_PORT]),
        c.STATUS: pl.when(answered & (status != _UNANSWERED)).then(number(status)).otherwise(words[c.STATUS]),
        c.ERROR: error_in(said),
        c.MESSAGE: pl.coalesce("access", said),
    }


def _lines(records: pl.DataFrame) -> pl.DataFrame:
    return captured(records, _GRAMMAR).with_columns(text=pl.coalesce("died", "text"))


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_pairs(_lines(records)), _fill())


def _affinity(raw: pl.Series) -> float:
    if not fits(_GRAMMAR, plain_texts(raw)).any():
        return 0.0
    lines = heads(raw, _ASSEMBLY).alias(RAW.name).to_frame().filter(RAW.col.str.contains(r"\S"))
    if lines.is_empty():
        return 0.0
    return float(_lines(lines).select(_ours().cast(pl.Float64).mean()).item())


FORMAT = Format("go_log", "Go's log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
