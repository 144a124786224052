"""Joins the lines of one stream into records: an error with its stack, an object that Node printed over ten lines.

In come the lines of a stream, a block at a time, out go records with a first and a last line. The hard thing is to
stop: a bracket that is never closed must not swallow the file, so an object ends at its closing bracket, at a line
that can only begin a record, or at the cap. What may go on in the next block is carried over to it.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from analyzer.frozen import dataclass
from analyzer.schema import GOES_ON, INNER, LAST_LINE, LINE, RAW, SERVICE, STAMP, STREAM, UNFINISHED, schema_of

if TYPE_CHECKING:
    from analyzer.formats import Format

MOST_LINES = 200
MOST_BYTES = 64 * 1024

_ESCAPES = (
    r"\x1b\[[0-9;?]*[ -/]*[@-~]"  # CSI: colours, cursor (ECMA-48, 5.4)
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: links, titles
    r"|\x1b[()][0-9A-B]"  # character sets
    r"|(?:#033|\^\[|\\u001[bB]|\\x1[bB]|\\033)\[[0-9;]*m"  # as rsyslog, cat -v and JSON write an ESC
    r"|\r"
)
_LOST_ESCAPE = r"(?:\[(?:0|1|2[1-9]|[349][0-9]|10[0-7]|[0-9]{1,2}(?:;[0-9]{1,3})+)m)+([^\]]|$)"


_CODE = r"\[[0-9;]*m"
_SUSPECT = rf"[\x1b\r]|{_CODE}"  # every text that the two above change holds one of these, and few others do


def plain(raw: pl.Expr) -> pl.Expr:
    """Take the terminal's colours and carriage returns out of a text, also where a copy lost their ESC."""
    return raw.str.replace_all(_ESCAPES, "").str.replace_all(_LOST_ESCAPE, "${1}")


def plain_texts(raw: pl.Series) -> pl.Series:
    """Give `plain` of a whole column; most logs have no colours, and are only searched for them."""
    if not _any_coloured(raw):
        return raw
    return raw.to_frame().select(plain(pl.first())).to_series()


def _any_coloured(raw: pl.Series) -> bool:
    """Whether `plain` may change any of these texts; few are asked by Python, who needs no pattern for most of it."""
    if raw.estimated_size() > MOST_BYTES:
        return raw.str.contains(_SUSPECT).any()
    text = "\n".join(filter(None, raw))
    return "\x1b" in text or "\r" in text or bool(re.search(_CODE, text))


def perhaps_coloured(raw: pl.Expr) -> pl.Expr:
    """Say of each text whether `plain` may change it."""
    return raw.str.contains(_SUSPECT)


def no_line_goes_on(_: pl.Expr) -> pl.Expr:
    """Every line is a record."""
    return pl.lit(value=False)


@dataclass(frozen=True, slots=True)
class Assembly:
    """How the lines of a format make records.

    `goes_on` says of a line that it continues the record before it. `objects`: an opening bracket at a line's end
    goes on until its closing one, even where the indentation was lost; `begins` says of a line that it can only be a
    record's first, whatever bracket is open.
    """

    goes_on: Callable[[pl.Expr], pl.Expr]
    begins: Callable[[pl.Expr], pl.Expr] | None = None

    @property
    def one_line_each(self) -> bool:
        """Whether there is nothing to join."""
        return self.goes_on is no_line_goes_on

    @property
    def objects(self) -> bool:
        """Whether brackets are followed."""
        return self.begins is not None


@dataclass(frozen=True, slots=True)
class Carry:
    """The lines at a block's end whose record may go on in the next block."""

    lines: pl.DataFrame


def assemble(lines: pl.DataFrame, form: "Format", carry: Carry | None = None) -> tuple[pl.DataFrame, Carry | None]:
    """Join one block's lines; what may go on is carried over. After the last block call `finish`."""
    if form.assembly.one_line_each and not {UNFINISHED.name, GOES_ON.name} & set(lines.columns):
        return _each_alone(lines), None
    block = _bare(lines) if carry is None else pl.concat([carry.lines, _bare(lines)])
    if block.is_empty():
        return _each_alone(block), None
    numbered = _numbered(block, form.assembly)
    done, rest = _split(numbered, _held_from(numbered, form.assembly))
    return _joined(done), Carry(rest.select(block.columns)) if rest.height else None


def finish(form: "Format", carry: Carry | None) -> pl.DataFrame:
    """Give out what the last block left over."""
    if carry is None:
        return _each_alone(pl.DataFrame(schema=schema_of((LINE, RAW))))
    return _joined(_numbered(carry.lines, form.assembly))


def _numbered(block: pl.DataFrame, assembly: Assembly) -> pl.DataFrame:
    """Number the records of a block; a record past its cap goes on as another one."""
    text = pl.col("_text")
    marked = block.with_columns(
        plain_texts(block[INNER.name if INNER.name in block.columns else RAW.name]).alias("_text")
    )
    marked = marked.with_columns(_in_the_middle(block).alias("_piece"))
    told = pl.col("_piece") | (GOES_ON.col if GOES_ON.name in block.columns else pl.lit(value=False))
    marked = marked.with_columns(_on=assembly.goes_on(text).fill_null(value=False) | told)
    if assembly.begins is not None:
        begins = assembly.begins(text).fill_null(value=False) & ~told
        marked = _follow_brackets(marked.with_columns(_begins=begins))
    return (
        marked.with_columns(_nth=_since_head(pl.int_range(pl.len())), _size=_since_head(_bytes_before()) + _bytes())
        .with_columns(_part=pl.when(pl.col("_size") > 0).then(_part()))  # a blank line is no head of what follows
        .with_columns(_record=(~pl.col("_on") | pl.col("_part").ne_missing(pl.col("_part").shift(1))).cum_sum())
    )


def _in_the_middle(block: pl.DataFrame) -> pl.Expr:
    """Which lines are no lines, but go on in the middle of the one before: what carried them cut them at a size."""
    if UNFINISHED.name not in block.columns:
        return pl.lit(value=False)
    return UNFINISHED.col.shift(1).fill_null(value=False)


def _part() -> pl.Expr:
    return pl.max_horizontal(pl.col("_nth") // MOST_LINES, (pl.col("_size") - 1) // MOST_BYTES)


def _bytes() -> pl.Expr:
    return RAW.col.str.len_bytes().fill_null(0).cast(pl.Int64)


def _bytes_before() -> pl.Expr:
    return _bytes().cum_sum() - _bytes()


def _since_head(running: pl.Expr) -> pl.Expr:
    """How far a running figure has come since the record's first line (`over` would make a group of every line)."""
    return running - pl.when(~pl.col("_on")).then(running).forward_fill().fill_null(0)


_QUOTED = r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\\n]|\\.)*`"""
_STEEPEST = 8  # no line opens more brackets than this; more is no object


def _follow_brackets(marked: pl.DataFrame) -> pl.DataFrame:
    """Let a line that ends in an open bracket go on until the depth is back where it was."""
    opens = marked["_text"].str.contains(r"[{\[]\s*$").fill_null(value=False)
    if not opens.any():
        return marked.with_columns(_open=pl.lit(value=False), _heads=pl.lit(0))
    bracketed = pl.when(pl.col("_text").str.contains(r"[\[{}\]]")).then(pl.col("_text"))
    bare = bracketed.str.replace_all(_QUOTED, "")
    deep = (
        marked.with_row_index("_at")
        .with_columns(
            _delta=(bare.str.count_matches(r"[\[{]") - bare.str.count_matches(r"[\]}]").cast(pl.Int64))
            .cast(pl.Int64)
            .clip(-_STEEPEST, _STEEPEST)
            .fill_null(0),
            _opens=opens,
            _heads=pl.col("_begins").cum_sum(),
        )
        .with_columns(_depth=pl.col("_delta").cum_sum())
    )
    spans = _spans(deep)
    steps = pl.concat([spans.select(_at=pl.col("_at") + 1, _step=1), spans.select(_at=pl.col("_close") + 1, _step=-1)])
    inside = steps.group_by("_at").agg(pl.col("_step").sum()).with_columns(pl.col("_at").cast(pl.UInt32))
    return (
        deep.join(inside, on="_at", how="left", maintain_order="left")
        .with_columns(_on=pl.col("_on") | (pl.col("_step").fill_null(0).cum_sum() > 0))
        .with_columns(_open=pl.col("_opens") & ~pl.col("_at").is_in(spans["_at"].implode()))
    )


def _spans(deep: pl.DataFrame) -> pl.DataFrame:
    """Pair each opening line with the line that closes it, where no new record begins between."""
    levels = deep.select("_at", "_heads", _level=pl.col("_depth"))
    openers = deep.filter(pl.col("_opens") & (pl.col("_delta") > 0)).select(
        "_at", _head="_heads", _next=pl.col("_at") + 1, _level=pl.col("_depth") - pl.col("_delta")
    )
    closers = levels.select(_close="_at", _close_heads="_heads", _level="_level")
    paired = openers.sort("_next").join_asof(
        closers.sort("_close"), left_on="_next", right_on="_close", by="_level", strategy="forward",
        check_sortedness=False,
    )  # fmt: skip
    near = (pl.col("_close") - pl.col("_at")) < MOST_LINES
    return paired.filter(near & (pl.col("_close_heads") == pl.col("_head"))).select("_at", "_close")


def _held_from(numbered: pl.DataFrame, assembly: Assembly) -> int:
    """Find the row from which a block is held back: the last record, or an object that is still open."""
    last = _first_row(numbered, numbered.height - 1)
    if not assembly.objects:
        return last
    waiting = numbered.with_row_index("_row").filter(
        pl.col("_open") & (pl.col("_heads") == pl.col("_heads").max()) & (pl.col("_row") > numbered.height - MOST_LINES)
    )
    return last if waiting.is_empty() else min(last, _first_row(numbered, int(waiting["_row"][0])))


def _first_row(numbered: pl.DataFrame, row: int) -> int:
    return int(numbered["_record"].search_sorted(numbered["_record"][row]))


def _split(numbered: pl.DataFrame, row: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    return numbered.head(row), numbered.slice(row)


_TOLD = (SERVICE.name, STREAM.name, STAMP.name)
"""What a wrapping tells of a record is what it tells of its first line."""


def _bare(lines: pl.DataFrame) -> pl.DataFrame:
    names = (LINE.name, LAST_LINE.name, RAW.name, INNER.name, *_TOLD, UNFINISHED.name, GOES_ON.name)
    return lines.select(name for name in names if name in lines.columns)


def _joined(numbered: pl.DataFrame) -> pl.DataFrame:
    if numbered["_record"].n_unique() == numbered.height:
        return _each_alone(_bare(numbered))
    last = LAST_LINE if LAST_LINE.name in numbered.columns else LINE
    told = [pl.col(name).first() for name in _TOLD if name in numbered.columns]
    if INNER.name in numbered.columns:
        glued = pl.when("_piece").then(INNER.col).otherwise(pl.lit("\n") + INNER.col)
        told.append(glued.str.join("").str.strip_prefix("\n").alias(INNER.name))
    return (
        numbered.group_by("_record", maintain_order=True)
        .agg(LINE.col.min(), last.col.max().alias(LAST_LINE.name), RAW.col.str.join("\n"), *told)
        .drop("_record")
    )


def _each_alone(lines: pl.DataFrame) -> pl.DataFrame:
    last = LAST_LINE if LAST_LINE.name in lines.columns else LINE
    told = [pl.col(name) for name in (INNER.name, *_TOLD) if name in lines.columns]
    return lines.select(LINE.col, last.col.alias(LAST_LINE.name), RAW.col, *told)
