"""Envoy's access log as text: its own default, and Istio's.

In come lines, out go the load balancer's requests. The hard thing: the time is the begin; and whether the upstream or
Envoy itself gave the answer stands in the flags.
"""

import polars as pl

from analyzer.formats.envoy_flags import fill_from_envoy
from analyzer.formats.format import Format, captured, one_line_each, parsed, share_read
from analyzer.grammar import load
from analyzer.schema import KIND, Hop, Kind

_GRAMMAR = load("envoy")


def _read(records: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST.value))
    return parsed(captured(records, _GRAMMAR), {**fill_from_envoy(), KIND: kind})


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("envoy", "Envoy access log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each())
