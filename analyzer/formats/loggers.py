"""What the lines of loggers have in common, whatever head they write: words, a level, an error, a time that it took.

In comes a frame with a column `text`, out go the columns of requests and handshakes. The hard thing is the rest of the
line: one logger prints an object after its words, another one pairs, a third one a stack; all say what matters.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import fill_from_words
from analyzer.formats.errnos import errno_in
from analyzer.formats.format import Fill
from analyzer.formats.pairs import facts_in_pairs
from analyzer.formats.words import read_words
from analyzer.schema import Kind, Lacks

_EXCEPTION = r"\b([A-Z][A-Za-z]+(?:Error|Exception))(?: \[[[:word:]]+\])?:"
_CODE_OF_NODE = (
    r"(?s)\n +at [^\n]* \{\n.*?\bcode: '([A-Z][A-Z0-9_]+)'"  # what an error bears is printed behind its stack
)
_FRAME = r"(?m)\n[ \t]+at [^\n]*?( \{)?$"  # behind the last one, what the error bears is printed as an object
_TOOK = r" ([0-9]+(?:\.[0-9]+)?) ?ms\b"


def with_pairs(frame: pl.DataFrame, pairs: str = "text") -> pl.DataFrame:
    """Add what the words of `text` carry, and under `in_*` what the pairs hold that stand in the column `pairs`."""
    return read_words(frame).hstack(facts_in_pairs(frame[pairs]).rename(lambda name: f"in_{name}"))


def fill_from_logger(time: Fill, level: pl.Expr) -> Fill:
    """Map words, objects or pairs, level and time to columns; a request's line is written when it was answered."""
    text, timed = pl.col("text"), time[c.TIME].is_not_null()
    milliseconds = pl.when(pl.col("kind") == Kind.REQUEST).then(text.str.extract(_TOOK, 1).cast(pl.Float64))
    answered = pl.when(timed & milliseconds.is_not_null()).then(pl.lit("end"))
    return {
        **fill_from_words(),
        **time,
        c.TIME_MARKS: pl.coalesce(answered, pl.when(timed).then(pl.lit("instant")).otherwise(pl.lit("unknown"))),
        c.DURATION: (milliseconds * 1000).round().cast(pl.Int64, strict=False),
        c.LEVEL: level.str.to_lowercase(),
        c.MESSAGE: text.str.replace_all(_FRAME, "${1}").str.strip_chars_end(),
        c.ERROR: error_in(text),
    }


def error_in(text: pl.Expr) -> pl.Expr:
    """Name the errno, Node's code of an error, or the exception that a text tells of."""
    return pl.coalesce(errno_in(text), text.str.extract(_CODE_OF_NODE, 1), text.str.extract(_EXCEPTION, 1))


def iso(stamp: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Read a time as ISO 8601 has it, `T` or a blank in its middle: once with a zone, once without."""
    text = stamp.str.replace(" ", "T").str.replace(" ", "").str.replace(r"([.,][0-9]{6})[0-9]+", "${1}")
    dotted = text.str.replace(",", ".")
    zoned = dotted.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
    return zoned, dotted.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)


def time_of_day(stamp: pl.Expr, pattern: str) -> Fill:
    """Read a time without a date."""
    read = ("1970-01-01 " + stamp).str.to_datetime(f"%Y-%m-%d {pattern}", time_unit="us", strict=False)
    clock = read.dt.replace_time_zone("UTC")
    return {c.CLOCK: clock, c.TIME_LACKS: pl.when(clock.is_not_null()).then(pl.lit(Lacks.DATE))}


def dated_or_of_day(dated: Fill, of_day: Fill) -> Fill:
    """Fill the time where a stamp bears a date, else the time of day alone."""
    undated = dated[c.TIME].is_null()
    return {
        **dated,
        c.CLOCK: pl.when(undated).then(of_day[c.CLOCK]),
        c.TIME_LACKS: pl.coalesce(dated[c.TIME_LACKS], pl.when(undated).then(of_day[c.TIME_LACKS])),
    }


def microseconds_of(took: pl.Expr) -> pl.Expr:
    """Read a duration as Go writes it, `12.5ms`, `1m2.5s`, in microseconds; null without a unit."""
    parts = {"h": 3_600_000_000.0, "m": 60_000_000.0, "s": 1_000_000.0, "ms": 1000.0, "(?:µ|μ|u)s": 1.0, "ns": 0.001}
    told = [
        took.str.extract(rf"([0-9.]+){unit}(?:[0-9]|$)", 1).cast(pl.Float64, strict=False) * worth
        for unit, worth in parts.items()
    ]
    known = took.str.contains(r"^(?:[0-9.]+(?:h|ms|m|s|µs|μs|us|ns))+$")
    return pl.when(known).then(pl.sum_horizontal(told).round().cast(pl.Int64))
