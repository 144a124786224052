"""logfmt: every line is pairs (brandur.org/logfmt), from logrus, go-kit, log/slog, lograge.

In come lines, out go the same requests, handshakes and words as from JSON lines. The hard thing is that pairs are not
only a log: who writes settings as `a=b` writes no level and no message, and is left alone.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.facts import NAMES
from analyzer.formats.format import Fill, Format, captured, moment, one_line_each, parsed
from analyzer.formats.loggers import fill_from_logger, iso, microseconds_of, with_pairs
from analyzer.formats.nginx_variables import number
from analyzer.formats.pairs import read_pairs
from analyzer.formats.tracebacks import exception_class, exception_in
from analyzer.grammar import load
from analyzer.schema import RAW, Hop, Kind

_GRAMMAR = load("logfmt")
_OF_LOGGER: dict[str, tuple[str, ...]] = {
    "time": ("time", "ts", "t", "timestamp"),
    "level": ("level", "lvl", "severity"),
    "words": ("msg", "message", "event"),
    "failure": ("err", "error", "exception", "exc_info"),
    "took": ("duration", "latency", "elapsed", "took", "service", "response_time"),
    "answer": NAMES["status"],
    "verb": NAMES["method"],
    "where": NAMES["target"],
    "controller": ("controller",),
}
_OF_LOGRAGE = r" error='(.+)' [a-z_]+="


def _lines(records: pl.DataFrame) -> pl.DataFrame:
    """Read the pairs; `text` is what a console would have printed: the words, and the error that went along."""
    pairs = captured(records, _GRAMMAR)["pairs"]
    told = read_pairs(pairs, _OF_LOGGER)
    answered = pl.all_horizontal(pl.col("verb", "where", "answer").is_not_null())
    a_log = answered | pl.col("words").is_not_null() | (pl.col("level").is_not_null() & pl.col("time").is_not_null())
    failure = pl.coalesce(pairs.to_frame().select(pl.first().str.extract(_OF_LOGRAGE, 1)).to_series(), "failure")
    said = pl.concat_str(
        "words", pl.coalesce(exception_in(pl.col("failure")), "failure"), separator=": ", ignore_nulls=True
    )
    return told.with_columns(pairs=pairs, failure=failure).with_columns(
        answered=answered, ours=a_log, text=pl.when(said != "").then(said)
    )


def _time() -> Fill:
    seconds = pl.col("time").cast(pl.Float64, strict=False)
    epoch = (
        (seconds * 1_000_000).round().cast(pl.Int64, strict=False).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )
    zoned, naive = iso(pl.col("time"))
    return moment(pl.coalesce(epoch, zoned), naive)


def _took() -> pl.Expr:
    """Give the duration; lograge counts milliseconds and does not say so."""
    by_rails = pl.when(pl.col("controller").is_not_null()).then(pl.col("took").cast(pl.Float64, strict=False) * 1000)
    return pl.coalesce(microseconds_of(pl.col("took")), by_rails.round().cast(pl.Int64, strict=False))


def _fill() -> Fill:
    words, timed = fill_from_logger(_time(), pl.col("level")), pl.col("time").is_not_null()
    request = pl.when(pl.col("answered")).then(pl.lit(Kind.REQUEST.value))
    at_end = pl.when(pl.col("answered") & timed).then(pl.lit("end"))
    return {
        **words,
        c.KIND: pl.when(pl.col("ours")).then(pl.coalesce(request, "kind", pl.lit(Kind.MESSAGE.value))),
        c.TIME_MARKS: pl.coalesce(at_end, words[c.TIME_MARKS]),
        c.DURATION: pl.when(pl.col("answered")).then(_took()),
        c.METHOD: pl.coalesce("verb", words[c.METHOD]),
        c.ERROR: pl.coalesce(words[c.ERROR], exception_class(pl.col("failure"))),
        c.STATUS: pl.when(pl.col("answered")).then(number(pl.col("answer"))).otherwise(words[c.STATUS]),
        c.MESSAGE: pl.coalesce("text", "pairs"),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_pairs(_lines(records), "pairs"), _fill())


def _affinity(raw: pl.Series) -> float:
    lines = raw.alias(RAW.name).to_frame().filter(RAW.col.str.contains(r"\S"))
    ours = pl.col("ours").cast(pl.Float64).mean()
    return _LESS_SURE * float(_lines(lines).select(ours).item()) if lines.height else 0.0


_LESS_SURE = 0.95  # who writes it is known better by the names of its own


FORMAT = Format("logfmt", "logfmt", Hop.BACKEND, _GRAMMAR, _read, _affinity, one_line_each())
