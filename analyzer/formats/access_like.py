"""An access log in a `log_format` of its own, where the bundle holds no config that names it.

In come its lines, out go requests: who, when, what, and the status. What else stands in the line is not guessed at,
unless it bears its name: `rt=0.003 us="404"` at the line's end, by the names that log_formats usually give. The hard
thing is that `ua` is the upstream's address to one and the browser to another: the value must look like what it is.
Only the peers of a request that was tried at several need no name: nothing else that nginx logs is a list of peers
behind a list of statuses.
"""

import polars as pl

from analyzer.formats.escapes import undo_default
from analyzer.formats.format import Format, captured, one_line_each, parsed, share_read
from analyzer.formats.nginx_variables import fill_from
from analyzer.grammar import load
from analyzer.records import plain_texts
from analyzer.schema import KIND, RAW, Hop, Kind

_GRAMMAR = load("access_like")
_LESS_SURE = 0.7  # every format that knows the whole line reads it better
_PAIR = r' [a-z_]+=(?:"[^"]*"|[^\s"]+)'
_PAIRS = rf"((?:{_PAIR})+)\s*$"
_PEER = r"(?:[0-9.]+:[0-9]+|\[[0-9A-Fa-f:]+\]:[0-9]+|unix:[^\s,]+|-)"
_TRIED = rf"^ ((?:[0-9]{{3}}|-)(?:(?:, | : )(?:[0-9]{{3}}|-))+) ({_PEER}(?:(?:, | : ){_PEER})+)\s*$"
_NAMED = {  # which variable stands behind which name, and what it looks like
    "request_time": ("rt|request_time", r"[0-9]+\.[0-9]{3}"),
    "upstream_addr": ("ua|upstream_addr|upstream", rf"{_PEER}(?:(?:, | : ){_PEER})*"),
    "upstream_status": ("us|upstream_status", r"(?:[0-9]{3}|-)(?:(?:, | : )(?:[0-9]{3}|-))*"),
    "upstream_header_time": ("uht|upstream_header_time", r"(?:[0-9.]+|-)(?:(?:, | : )(?:[0-9.]+|-))*"),
    "http_upgrade": ("upgrade|http_upgrade", r"[A-Za-z][A-Za-z0-9/.-]*|-"),
}


def _with_tail(found: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Add what bears its name at a line's end, and the peers that were tried, as columns of nginx's names."""
    tail = plain_texts(records[RAW.name]).str.extract(_PAIRS, 1).alias("tail").to_frame()
    values = (
        pl.col("tail")
        .str.extract(rf'^(?:{_PAIR})*? (?:{names})=("(?:{shape})"|(?:{shape}))(?: |\s*$)', 1)
        .str.strip_chars('"')
        .alias(variable)
        for variable, (names, shape) in _NAMED.items()
    )
    tried = pl.col("rest").str.extract_groups(_TRIED).struct
    return found.hstack(tail.select(values)).with_columns(
        upstream_status=pl.coalesce("upstream_status", tried.field("1")),
        upstream_addr=pl.coalesce("upstream_addr", tried.field("2")),
    )


def _read(records: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST))
    fill = fill_from([*_GRAMMAR.captures, *_NAMED], undo_default)
    return parsed(_with_tail(captured(records, _GRAMMAR), records), {**fill, KIND: kind})


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR, pl.lit(_LESS_SURE))


FORMAT = Format(
    "access_like", "access log in a format of its own", Hop.NGINX, _GRAMMAR, _read, _affinity, one_line_each()
)
