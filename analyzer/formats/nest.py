"""NestJS: its own start-up lines and whatever the application says through its Logger.

In come its lines, out go requests, handshakes and messages. The hard thing is the date: Nest writes it as the machine's
language does, without a zone. With AM or PM it is American; with points or without either, the day comes first.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import console_assembly, with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.loggers import fill_from_logger
from analyzer.grammar import load
from analyzer.schema import Hop

_GRAMMAR = load("nest")
_ASSEMBLY = console_assembly(r"^(?:[A-Z]\w*)?(?:Error|Exception)(?: \[\w+\])?: ")  # the stack that went along
_SINCE = r" \+[0-9]+ms$"  # since the line before


def _time() -> Fill:
    stamp = pl.col("stamp").str.replace_all("[\u202f\u00a0]", " ").str.replace_all(r"\. ", ".")
    said = (
        stamp.str.replace_all(r"[/.-]", "/")
        .str.replace(",", "")
        .str.to_uppercase()
        .str.replace(r"([AP])\.? ?M\.?$", "${1}M")
    )
    orders = ("%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S")
    read = (said.str.to_datetime(order, time_unit="us", strict=False) for order in orders)
    return moment(pl.lit(None, pl.Datetime("us", "UTC")), *read)


def _fill() -> Fill:
    words = fill_from_logger(_time(), pl.col("level").str.strip_chars())
    return {**words, c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(words[c.KIND])}


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR).with_columns(pl.col("text").str.replace(_SINCE, ""))
    return parsed(with_words(lines), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


FORMAT = Format("nest", "NestJS log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
