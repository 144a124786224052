"""What the captures of a grammar of one's own, or the fields of one's own JSON, may be called: which name fills what.

In come the names and what they hold, as text; out go the columns, and what kind of record it is. A name is nginx's of a
variable (`request`, `remote_addr`, `http_upgrade`, ...), or one of the plain ones below. The hard thing is the kind: an
answer makes a request, words tell the rest.
"""

import re
from collections.abc import Callable, Collection, Iterator

import polars as pl

from analyzer import schema as c
from analyzer.errors import UsageError
from analyzer.formats.console import fill_from_words, kind_or, with_words
from analyzer.formats.escapes import undo_nothing
from analyzer.formats.format import Fill, moment, said
from analyzer.formats.moments import fill_moment
from analyzer.formats.nginx_variables import VARIABLES, fill_from, host_of, microseconds, number, port_of
from analyzer.schema import Kind

MARKS = ("start", "end", "instant", "unknown")
"""What a record's time may mark."""

_URL = r"^([a-z][a-z0-9+.-]*)://([^/?#]*)([/?][^#]*)?"


def _url(group: int) -> Callable[[pl.Expr], pl.Expr]:
    return lambda value: value.str.extract(_URL, group)


def _lower(value: pl.Expr) -> pl.Expr:
    return said(value).str.to_lowercase()


def _milliseconds(value: pl.Expr) -> pl.Expr:
    return microseconds(value.cast(pl.Float64, strict=False) / 1000)


_PLAIN: tuple[tuple[str, c.Column, Callable[[pl.Expr], pl.Expr]], ...] = (
    ("level", c.LEVEL, _lower), ("message", c.MESSAGE, said),
    ("method", c.METHOD, said), ("target", c.TARGET, said), ("path", c.TARGET, said),
    ("url", c.TARGET, _url(3)), ("url", c.SCHEME, _url(1)), ("url", c.HOST, lambda url: host_of(_url(2)(url))),
    ("url", c.PORT, lambda url: port_of(_url(2)(url))),
    ("port", c.PORT, number), ("protocol", c.PROTOCOL, lambda value: value.str.extract(r"([0-9](?:\.[0-9])?)$")),
    ("client", c.CLIENT, said), ("client_port", c.CLIENT_PORT, number),
    ("upgrade", c.UPGRADE, lambda value: value.replace("-", "").str.to_lowercase()), ("origin", c.ORIGIN, said),
    ("referrer", c.REFERRER, said), ("user_agent", c.USER_AGENT, said),
    ("duration", c.DURATION, microseconds), ("duration_ms", c.DURATION, _milliseconds),
    ("error", c.ERROR, said), ("close_code", c.CLOSE_CODE, number),
)  # fmt: skip

NAMES: tuple[str, ...] = ("time", *dict.fromkeys(name for name, _, _ in _PLAIN), *sorted(VARIABLES))
"""Every name that says something."""


def demand_known(names: Collection[str], where: str) -> None:
    """Raise UsageError where none of the names says anything."""
    if not set(names) & set(NAMES):
        told = ", ".join(sorted(names)) or "nothing at all"
        raise UsageError(f"{where} captures {told}: no such name says anything", f"It may capture {', '.join(NAMES)}.")


def with_fields(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what the words of `message` carry."""
    return with_words(frame.with_columns(pl.col("message").alias("text"))) if "message" in frame.columns else frame


def fill_from_names(names: Collection[str], read: pl.Expr, time_format: str | None, marks: str) -> Fill:
    """Map named texts to columns, of a frame that went through `with_fields`.

    `read` says of a row whether it is a record; `time_format` is how `time` is written (strptime's words; null: one of
    the usual ways); `marks` is a word of MARKS.
    """
    found: dict[c.Column, list[pl.Expr]] = {}
    for column, reading in _readings(names):
        found.setdefault(column, []).append(reading.cast(column.dtype, strict=False))
    fill = {column: pl.coalesce(readings) for column, readings in found.items()}
    time = _time(pl.col("time"), time_format) if "time" in names else {}
    return {**fill, **time, c.TIME_MARKS: pl.lit(marks), c.KIND: pl.when(read).then(_kind(fill, names))}


def _readings(names: Collection[str]) -> Iterator[tuple[c.Column, pl.Expr]]:
    variables = fill_from([name for name in names if name in VARIABLES], undo_nothing)
    yield from ((column, reading) for column, reading in variables.items() if column != c.TIME_MARKS)
    yield from ((column, read(pl.col(name))) for name, column, read in _PLAIN if name in names)
    if "message" in names:
        yield from ((column, reading) for column, reading in fill_from_words().items() if column != c.KIND)


def _kind(fill: Fill, names: Collection[str]) -> pl.Expr:
    """An answer makes a request, unless the words tell of more than an answer."""
    said_so = kind_or(Kind.MESSAGE) if "message" in names else pl.lit(Kind.MESSAGE.value)
    if c.STATUS not in fill or c.TARGET not in fill:
        return said_so
    answered = fill[c.STATUS].is_not_null() & fill[c.TARGET].is_not_null()
    return pl.when(answered & (said_so == Kind.MESSAGE)).then(pl.lit(Kind.REQUEST.value)).otherwise(said_so)


def _time(text: pl.Expr, told: str | None) -> Fill:
    """The time as it was told to be written, else in any of the usual ways."""
    if told and re.search(r"%[:#]?z", told):
        return moment(text.str.to_datetime(told, time_unit="us", strict=False), _NO_TIME)
    if told:
        return moment(_NO_TIME.dt.replace_time_zone("UTC"), text.str.to_datetime(told, time_unit="us", strict=False))
    return {column: reading for column, reading in fill_moment(text).items() if column != c.TIME_MARKS}


_NO_TIME = pl.lit(None, pl.Datetime("us"))
