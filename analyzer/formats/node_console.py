"""What a backend prints with console.log and the like: free words, with objects among them.

In come records of any text, out go the handshakes, refusals and failures that the words tell; the rest are messages.
The hard thing is that it reads everything: so it is sure of a sample only where telling marks are, and prose, yaml,
tables and source code have none.
"""

from functools import cache

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import CODE, NAMESPACE, console_assembly, with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed
from analyzer.formats.loggers import fill_from_logger
from analyzer.formats.words import read_kinds
from analyzer.grammar import load
from analyzer.records import plain_texts
from analyzer.schema import RAW, Hop, Kind

_GRAMMAR = load("node_console")
_ASSEMBLY = console_assembly()

_NODES_OWN = r"^\(node:[0-9]+\) |^node:[a-z0-9_/]+:[0-9]+$|^Node\.js v[0-9]"
_MARKS = (
    r"^(?:[\x{2190}-\x{2BFF}\x{1F000}-\x{1FAFF}]\x{FE0F}? ?\S|\[[A-Z][A-Za-z]*\] +\S)",  # an emoji, a tag
    r"^\[?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.,]+(?:Z|[+-][0-9:]+)?\]? +\[?[A-Za-z]+\]?:",  # a time and a level
    r"\{ [[:word:]]+: ['\"`0-9{\[]|\S \{$",  # an object of util.inspect
    rf"^[0-9T:.-]{{23}}Z {NAMESPACE} \S|^ *{NAMESPACE} .*\+[0-9]+(?:ms|s|m|h)$",  # `debug`
    rf"^(?:Uncaught )?(?:[A-Z][A-Za-z]*)?Error(?: \[[A-Z0-9_]+\])?: \S|{_NODES_OWN}",
    r"^npm (?:ERR!|error|WARN|warn) |^\[nodemon\] |^PM2 ",  # what starts a program, and tells that it died
    r"^Attaching to \S+|^\S+ exited with code [0-9]+",  # docker compose likewise
)
_ANOTHERS = (  # what other formats own, and this one would read as well
    r'^\s*\{ ?"'
    r"|^\S+ - \S.* \[[0-9]{2}/[A-Z][a-z]{2}/[0-9:]{13}(?: [+-]|\])"
    r"|^(?:INFO|WARNING|ERROR|CRITICAL):(?: +|[[:word:].]+:)\S"
    r"|^[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:]{8} \[[a-z]+\] [0-9]+#|^WebSocket connection to '"
    r"|^\S+\.[cm]?[jt]sx?:[0-9]+[: ]|^\[[DIWEC] [0-9-]{6,10} [0-9:]{8}|^\[?[0-9-]{10}[ T][0-9:]{8},[0-9]{3}\]? "
    r"|^(?:WebSocket|HTTP) [A-Z]+ \S* .*\[\S+:[0-9]+\]$"
    r"|^(?:\S+ \S+ )?[A-Z]+ /\S* (?:HTTP/\S+ )?(?:[1-5][0-9]{2}|-) (?:[0-9-]+ - )?[0-9.-]+ ms(?: - |$)"  # morgan
    r"|^\[[A-Za-z][^\]]*\] [0-9]+ +- [0-9]|^(?:\S+ )?[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:.]{8,15} "  # Nest, Go
    r"|^Server listening on \S+ port [0-9]+\.$"
    r"|^Connection (?:closed|reset) by (?:[a-z ]+ )?(?:\S+ )?[0-9a-f.:]+ port [0-9]+"
)
_EVERYDAY = (Kind.CLOSED, Kind.LISTENING)  # a book's lines speak of these as well
_SENTENCE = r"[.,!?;\"']\s*$|(?:\S+\s+){10}\S"
_LEVELS = {"npm err!": "error", "npm error": "error", "npm warn": "warn"}


_LOGGED_AT = r"([0-9]{4}[/-][0-9]{2}[/-][0-9]{2}[T ][0-9:.]+)"
_LOGGED_LEVEL = r"\b([A-Z]{3,})\b"


def _time() -> Fill:
    told = pl.coalesce("time", pl.col("logger").str.extract(_LOGGED_AT, 1))
    stamp = told.str.strip_chars("[]: ").str.replace(",", ".").str.replace(" ([+Z-])", "${1}")
    dashed = stamp.str.replace(" ", "T").str.replace(r"^([0-9]{4})/([0-9]{2})/", "${1}-${2}-")
    iso = dashed.str.replace(r"(\.[0-9]{6})[0-9]+", "${1}")
    zoned = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
    naive = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    american = (
        pl.col("time").str.strip_chars("[]: ").str.to_datetime("%m/%d/%Y, %I:%M:%S %p", time_unit="us", strict=False)
    )
    return moment(zoned, naive, american)


@cache
def _fill() -> Fill:
    level = pl.coalesce("level", pl.col("logger").str.extract(_LOGGED_LEVEL, 1))
    fill = fill_from_logger(_time(), level.str.strip_chars("[]: "))
    return {
        **fill,
        c.KIND: pl.when(pl.col("text").str.contains(r"\S")).then(fill[c.KIND]),
        c.LEVEL: fill[c.LEVEL].replace(_LEVELS),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_words(captured(records, _GRAMMAR)), _fill())


def _affinity(raw: pl.Series) -> float:
    """Weigh telling marks against marks of source code, over the lines that begin a record."""
    texts = plain_texts(raw).alias(RAW.name).to_frame()
    lines = texts.filter(RAW.col.str.contains(r"\S") & ~_ASSEMBLY.goes_on(RAW.col))
    if lines.is_empty():
        return 0.0
    said = read_kinds(captured(lines, _GRAMMAR).hstack(lines))
    in_a_book = pl.col("kind").is_in(_EVERYDAY) & RAW.col.str.contains(_SENTENCE)
    telling = pl.col("kind").is_not_null() & (pl.col("kind") != Kind.MESSAGE) & ~in_a_book
    marks = pl.sum_horizontal(RAW.col.str.contains(mark).cast(pl.Float64) for mark in _MARKS)
    worth = (
        pl.when(RAW.col.str.contains(CODE)).then(-1.0)
        .when(RAW.col.str.contains(_ANOTHERS)).then(0.0)
        .otherwise((telling + marks / 2).clip(0.0, 1.0))
    )  # fmt: skip
    return max(0.0, float(said.select(worth.mean()).item()))


FORMAT = Format("node_console", "console output", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY, reads_prose=True)
