"""zap's console encoder, as Go services print it where no machine reads along.

In come its lines, out go the words, and what the object behind them tells. The hard thing is that a logger's name and
the caller may both be missing, that a stack may follow, and that a terminal or a page makes blanks of its tabs: then
only the caller in its place shows whose line it is.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.goroutines import go_assembly, without_frames
from analyzer.formats.loggers import error_in, fill_from_logger, iso
from analyzer.grammar import load
from analyzer.schema import RAW, Hop

_GRAMMAR = load("zap_console")
_ASSEMBLY = go_assembly()
_BLANKS = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(?:Z|[+-][0-9]{4})) +([A-Z]{4,6}) +"
    r"((?:[A-Za-z][A-Za-z0-9_.-]* +)?[^\s:]+\.go:[0-9]+) +"
)
_OF_CADDY = r"\thttp\.log\.(?:access|error)[.\w]*\t"  # whose format knows what its object holds


def _with_tabs(raw: pl.Series) -> pl.Series:
    return raw.str.replace(_BLANKS, "${1}\t${2}\t${3}\t")


def _time() -> Fill:
    stamp = pl.col("stamp").str.strip_chars_end("\t")
    zoned, naive = iso(stamp.str.replace(r"^([0-9]{4})/([0-9]{2})/", "${1}-${2}-"))
    epoch = (stamp.cast(pl.Float64, strict=False) * 1_000_000).round().cast(pl.Int64, strict=False)
    return moment(pl.coalesce(zoned, epoch.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")), naive)


def _fill() -> Fill:
    words, said = fill_from_logger(_time(), pl.col("level").str.strip_chars()), without_frames(pl.col("text"))
    return {
        **words,
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null() & ~pl.col("of Caddy")).then(words[c.KIND]),
        c.MESSAGE: said.str.replace_all(r"\t| {2,}", " "),
        c.ERROR: error_in(said),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    tabbed = records.select(_with_tabs(records[RAW.name]))
    of_caddy = records.select(RAW.col.str.contains(_OF_CADDY).fill_null(value=False).alias("of Caddy"))
    return parsed(with_words(captured(tabbed, _GRAMMAR)).hstack(of_caddy), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(_with_tabs(raw), _ASSEMBLY, _GRAMMAR)


FORMAT = Format("zap_console", "zap's console log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY, rewrites=True)
