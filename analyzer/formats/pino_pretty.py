"""pino-pretty, and Fastify in development: pino's JSON lines as people like to read them.

In come its records, out go the same requests and words as from the JSON. The hard thing is to turn a record back into
its object: fields stand in lines of their own, each as JSON, but for the stack, which is printed as it is.
"""

import json

import polars as pl

from analyzer import schema as c
from analyzer.formats.facts import Value
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.json_lines import SCHEMA, fields_of, fill_from_fields, requests_of
from analyzer.formats.loggers import dated_or_of_day, iso, time_of_day
from analyzer.formats.words import read_words
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import Hop

_GRAMMAR = load("pino_pretty")
_STACK = r'\n +"stack":(?:\n {10,}[^\n]*)*|\n {10,}[^"\s][^\n]*'
_FIELD = r"\n    ([A-Za-z_][\w.-]*): "
_LAST_COMMA = r",(\n\s*[}\]])"
_ONE_LINE = r"^([^\n]*?) (\{\"[^\n]*\})\s*(?:\n|$)"
_THROWN = r"\n {10,}((?:[A-Z]\w*)?Error: [^\n]*)"


def _fields_below(text: pl.Expr) -> pl.Expr:
    """Write the fields below the words as one JSON object."""
    rest = text.str.extract(r"(?s)^[^\n]*(\n.*)$", 1).str.replace_all(_STACK, "").str.replace_all(_LAST_COMMA, "${1}")
    fields = rest.str.replace_all(_FIELD, ',"${1}": ').str.strip_chars_start(",\n ")
    return "{" + fields + "}"


def _object(written: str | None) -> dict[str, Value]:
    try:
        value = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _fields(words: str | None, beside: str | None, below: str | None) -> tuple[object, ...]:
    """Read the fields that stand beside the words; on a single line the error stands below it all the same."""
    return fields_of({**_object(beside), **_object(below), "msg": words})


def _lines(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR)
    text = pl.col("text")
    words = pl.coalesce(text.str.extract(_ONE_LINE, 1), text.str.extract(r"^([^\n]*)", 1)).str.strip_chars_end()
    thrown = pl.when(~text.str.contains('"stack":\n', literal=True)).then(text.str.extract(_THROWN, 1))
    said = lines.select(
        "stamp", "level", thrown=thrown, words=words, beside=text.str.extract(_ONE_LINE, 2), below=_fields_below(text)
    )
    objects = said.select("words", "beside", "below").iter_rows()
    told = pl.DataFrame([_fields(*each) for each in objects], SCHEMA, orient="row")
    return requests_of(
        told.drop("time", "level")
        .hstack(said.select("stamp", "thrown", pl.col("level").str.to_lowercase()))
        .with_columns(time=pl.col("stamp"), failure=pl.coalesce("failure", "thrown"))
    )


def _time() -> Fill:
    stamp = pl.col("stamp")
    return dated_or_of_day(moment(*iso(stamp)), time_of_day(stamp, "%H:%M:%S%.f"))


def _read(records: pl.DataFrame) -> pl.DataFrame:
    fill = {**fill_from_fields(), **_time()}
    ours = pl.when(pl.col("stamp").is_not_null())
    return parsed(
        read_words(_lines(records)), {**fill, c.KIND: ours.then(pl.coalesce(fill[c.KIND], pl.lit("message")))}
    )


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


_ASSEMBLY = Assembly(
    goes_on=lambda line: line.str.contains(r"^ {4,}\S"), begins=lambda line: line.str.contains(r"^\[[0-9]")
)

FORMAT = Format("pino_pretty", "pino-pretty log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
