"""nginx as a balancer of connections (its stream module), in the formats of its docs.

In come its lines, out goes what became of each connection. The hard thing is that nothing here is a request: $status is
the stream module's own word (502: no upstream was reached), and a connection may have carried any number of requests.
"""

import polars as pl

from analyzer.formats.escapes import undo_default
from analyzer.formats.format import Format, captured, one_line_each, parsed, share_read
from analyzer.formats.nginx_variables import fill_from_stream
from analyzer.grammar import load
from analyzer.schema import KIND, Hop, Kind

_GRAMMAR = load("nginx_stream")


def _read(records: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.MESSAGE))
    return parsed(captured(records, _GRAMMAR), {**fill_from_stream(_GRAMMAR.captures, undo_default), KIND: kind})


FORMAT = Format(
    "nginx_stream",
    "nginx stream log",
    Hop.LOAD_BALANCER,
    _GRAMMAR,
    _read,
    lambda raw: share_read(raw, _GRAMMAR),
    one_line_each(),
)
