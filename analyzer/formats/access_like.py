"""An access log in a `log_format` of its own, where the bundle holds no config that names it.

In come its lines, out go requests: who, when, what, and the status. What else stands in the line is not guessed at.
"""

import polars as pl

from analyzer.formats.escapes import undo_default
from analyzer.formats.format import Format, captured, one_line_each, parsed, share_read
from analyzer.formats.nginx_variables import fill_from
from analyzer.grammar import load
from analyzer.schema import KIND, Hop, Kind

_GRAMMAR = load("access_like")
_LESS_SURE = 0.7  # every format that knows the whole line reads it better


def _read(records: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST))
    return parsed(captured(records, _GRAMMAR), {**fill_from(_GRAMMAR.captures, undo_default), KIND: kind})


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR, pl.lit(_LESS_SURE))


FORMAT = Format(
    "access_like", "access log in a format of its own", Hop.NGINX, _GRAMMAR, _read, _affinity, one_line_each()
)
