"""Envoy's access log as text: its own default, and Istio's.

In come lines, out go the load balancer's requests. The hard thing: the time is the begin; and whether the upstream or
Envoy itself gave the answer stands in the flags.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.envoy_flags import fill_from_flags, fill_from_peers
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, said, share_read
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.formats.timestamps import rfc3339
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("envoy")


def _fill() -> Fill:
    return {
        **fill_from_flags(
            pl.col("status"),
            pl.col("flags"),
            said(pl.col("details")),
            said(pl.col("failure")),
            said(pl.col("upstream")),
        ),
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST.value)),
        c.TIME: rfc3339(pl.col("began")),
        c.TIME_MARKS: pl.lit("start"),
        c.DURATION: number(pl.col("took")) * 1000,
        c.METHOD: said(pl.col("method")),
        c.TARGET: said(pl.col("target")),
        c.PROTOCOL: said(pl.col("protocol")).str.strip_prefix("HTTP/"),
        c.HOST: host_of(pl.col("authority")),
        c.PORT: port_of(pl.col("authority")),
        **fill_from_peers(pl.col("forwarded"), pl.col("peer")),
        c.USER_AGENT: said(pl.col("user_agent")),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("envoy", "Envoy access log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each())
