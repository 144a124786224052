"""One JSON object per line: pino, winston, bunyan, zap, slog.

In come lines, out go requests with their answers, and the same words as on a console. The hard thing is that every
logger names things its own way: the table of fields says which is which, `facts.py` knows the rest. Fastify tells of a
request in several lines, which its number holds together.
"""

import json

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import fill_from_words
from analyzer.formats.errnos import errno_in
from analyzer.formats.facts import Facts, Path, Value, at, clean, facts_of, first_at, paths
from analyzer.formats.format import Fill, Format, moment, one_line_each, parsed, said
from analyzer.formats.goroutines import without_frames
from analyzer.formats.json_fields import holds_objects
from analyzer.formats.loggers import microseconds_of
from analyzer.formats.tracebacks import exception_class, exception_in
from analyzer.formats.words import read_words
from analyzer.records import plain
from analyzer.schema import RAW, Hop, Kind

_FIELDS: dict[str, tuple[Path, ...]] = {
    "time": paths("time", "timestamp", "ts", "@timestamp", "datetime", "date", "record.time.timestamp"),
    "level": paths("level", "severity", "levelname", "log.level", "lvl", "@fields.level", "record.level.name"),
    "text": paths("msg", "message", "event", "textPayload", "@message", "record.message"),
    "error": paths(
        "err.code", "error.code", "err.type", "error.type", "err.name", "error.name", "record.exception.type"
    ),
    "failure": paths("err.message", "error.message", "err", "error", "record.exception.value", "exception", "exc_info"),
    "failed": paths("err.type", "err.name", "error.type", "error.name", "record.exception.type"),
    "duration": paths("responseTime", "response_time_ms", "durationMs", "duration_ms"),
    "number": paths("reqId", "req.id", "requestId", "request_id", "req_id"),
    "answered": paths("res.statusCode", "response.status", "statusCode"),
    "status_": paths("status", "status_code"),
    "took": paths("latency_human", "latency", "duration", "elapsed", "took"),
}
_BESIDE = paths("@fields", "record.extra")
_LEVELS = {"10": "trace", "20": "debug", "30": "info", "40": "warn", "50": "error", "60": "fatal"}
SCHEMA: dict[str, pl.DataType] = dict.fromkeys(_FIELDS, pl.String()) | {
    f"in_{name}": dtype for name, dtype in Facts.schema().items()
}
EMPTY = (None,) * len(SCHEMA)
_OF_THE_REQUEST = ("method", "target", "host", "client", "client_port", "upgrade")
_LESS_SURE = 0.95  # a program that is known by its own fields is known better
_MILLISECONDS_FROM = 100_000_000_000  # a number of seconds this large would be the year 5138


def _fields(line: str | None) -> tuple[object, ...]:
    """Read one line; all empty where it is no object of a logger."""
    if line is None or not line.lstrip().startswith("{"):
        return EMPTY
    try:
        value: Value = json.loads(line)
    except (ValueError, RecursionError):
        return EMPTY
    return fields_of(value)


def fields_of(value: Value) -> tuple[object, ...]:
    """Take out of an object what a logger tells by its fields, in the order of `SCHEMA`."""
    found = [_scalar(value, places) for places in _FIELDS.values()]
    return (*found, *facts_of(_with_what_went_along(value)).row()) if any(found) else EMPTY


def _with_what_went_along(value: Value) -> Value:
    """Lay beside its words what went along: logstash's form, as winston writes it, and loguru keep that apart."""
    fields = first_at(value, _BESIDE)
    return {**fields, **value} if isinstance(value, dict) and isinstance(fields, dict) else value


def _scalar(value: Value, places: tuple[Path, ...]) -> str | None:
    for path in places:
        found = at(value, path)
        if isinstance(found, str | int | float):
            return clean(str(found))
    return None


def _decoded(records: pl.DataFrame) -> pl.DataFrame:
    rows = [_fields(line) for line in records.select(plain(RAW.col)).to_series()]
    return requests_of(pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def requests_of(lines: pl.DataFrame) -> pl.DataFrame:
    """Lay the lines of one request beside each other, and words beside their error."""
    return _by_number(lines).with_columns(_said().alias("text"))


def _by_number(lines: pl.DataFrame) -> pl.DataFrame:
    """Lay what the first line of a numbered request tells beside its later ones.

    The last of them that has an answer is `whole`. Numbers begin anew when the program does: each line with a method
    begins a request.
    """
    numbered, begins = pl.col("number").is_not_null(), pl.col("in_method").is_not_null()
    one = ["number", "begun"]
    counted = lines.with_columns(begins.cum_sum().over("number").alias("begun"))
    known = [pl.col(f"in_{name}").forward_fill().over(one) for name in _OF_THE_REQUEST]
    later = pl.col("answered").is_not_null().cast(pl.Int64).cum_sum(reverse=True).over(one)
    return counted.with_columns(
        *(pl.when(numbered).then(each).otherwise(pl.col(each.meta.output_name())) for each in known),
        (~numbered | (later == 1)).alias("whole"),
    )


def _said() -> pl.Expr:
    """The words, and after them the error that went along: as a console would print the two."""
    text, thrown = without_frames(pl.col("text")), said(pl.col("failure"))
    failure = pl.coalesce(exception_in(thrown), thrown)
    named = pl.concat_str("failed", failure, separator=": ", ignore_nulls=True)
    told = text.str.contains(failure, literal=True) & (text != failure)
    return (
        pl.when(failure.is_null() | told)
        .then(text)
        .when(text == failure)
        .then(named)
        .otherwise(pl.concat_str(text, named, separator=": ", ignore_nulls=True))
    )


def _time() -> Fill:
    number = pl.col("time").cast(pl.Float64, strict=False)
    seconds = pl.when(number >= _MILLISECONDS_FROM).then(number / 1000).otherwise(number)
    epoch = (seconds * 1_000_000).round().cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
    iso = pl.col("time").str.replace(" ", "T").str.replace(r"(\.[0-9]{6})[0-9]+", "${1}")
    zoned = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
    naive = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    return moment(pl.coalesce(epoch.dt.replace_time_zone("UTC"), zoned), naive)


def _answered() -> pl.Expr:
    """Whether a line tells of a request and its answer, by pino's and Fastify's fields or those of Go's middlewares."""
    by_node = pl.col("answered").is_not_null() & pl.col("whole")
    measured = pl.col("took").is_not_null() & pl.col("in_target").str.starts_with("/") & pl.col("status_").is_not_null()
    return pl.col("in_method").is_not_null() & (by_node | measured)


def fill_from_fields() -> Fill:
    """Map what `requests_of` and the words gave to columns."""
    words, answered = fill_from_words(), _answered()
    milliseconds = pl.col("duration").cast(pl.Float64, strict=False)
    level = pl.col("level").str.to_lowercase()
    return {
        **words,
        c.KIND: pl.when(pl.any_horizontal(pl.col(name).is_not_null() for name in _FIELDS)).then(
            pl.when(answered).then(pl.lit(Kind.REQUEST)).otherwise(pl.coalesce("kind", pl.lit(Kind.MESSAGE)))
        ),
        c.STATUS: pl.when(answered).then("in_status").otherwise(words[c.STATUS]),
        **_time(),
        c.TIME_MARKS: pl.when(pl.col("time").is_null())
        .then(pl.lit("unknown"))
        .when(answered)
        .then(pl.lit("end"))
        .otherwise(pl.lit("instant")),
        c.DURATION: pl.when(answered).then(
            pl.coalesce((milliseconds * 1000).round().cast(pl.Int64, strict=False), microseconds_of(pl.col("took")))
        ),
        c.LEVEL: said(level.replace(_LEVELS)),
        c.ERROR: pl.coalesce("error", errno_in(pl.col("text")), exception_class(pl.col("failure"))),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(read_words(_decoded(records)), fill_from_fields())


def _affinity(raw: pl.Series) -> float:
    if not holds_objects(raw):
        return 0.0
    lines = raw.alias(RAW.name).to_frame().filter(RAW.col.str.contains(r"\S"))
    words = pl.col("text").is_not_null() & (pl.col("level").is_not_null() | pl.col("time").is_not_null())
    known = words | (_answered() & pl.col("took").str.contains("[a-zµ]$"))  # a duration with its unit: nginx has none
    return _LESS_SURE * float(_decoded(lines).select(known.fill_null(value=False).cast(pl.Float64).mean()).item())


FORMAT = Format("json_lines", "JSON lines", Hop.BACKEND, None, _read, _affinity, one_line_each())
