"""What a format is: a grammar, and which capture becomes which column.

In come records, out go the columns of schema.PARSED, one row each, KIND null where the record is none of this format.
The hard thing is that most columns of most formats are empty, and that all must come out with one height and type.
"""

from collections.abc import Callable, Mapping

import polars as pl

from analyzer.frozen import dataclass
from analyzer.grammar import Grammar
from analyzer.needed_words import Needs, words_in
from analyzer.records import MOST_BYTES, Assembly, no_line_goes_on, plain_texts
from analyzer.schema import KIND, PARSED, RAW, TIME, TIME_LACKS, Column, Hop, Lacks

Fill = Mapping[Column, pl.Expr]
"""Which column is filled from what."""


Skim = Callable[[pl.Series], pl.DataFrame]
"""Reads the plain ones of many lines in few columns: a row per line, KIND null where it takes a whole reading.

What it gives of a line is what `read` gives, and PATH_KEY; what else TOLD has of it is empty, and it begins with no
byte of another line: so a log's lines can be counted without being read.
"""


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which lines are written."""

    name: str
    title: str
    hop: Hop | None
    grammar: Grammar | None
    read: Callable[[pl.DataFrame], pl.DataFrame]
    affinity: Callable[[pl.Series], float]
    assembly: Assembly
    reads_prose: bool = False  # any line at all is read, as MESSAGE if need be: such a format reads last
    rewrites: bool = False  # lines are changed before its grammar reads them: they need not hold what it needs
    own: bool = False  # the user's own, who says that there are lines of it: it reads before those that ship
    skim: Skim | None = None

    def may_be_in(self, stand: Callable[[Needs], bool]) -> bool:
        """Whether any of its lines may be where `stand` says which words do."""
        return self.rewrites or self.grammar is None or stand(self.grammar.needed)


def one_line_each() -> Assembly:
    """No line goes on: every line is a record, as nginx writes its logs."""
    return Assembly(goes_on=no_line_goes_on)


def captured(records: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Run a grammar over records: one column per capture, all null where no record holds what the grammar needs."""
    texts = _texts_of(records[RAW.name])
    if words_in(texts)(grammar.needed):
        return grammar.read(texts)
    return pl.DataFrame(schema=dict.fromkeys(grammar.captures, pl.String())).clear(len(texts))


def _texts_of(raw: pl.Series) -> pl.Series:
    """Records as grammars read them: without colours, and no longer than a record can be."""
    text = plain_texts(raw)
    if text.estimated_size() <= MOST_BYTES or (text.str.len_bytes() <= MOST_BYTES).all():
        return text
    return text.str.head(MOST_BYTES)


def parsed(frame: pl.DataFrame, fill: Fill) -> pl.DataFrame:
    """Bring a frame into the shape that every format gives out. A row without KIND is empty."""
    told = frame.with_columns(fill[KIND].cast(KIND.dtype).alias(_KIND))
    if told[_KIND].null_count() == told.height:  # most formats read nothing of most records
        return frame.with_columns(_NOTHING.values()).select(_NAMES)
    read = pl.col(_KIND).is_not_null()
    filled = {column: pl.col(_KIND) if column is KIND else value for column, value in fill.items()}
    return told.select(
        pl.when(read).then(filled[column].cast(column.dtype, strict=False)).alias(column.name) if column in filled
        else _NOTHING[column]
        for column in PARSED
    )  # fmt: skip


_KIND = "_kind"
_NAMES = [column.name for column in PARSED]
_NOTHING = {column: pl.lit(None, column.dtype).alias(column.name) for column in PARSED}


def share_read(raw: pl.Series, grammar: Grammar, worth: pl.Expr | None = None) -> float:
    """Say which share of a sample a grammar reads; `worth` weighs each line that it reads.

    Most formats read nothing of most logs: whether a line fits is asked before its captures are.
    """
    lines = raw.filter(raw.str.contains(r"\S"))
    fitting = fits(grammar, _texts_of(lines))
    if worth is None or not fitting.any():
        return float(fitting.sum()) / max(1, len(lines))
    chosen = lines.filter(fitting).alias(RAW.name).to_frame()
    weighed = pl.when(pl.col(grammar.required).is_not_null()).then(worth)  # a literal is as long as the frame only so
    return float(captured(chosen, grammar).select(weighed.sum()).item()) / len(lines)


def heads(raw: pl.Series, assembly: Assembly) -> pl.Series:
    """Keep the lines of a sample that begin a record."""
    return raw.filter(~raw.to_frame().select(assembly.goes_on(pl.first())).to_series().fill_null(value=False))


def share_of_heads(raw: pl.Series, assembly: Assembly, grammar: Grammar, worth: pl.Expr | None = None) -> float:
    """Say which share of a sample's records a grammar reads, by their first lines."""
    return share_read(heads(raw, assembly), grammar, worth) if fits(grammar, _texts_of(raw)).any() else 0.0


def fits(grammar: Grammar, texts: pl.Series) -> pl.Series:
    """Say of each text whether a grammar reads it."""
    if words_in(texts)(grammar.needed):
        return texts.str.contains(grammar.pattern)
    return pl.Series([False]).new_from_index(0, len(texts))


def may_read(form: Format, texts: pl.Series) -> bool:
    """Say whether a format may read any of these texts: that is soon asked, and most of them read none."""
    return form.grammar is None or bool(fits(form.grammar, texts).any())


def share_told(raw: pl.Series, read: Callable[[pl.DataFrame], pl.DataFrame]) -> float:
    """Say of which share of a sample's lines a format tells anything."""
    lines = raw.filter(raw.str.contains(r"\S")).alias(RAW.name).to_frame()
    return 0.0 if lines.is_empty() else 1 - read(lines)[KIND.name].null_count() / lines.height


def share_with(raw: pl.Series, pattern: str) -> float:
    """Say in which share of a sample's lines a pattern stands."""
    lines = raw.filter(raw.str.contains(r"\S"))
    return float(lines.str.contains(pattern).sum()) / max(1, len(lines))


def moment(zoned: pl.Expr, *naive: pl.Expr) -> Fill:
    """Fill the time from a reading with a zone, else from one without: that one is read as if it were UTC."""
    local = pl.coalesce(naive).dt.replace_time_zone("UTC")
    lacks = pl.when(zoned.is_null() & local.is_not_null()).then(pl.lit(Lacks.ZONE))
    return {TIME: pl.coalesce(zoned, local), TIME_LACKS: lacks}


def said(value: pl.Expr) -> pl.Expr:
    """Drop what stands for nothing: a dash or an empty text."""
    return pl.when(~value.is_in(["-", ""])).then(value)
