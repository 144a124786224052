"""Lines that a terminal, an editor or a page cut at a width, one after another.

In: a log's lines. Out: which of them go on the one before, to be joined without a blank. The hard thing is the proof:
that all but the last are equally wide, that none begins a record, and that what is joined ends as nginx ends a line, or
that a second line is as wide as the first.
"""

import polars as pl

_LEVELS = r"debug|info|notice|warn|error|crit|alert|emerg"
_HEAD = rf"^.{{0,80}}?[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} \[(?:{_LEVELS})\] "
_BEGINS = (
    r"^\s*$|^```|^==> |^[\[{<]|^nginx: |^(?:\S+ ){1,3}\[[0-9]{2}/|^\[?[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ]"
    r"|^(?:\S+ ){0,2}(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\b|^\S+@\S+[:~$#]|^[$#>] "
)
_NEXT_VALUE = r"^, (?:client|server|request|subrequest|upstream|host|referrer): "
_ENDED = r'"\.?\s*$'
_AN_ADDRESS = r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3} - "
_NARROWEST, _WIDEST = 60, 400


def goes_on_cut(line: pl.Expr) -> pl.Expr:
    """Say of a line that it is the rest of nginx's line before it."""
    return line.map_batches(_are_rest, return_dtype=pl.Boolean)


def are_cut(lines: pl.Series) -> bool:
    """Whether any line of a sample is the rest of another."""
    return bool(_are_rest(lines).any())


def _are_rest(lines: pl.Series) -> pl.Series:
    """Which lines are the rest of one before: no record begins with them, and all before them are equally wide."""
    line = pl.col("line")
    head = line.str.contains(_HEAD)
    if not lines.str.contains(_HEAD).any():
        return pl.repeat(value=False, n=len(lines), dtype=pl.Boolean, eager=True)
    told = (
        lines.fill_null("").alias("line").to_frame()
        .with_columns(
            record=(head | line.str.contains(_BEGINS)).cum_sum(), wide=line.str.len_chars(),
            quotes=line.str.count_matches('"'), ends=line.str.contains(_ENDED), named=line.str.contains(_NEXT_VALUE),
            head=head,
        )
        .with_columns(
            nth=pl.int_range(pl.len()).over("record"),
            full=(pl.col("wide") == pl.col("wide").first().over("record")).cast(pl.Int8),
        )
        .with_columns(
            rest=pl.col("head").first().over("record") & (pl.col("wide").first().over("record") >= _NARROWEST)
            & (pl.col("full").shift(1, fill_value=1).cum_min().over("record") == 1),
        )
    )  # fmt: skip
    proof = told.filter("rest").group_by("record").agg(
        whole=pl.col("ends").last() & (pl.col("quotes").sum() % 2 == 0),
        more=~(pl.col("ends").first() & (pl.col("quotes").first() % 2 == 0)) | pl.col("named").get(1, null_on_oob=True),
        twice=pl.col("full").sum() > 1,
    )  # fmt: skip
    proven = proof.filter((pl.col("whole") & pl.col("more")) | pl.col("twice"))["record"]
    return told.select(pl.col("rest") & (pl.col("nth") > 0) & pl.col("record").is_in(proven.implode())).to_series()


def joined(text: pl.Expr) -> pl.Expr:
    """A record of nginx's error log on one line again."""
    cut = text.str.contains(_HEAD) & text.str.contains("\n", literal=True)
    return pl.when(cut).then(text.str.replace_all("\n", "", literal=True)).otherwise(text)


def width_of(lines: pl.Series) -> int | None:
    """The width at which lines of any format may have been cut: none is wider, and several are as wide."""
    wide = lines.str.len_chars()
    width = wide.max()
    several = isinstance(width, int) and width >= _NARROWEST and int((wide == width).sum()) > 1
    return width if several and isinstance(width, int) and width <= _WIDEST else None


def goes_on_at(width: int, line: pl.Expr) -> pl.Expr:
    """Say of a line that it is the rest of one before that was cut at this width."""
    full = (line.str.len_chars() == width).shift(1).fill_null(value=False)
    return full & ~line.str.contains(f"{_HEAD}|{_BEGINS}|{_AN_ADDRESS}")


def joined_at(width: int, text: pl.Expr) -> pl.Expr:
    """A record whose lines were cut at this width as it was."""
    return text.str.replace_all(rf"(?m)^(.{{{width}}})\n", "${1}")


def whole_at(width: int, lines: pl.Series) -> pl.Series:
    """The lines of a sample as they were before they were cut."""
    name = lines.name
    rest = lines.to_frame().select(goes_on_at(width, pl.col(name))).to_series()
    return lines.to_frame().group_by((~rest).cum_sum().alias("_nth"), maintain_order=True).agg(
        pl.col(name).str.join("")
    )[name]  # fmt: skip
