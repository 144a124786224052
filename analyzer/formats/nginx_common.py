"""nginx's access log in a log_format that many people copy, where no config tells which.

In come its lines, out go requests. The hard thing is that two log_formats may read one line and mean other things by
it: $request_time and $upstream_response_time, either way round. What is impossible of one settles it for the other;
else only what both tell is told, and of two durations that are hardly apart the longer. The formats are compiled when
the first line asks for them.
"""

from collections.abc import Mapping
from functools import cache, reduce
from itertools import groupby

import polars as pl

from analyzer.formats.common_log_formats import COMMON, Published
from analyzer.formats.format import Format, captured, may_read, one_line_each
from analyzer.formats.log_format import from_log_format, literals_of
from analyzer.needed_words import words_in
from analyzer.schema import DURATION, KIND, PARSED, RAW, Hop, schema_of

_STAMP = r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}"
_COMBINED = r'^[^ ]+ - [^\["]*\[[^\]]+\] "[^"]*" [0-9]{3} [0-9]+ "[^"]*" "[^"]*"$'
_LESS_SURE = 0.95  # a config that tells the log_format knows better
_LOOKED_AT = 50
_LAG_S = 0.02  # nginx's clock stands still for a turn of its loop: a part may seem longer than the whole
_LONGEST_PART = r"([0-9]+\.[0-9]{3})(?:[^0-9]|$)"
_PEER = r"(?:(?:[0-9.]+|\[[0-9A-Fa-f:]+\]):[0-9]{2,5}|unix:[^ ,]+)"
_PEERS = rf"^{_PEER}(?:(?:, | : ){_PEER})*$"
_MARKED = r"^\s*(?:[-*•>|]+|[0-9]{1,3}[.)])\s"  # by a mail or a list: no log_format of the table begins so
_BARE_ADDRESS = r"(?:^|, )[0-9.]+(?:,|$)"

_Rivals = tuple[Format, ...]
_Literals = tuple[str, ...]


@cache
def _published() -> Mapping[_Literals, tuple[Published, ...]]:
    """What is published; together what may read one line, under the literals that such a line holds."""
    told = sorted(((literals_of(each.text), each) for each in COMMON), key=lambda pair: pair[0])
    return {of: tuple(each for _, each in group) for of, group in groupby(told, key=lambda pair: pair[0])}


@cache
def _made(literals: _Literals) -> _Rivals:
    return tuple(from_log_format(each.name, each.text, each.escape) for each in _published()[literals])


def _rivals_for(texts: pl.Series) -> list[_Rivals]:
    """The formats that may read any of these texts."""
    stand = words_in(texts)
    near = (_made(of) for of in _published() if stand(tuple(frozenset({each.casefold()}) for each in of if each)))
    return [rivals for rivals in near if any(may_read(form, texts) for form in rivals)]


def _plausible(found: pl.DataFrame) -> list[pl.Expr]:
    """What holds of all that nginx writes, of the fields that a format reads."""
    said: list[pl.Expr] = []
    if "request_time" in found.columns:
        whole = pl.col("request_time").cast(pl.Float64, strict=False)
        parts = [name for name in found.columns if name.startswith("upstream_") and name.endswith("_time")]
        longest = (pl.col(name).str.extract(_LONGEST_PART).cast(pl.Float64, strict=False) for name in parts)
        said += [(whole + _LAG_S >= part) for part in longest]
    if "upstream_addr" in found.columns:
        said.append(~pl.col("upstream_addr").str.contains(_BARE_ADDRESS))
    if "http_x_forwarded_for" in found.columns:
        said.append(~pl.col("http_x_forwarded_for").str.contains(_PEERS))
    return [each.fill_null(value=True) for each in said]


def _read_by(form: Format, records: pl.DataFrame) -> pl.DataFrame:
    """What one of several rivals tells; nothing of a line that it cannot have written."""
    if form.grammar is None:
        return form.read(records)
    found = captured(records, form.grammar)
    plausible = _plausible(found)
    if not plausible:
        return form.read(records)
    possible = found.select(pl.all_horizontal(plausible)).to_series()
    return form.read(records.select(pl.when(possible).then(RAW.col).alias(RAW.name)))


def _agreed(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """What both tell where both read a line, else what the one does that reads it."""
    both = one[KIND.name].is_not_null() & other[KIND.name].is_not_null()
    told = one.hstack(other.rename(lambda name: f"other.{name}"))
    return told.select(
        pl.when(~both | pl.col(name).eq_missing(pl.col(f"other.{name}")))
        .then(pl.coalesce(name, f"other.{name}"))
        .alias(name)
        for name in one.columns
    )


def _durations(told: list[pl.DataFrame]) -> pl.Series:
    """How long requests took by the rival that other lines settled, else the longest that any reads.

    Where several read a line they are hardly apart: else one of them would be impossible.
    """
    reads = pl.DataFrame([each[KIND.name].is_not_null().alias(str(nth)) for nth, each in enumerate(told)])
    took = pl.DataFrame([each[DURATION.name].alias(str(nth)) for nth, each in enumerate(told)])
    how_many = reads.sum_horizontal()
    settled = [name for name in reads.columns if (reads[name] & (how_many == 1)).any()]
    by = took.select(settled[0] if len(settled) == 1 else pl.max_horizontal(pl.all())).to_series()
    near = took.max_horizontal() - took.min_horizontal() <= _LAG_S * 1_000_000
    all_tell = pl.sum_horizontal(pl.all().is_not_null())
    return by.to_frame("by").select(pl.when(near & (took.select(all_tell).to_series() == how_many)).then("by"))["by"]


def _read_as(rivals: _Rivals, records: pl.DataFrame) -> pl.DataFrame:
    if len(rivals) == 1:
        return rivals[0].read(records)
    told = [_read_by(form, records) for form in rivals]
    return reduce(_agreed, told).with_columns(pl.coalesce(DURATION.name, _durations(told)).alias(DURATION.name))


def _read(records: pl.DataFrame) -> pl.DataFrame:
    """Read with the likeliest first; which come first changes nothing but the time it takes."""
    texts = records.select(pl.when(RAW.col.str.contains(_STAMP)).then(RAW.col).alias(RAW.name))
    told = pl.DataFrame({name: [] for name in schema_of(PARSED)}, schema=schema_of(PARSED)).clear(texts.height)
    if texts[RAW.name].null_count() == texts.height:
        return told
    sample = texts.filter(RAW.col.is_not_null()).head(_LOOKED_AT)
    for rivals in sorted(_rivals_for(texts[RAW.name]), key=lambda each: _read_as(each, sample)[KIND.name].null_count()):
        unread = texts.select(pl.when(told[KIND.name].is_null()).then(RAW.col).alias(RAW.name))
        if unread[RAW.name].null_count() == unread.height:
            break
        more = _read_as(rivals, unread)
        told = told.hstack(more.rename(lambda name: f"more.{name}")).select(
            pl.coalesce(name, f"more.{name}").alias(name) for name in told.columns
        )
    return told


def _affinity(raw: pl.Series) -> float:
    lines = raw.alias(RAW.name).to_frame().filter(RAW.col.str.contains(r"\S"))
    others = lines.filter(RAW.col.str.contains(_STAMP) & ~RAW.col.str.contains(f"{_COMBINED}|{_MARKED}"))
    if others.is_empty():
        return 0.0
    return _LESS_SURE * (others.height - _read(others)[KIND.name].null_count()) / lines.height


FORMAT = Format(
    "nginx_common",
    "nginx access log in a log_format that many copy",
    Hop.NGINX,
    None,
    _read,
    _affinity,
    one_line_each(),
)
