"""Traefik's logs as text: its access log, which is the common one with a tail, and its own words.

In come lines, out go the load balancer's requests and words. The hard thing: up to the tail the line is any web
server's; the router and the server in it are what tells whose it is.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, said, share_read
from analyzer.formats.nginx_variables import local_time, number, request_line
from analyzer.formats.timestamps import rfc3339
from analyzer.formats.traefik_answers import fill_from_answer
from analyzer.formats.traefik_words import authority_of, fill_from_words
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("traefik")
_LEVELS = {"TRC": "trace", "DBG": "debug", "INF": "info", "WRN": "warn", "ERR": "error", "FTL": "fatal", "PNC": "panic"}
_TARGET_URL = r"(?:^| )targetURL=(\S+)"


def _fill() -> Fill:
    line = request_line(pl.col("request"))
    is_request, read = pl.col("status").is_not_null(), pl.col(_GRAMMAR.required).is_not_null()
    server = authority_of(pl.col("server"))
    answer = fill_from_answer(
        pl.col("status"), pl.col("size"), said(pl.col("router")), server, pl.col("status").replace("0", None)
    )
    own = fill_from_words(pl.col("words"), pl.col("words").str.extract(_TARGET_URL, 1))
    return {
        **{column: pl.when(is_request).then(value).otherwise(own.get(column)) for column, value in answer.items()},
        c.ERROR: own[c.ERROR],
        c.KIND: pl.when(is_request).then(pl.lit(Kind.REQUEST.value)).when(read).then(pl.lit(Kind.MESSAGE.value)),
        c.TIME: pl.coalesce(local_time(pl.col("began")), rfc3339(pl.col("said_at"))),
        c.TIME_MARKS: pl.when(is_request).then(pl.lit("start")).otherwise(pl.lit("instant")),
        c.DURATION: number(pl.col("took")) * 1000,
        c.METHOD: line[c.METHOD],
        c.TARGET: pl.when(is_request).then(line[c.TARGET]).otherwise(own[c.TARGET]),
        c.PROTOCOL: line[c.PROTOCOL],
        c.CLIENT: pl.when(is_request).then("client").otherwise(own[c.CLIENT]),
        c.CLIENT_PORT: own[c.CLIENT_PORT],
        c.USER_AGENT: said(pl.col("user_agent")),
        c.REFERRER: said(pl.col("referrer")),
        c.LEVEL: pl.col("level").replace(_LEVELS),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("traefik", "Traefik log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each())
