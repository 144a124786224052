"""An access log in a `log_format` of its own, where the bundle holds no config that names it.

In come its lines, out go requests: who, when, what, and the status. What else stands in the line is not guessed at,
unless it bears its name at the line's end, or is what nothing else is. That are the peers of a request that was tried
at several, behind a list of statuses; a referrer and a browser that follow on the size, as in nginx's `combined`; and a
last word `websocket`, which is the Upgrade header: the request's, but of a 426, whose answer bears it.
"""

import polars as pl

from analyzer.formats.escapes import undo_default
from analyzer.formats.format import Format, captured, one_line_each, parsed, share_read
from analyzer.formats.named_tail import NAMED, PEER, named_in
from analyzer.formats.nginx_variables import fill_from
from analyzer.grammar import load
from analyzer.schema import KIND, Hop, Kind

_GRAMMAR = load("access_like")
_LESS_SURE = 0.7  # every format that knows the whole line reads it better
_TRIED = rf"^ ((?:[0-9]{{3}}|-)(?:(?:, | : )(?:[0-9]{{3}}|-))+) ({PEER}(?:(?:, | : ){PEER})+)\s*$"
_QUOTED = r'(?:[^"\\]|\\.)*'
_PRODUCT = r"[A-Za-z][[:word:].-]*(?: [A-Za-z][[:word:].-]*)*/v?[0-9]"  # RFC 9110, 10.1.5
_HEADERS = rf'^ (?:[0-9]+|-) "(-?|[a-z][a-z0-9+.-]*://{_QUOTED})" "({_PRODUCT}{_QUOTED})"(?: |$)'
_LAST_WORD = (r'[ ,;|]"((?i:websocket))"\s*$', r"[ ,;|]((?i:websocket))\s*$")
_UPGRADE_REQUIRED = "426"


def _with_rest(found: pl.DataFrame) -> pl.DataFrame:
    """Add what the rest of a line tells, as columns of nginx's names."""
    rest = pl.col("rest")
    tried, headers = rest.str.extract_groups(_TRIED).struct, rest.str.extract_groups(_HEADERS).struct
    last = pl.coalesce(rest.str.extract(pattern, 1) for pattern in _LAST_WORD)
    return found.with_columns(*named_in(rest)).with_columns(
        upstream_status=pl.coalesce("upstream_status", tried.field("1")),
        upstream_addr=pl.coalesce("upstream_addr", tried.field("2")),
        http_referer=headers.field("1"),
        http_user_agent=headers.field("2"),
        http_upgrade=pl.coalesce("http_upgrade", pl.when(pl.col("status") != _UPGRADE_REQUIRED).then(last)),
    )


def _read(records: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST))
    fill = fill_from([*_GRAMMAR.captures, *NAMED, "http_referer", "http_user_agent"], undo_default)
    return parsed(_with_rest(captured(records, _GRAMMAR)), {**fill, KIND: kind})


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR, pl.lit(_LESS_SURE))


FORMAT = Format(
    "access_like", "access log in a format of its own", Hop.NGINX, _GRAMMAR, _read, _affinity, one_line_each()
)
