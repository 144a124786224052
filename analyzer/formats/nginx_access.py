"""nginx's `combined` access log, and whatever a log_format adds after it.

In come its lines, out go requests. The hard thing is a request line that is none: TLS bytes, an empty one, `GET /`
without a version; such a record is kept, its words stand in MESSAGE.
"""

import polars as pl

from analyzer.formats.escapes import undo_default
from analyzer.formats.format import Format, captured, one_line_each, parsed, share_read
from analyzer.formats.nginx_variables import fill_from
from analyzer.grammar import load
from analyzer.schema import KIND, Hop, Kind

_GRAMMAR = load("nginx_access")
_LESS_SURE = 0.9  # a log_format that says what the rest of the line means reads it better


def _read(records: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST))
    return parsed(captured(records, _GRAMMAR), {**fill_from(_GRAMMAR.captures, undo_default), KIND: kind})


def _affinity(raw: pl.Series) -> float:
    extra = pl.coalesce("rest", "rest_of_numbers").is_not_null()
    return share_read(raw, _GRAMMAR, pl.when(extra).then(_LESS_SURE).otherwise(1.0))


FORMAT = Format("nginx_access", "nginx access log (combined)", Hop.NGINX, _GRAMMAR, _read, _affinity, one_line_each())
