"""log4js: the console's words behind a time, a level and a category.

In come its lines, out go requests, handshakes and messages. The hard thing is its Express logger: that line is Apache's
without a time, for the head has it.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import console_assembly, with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed, said, share_of_heads
from analyzer.formats.loggers import fill_from_logger, iso
from analyzer.grammar import load
from analyzer.schema import Hop

_GRAMMAR = load("log4js")
_ASSEMBLY = console_assembly()
_ACCESS = (
    r'^(?P<client>\S+) - - "[A-Z]+ \S+ HTTP/(?P<protocol>[0-9.]+)" [0-9]{3} \S+'
    r' "(?P<referrer>[^"]*)" "(?P<agent>[^"]*)"'
)


def _fill() -> Fill:
    words = fill_from_logger(moment(*iso(pl.col("stamp"))), pl.col("level"))
    access = pl.col("text").str.extract_groups(_ACCESS).struct
    request = pl.when(access.field("client").is_not_null()).then(pl.lit("end"))
    return {
        **words,
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(words[c.KIND]),
        c.TIME_MARKS: pl.coalesce(request, words[c.TIME_MARKS]),
        c.PROTOCOL: pl.coalesce(access.field("protocol"), words[c.PROTOCOL]),
        c.CLIENT: pl.coalesce(access.field("client").str.strip_prefix("::ffff:"), words[c.CLIENT]),
        c.REFERRER: said(access.field("referrer")),
        c.USER_AGENT: pl.coalesce(said(access.field("agent")), words[c.USER_AGENT]),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_words(captured(records, _GRAMMAR)), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


FORMAT = Format("log4js", "log4js log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
