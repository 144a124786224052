"""The many ways in which programs write a time, found anywhere at the beginning of a line.

In comes a column of texts, out go TIME or CLOCK, and what the written time leaves open. The hard thing is what must
not be guessed: `03/04/2026` is two days, so only its time of day is known, as of `Nov 21 07:22:43`, which has no year.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill
from analyzer.schema import Lacks

_AT = r"(?:^|[\s\[(\"'=|>:])"
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}"
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DAY = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_ZONE = r"(?: ?(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?"
_FRACTION = r"(?:[.,]([0-9]{1,6})[0-9]*)?"
_HEAD = 160  # the time of a line stands at its beginning
_SHAPES = (  # what is written, and how its date, clock, fraction and zone are put together
    (rf"{_AT}([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[T ]({_CLOCK}){_FRACTION}{_ZONE}", "%Y-%m-%d"),
    (rf"{_AT}([0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}}) ({_CLOCK}){_FRACTION}{_ZONE}", "%Y/%m/%d"),
    (rf"{_AT}([0-9]{{2}}/(?:{_MONTH})/[0-9]{{4}})[: ]({_CLOCK}){_FRACTION}{_ZONE}", "%d/%b/%Y"),
    (rf"{_AT}([0-9]{{2}}-(?:{_MONTH})-[0-9]{{4}}) ({_CLOCK}){_FRACTION}{_ZONE}", "%d-%b-%Y"),
    (rf"{_AT}(?:{_DAY}), ([0-9]{{2}} (?:{_MONTH}) [0-9]{{4}}) ({_CLOCK}){_FRACTION}{_ZONE}", "%d %b %Y"),
    (rf"{_AT}([0-3][0-9]\.[01][0-9]\.[0-9]{{4}}),? ({_CLOCK}){_FRACTION}{_ZONE}", "%d.%m.%Y"),
)
_BEFORE_YEAR = r"(?: (UTC|GMT|[+-][0-9]{4}))?"
_CTIME = rf"{_AT}(?:{_DAY}) ((?:{_MONTH}) [ 0-3][0-9]) ({_CLOCK})(?:\.([0-9]{{1,6}}))?{_BEFORE_YEAR} ([0-9]{{4}})\b"
_AMERICAN = r"([0-9]{1,2}/[0-9]{1,2}/[0-9]{4}),? ([0-9]{1,2}:[0-9]{2}:[0-9]{2})[ \x{202F}]([AP]M)"
_EPOCH = (
    r"(?:^\[?|(?i:\b(?:ts|time|timestamp)[\"']?[=:] ?\"?))(1[0-9]{9})"
    r"(?:\.([0-9]{1,6})[0-9]*|([0-9]{3}))?(?:[\s\],\"}]|: |$)"
)
_UNSURE_DAY = rf"[IWEF][0-9]{{4}} |\S{{0,3}}(?:{_MONTH}) [ 0-3]?[0-9] |[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{2,4}},? "
_OF_DAY = rf"^(?:{_UNSURE_DAY})?[\[(]?({_CLOCK}){_FRACTION}(?:[\s\]),]|$)"
_NO_ZONE = "Z"

WRITTEN = "|".join(f"(?:{each})" for each in (*(pattern for pattern, _ in _SHAPES), _CTIME, _AMERICAN, _EPOCH, _OF_DAY))
"""Any time at all."""


def fill_moment(text: pl.Expr) -> Fill:
    """Fill the time, as far as it is written; one without a zone is read as if it were UTC, and lacks it."""
    head = text.str.head(_HEAD)
    found = [_shape(head, pattern, form) for pattern, form in _SHAPES]
    dated, zones = [each[0] for each in found], [each[1] for each in found]
    ctime, ctime_zone = _ctime(head)
    american, epoch = _american(head), _epoch(head)
    naive = pl.coalesce(*dated, ctime, american)
    zone = pl.coalesce(*zones, ctime_zone)
    time = pl.coalesce(naive, epoch)
    clock = pl.when(time.is_null()).then(_of_day(head))
    return {
        c.TIME: time,
        c.CLOCK: clock,
        c.TIME_LACKS: pl.when(naive.is_not_null() & zone.is_null())
        .then(pl.lit(Lacks.ZONE.value))
        .when(clock.is_not_null())
        .then(pl.lit(Lacks.DATE.value)),
        c.TIME_MARKS: pl.when(time.is_not_null() | clock.is_not_null())
        .then(pl.lit("instant"))
        .otherwise(pl.lit("unknown")),
    }


def _moment(day: pl.Expr, clock: pl.Expr, fraction: pl.Expr, zone: pl.Expr, form: str) -> pl.Expr:
    offset = zone.replace({"UTC": _NO_ZONE, "GMT": _NO_ZONE}).fill_null(_NO_ZONE)
    told = pl.concat_str(day, pl.lit("T"), clock, pl.lit("."), fraction.fill_null("0"), offset)
    return told.str.to_datetime(f"{form}T%H:%M:%S%.f%#z", time_unit="us", strict=False)


def _shape(head: pl.Expr, pattern: str, form: str) -> tuple[pl.Expr, pl.Expr]:
    day, clock, fraction, zone = (head.str.extract(pattern, group) for group in (1, 2, 3, 4))
    return _moment(day, clock, fraction, zone, form), zone


def _ctime(head: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """`Sat Nov 21 07:22:43 2026`: C's asctime, Apache's error log, `date`."""
    day, clock, fraction, zone, year = (head.str.extract(_CTIME, group) for group in (1, 2, 3, 4, 5))
    dated = pl.concat_str(year, day.str.replace("  ", " 0"), separator=" ")
    return _moment(dated, clock, fraction, zone, "%Y %b %d"), zone


def _american(head: pl.Expr) -> pl.Expr:
    """`11/21/2026, 7:23:59 AM`: who writes AM and PM writes the month first."""
    told = pl.concat_str((head.str.extract(_AMERICAN, group) for group in (1, 2, 3)), separator=" ")
    naive = told.str.to_datetime("%m/%d/%Y %I:%M:%S %p", time_unit="us", strict=False)
    return naive.dt.replace_time_zone("UTC")


def _epoch(head: pl.Expr) -> pl.Expr:
    seconds, fraction, thousandth = (head.str.extract(_EPOCH, group) for group in (1, 2, 3))
    parts = pl.coalesce(fraction, thousandth).fill_null("0").str.pad_end(6, "0")
    return pl.from_epoch(seconds.cast(pl.Int64) * 1_000_000 + parts.cast(pl.Int64), "us").dt.replace_time_zone("UTC")


def _of_day(head: pl.Expr) -> pl.Expr:
    """A time of day on its own, behind syslog's day or behind a day that can be read in two ways."""
    told = pl.concat_str(
        pl.lit("1970-01-01T"), head.str.extract(_OF_DAY, 1), pl.lit("."), head.str.extract(_OF_DAY, 2).fill_null("0")
    )
    return told.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False).dt.replace_time_zone("UTC")
