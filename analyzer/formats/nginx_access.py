"""nginx's `combined` access log, and whatever a log_format adds after it.

In come its lines, out go requests, with what bears its name behind them. The hard thing is a request line that is none:
TLS bytes, an empty one, `GET /` without a version; such a record is kept, its words stand in MESSAGE.
"""

import polars as pl

from analyzer.formats.escapes import undo_default
from analyzer.formats.format import Format, captured, one_line_each, parsed, share_read
from analyzer.formats.named_tail import NAMED, named_in
from analyzer.formats.nginx_variables import fill_from
from analyzer.formats.plain_access import skim_combined
from analyzer.grammar import load
from analyzer.schema import KIND, Hop, Kind

_GRAMMAR = load("nginx_access")
_REST = pl.coalesce("rest", "rest_of_numbers")
_LESS_SURE = 0.9  # a log_format that says what the rest of the line means reads it better


def _read(records: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST))
    found, variables = captured(records, _GRAMMAR), [*_GRAMMAR.captures]
    if found.select(_REST.is_not_null().any()).item():  # of most logs nothing is left
        found, variables = found.with_columns(*named_in(_REST)), [*variables, *NAMED]
    return parsed(found, {**fill_from(variables, undo_default), KIND: kind})


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR, pl.when(_REST.is_not_null()).then(_LESS_SURE).otherwise(1.0))


FORMAT = Format(
    "nginx_access",
    "nginx access log (combined)",
    Hop.NGINX,
    _GRAMMAR,
    _read,
    _affinity,
    one_line_each(),
    skim=skim_combined,
)
