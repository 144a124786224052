"""Python's `logging` as applications set it up: aiohttp, Flask, Django under daphne, and every program of one's own.

In come its lines, out go requests where a server printed one, else what the words tell. The hard thing is that a server
prints the fate of a handshake on a line with its path, so words that name no path are only a remark on that line.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import fill_from_words, with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.loggers import time_of_day
from analyzer.formats.nginx_variables import number
from analyzer.formats.python_servers import SECOND_LINE, fill_from_request, with_request
from analyzer.formats.tracebacks import exception_class, gist, python_assembly
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("python_logging")
_STAMP = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[,.][0-9]{1,6})?(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}))?)"
)
_OF_DAY = r"^\[?[0-9]{2}-[0-9]{2}-[0-9]{2} ([0-9]{2}:[0-9]{2}:[0-9]{2})"  # of two such numbers either may be the day
_LEVEL = r"\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b"
_PEER = r"^\(?'?([^' ]+?)'?(?::|, )([0-9]+)\)? - \"$"  # uvicorn's; the others print no port
_ADDRESS = r"^([^ ]+) (?:- - )?\["
_LOCAL_TIME = r"\[([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:]{8} [+-][0-9]{4})\]"
_WERKZEUGS_TIME = r"- - \[([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4} [0-9:]{8})\]"
_LIBRARYS = r"\bwebsockets\."  # without uvicorn before it, it says 426 to whoever asks plainly
_SPRING = r"^[0-9]+ --- \["  # Logback's head in Spring Boot begins as Python's may: the process, then the thread
_VERDICTS = (Kind.HANDSHAKE_REJECTED, Kind.ORIGIN_REJECTED, Kind.UPGRADE_MISSING, Kind.HANDSHAKE_ACCEPTED)


def _client() -> pl.Expr:
    return pl.col("client").str.replace(r"^[A-Za-z_][A-Za-z0-9_.:]*(?:: | - )", "")


def _time() -> Fill:
    stamp = pl.col("head").str.extract(_STAMP, 1).str.replace(",", ".").str.replace(" ", "T").str.replace(" ", "")
    zoned = stamp.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
    naive = stamp.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    began = (
        pl.col("client")
        .str.extract(_LOCAL_TIME, 1)
        .str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", strict=False)
    )  # aiohttp's %t is when the request began (aiohttp/web_log.py)
    ended = (
        pl.col("client").str.extract(_WERKZEUGS_TIME, 1).str.to_datetime("%d/%b/%Y %T", time_unit="us", strict=False)
    )
    of_day = time_of_day(pl.col("head").str.extract(_OF_DAY, 1), "%H:%M:%S")
    dated = moment(pl.coalesce(began, zoned), naive, ended)
    return {
        **of_day,
        **dated,
        c.TIME_LACKS: pl.coalesce(dated[c.TIME_LACKS], of_day[c.TIME_LACKS]),
        c.TIME_MARKS: pl.when(began.is_not_null()).then(pl.lit("start"))
        .when(ended.is_not_null()).then(pl.lit("end"))
        .when(stamp.is_not_null() | of_day[c.CLOCK].is_not_null()).then(pl.lit("instant"))
        .otherwise(pl.lit("unknown")),
    }  # fmt: skip


def _of_request() -> Fill:
    peer, address = _client().str.extract_groups(_PEER).struct, _client().str.extract(_ADDRESS, 1)
    return {
        **fill_from_request(tells_handshakes=peer.field("2").is_not_null()),
        c.CLIENT: pl.coalesce(peer.field("1"), address),
        c.CLIENT_PORT: number(peer.field("2")),
    }


def _of_words() -> Fill:
    fill = fill_from_words()
    second = pl.col("text").str.contains(SECOND_LINE)
    remark = (pl.col("kind").is_in(_VERDICTS) & fill[c.TARGET].is_null()) | second
    return {
        **fill,
        c.KIND: pl.when(pl.col("text").is_not_null() & ~pl.col("text").str.contains(_SPRING)).then(
            pl.when(remark).then(pl.lit(Kind.MESSAGE)).otherwise(pl.coalesce("kind", pl.lit(Kind.MESSAGE)))
        ),
        c.STATUS: pl.when(~second).then(fill[c.STATUS]),
        c.ERROR: exception_class(pl.col("text")),
        c.MESSAGE: gist(pl.col("text")),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR)
    head = {**_time(), c.LEVEL: pl.col("head").str.extract(_LEVEL, 1).str.to_lowercase()}
    asked = with_request(lines)
    plain = pl.col("head").str.contains(_LIBRARYS) & pl.col("text").str.contains("(426 ", literal=True)
    refused = (pl.col("kind") == Kind.HANDSHAKE_REJECTED) & ~plain.fill_null(value=False)
    asked = asked.with_columns(kind=pl.when(pl.col("client").is_not_null() | refused).then("kind"))
    requests = parsed(asked, {**_of_request(), **head})
    words = parsed(with_words(lines.select("head", "client", "text")), {**_of_words(), **head})
    return requests.select(pl.coalesce(requests[name], words[name]).alias(name) for name in requests.columns)


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


_ASSEMBLY = python_assembly()

FORMAT = Format("python_logging", "Python's logging", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
