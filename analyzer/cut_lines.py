"""Lines that a terminal, an editor, a page or a mail cut at a width, one after another.

In: a log's lines. Out: the ways in which they may have been cut: which lines go on the one before, and how they are
joined. The hard thing is the proof. Of nginx's own lines: that all but the last are equally wide, that none begins a
record, and that what is joined ends as nginx ends a line, or that a second line is as wide as the first; or that each
begins with words that stand only within a line of nginx. Of others that formats read what is joined, and did not read
the pieces.
"""

from collections.abc import Callable, Iterator
from functools import partial

import polars as pl

from analyzer.frozen import dataclass
from analyzer.said import said

_LEVELS = r"debug|info|notice|warn|error|crit|alert|emerg"
_HEAD = rf"^.{{0,80}}?[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} \[(?:{_LEVELS})\] "
_BEGINS = (
    r"^\s*$|^```|^==> |^[\[{<]|^nginx: |^(?:\S+ ){1,3}\[[0-9]{2}/|^\[?[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ]"
    r"|^(?:\S+ ){0,2}(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\b|^\S+@\S+[:~$#]|^[$#>] "
)
_WITHIN = (  # with what nginx never begins a line, and a person who breaks one likes to begin the next
    r"(?:\(SSL: error:|\([0-9]{1,3}: [A-Z]|while (?:SSL )?[a-z]+ing\b|(?:, )?(?:client|server): [^\s,\"]*,"
    r'|(?:, )?(?:request|subrequest|upstream|host|referrer): ")'
)
_NEXT_VALUE = r"^, (?:client|server|request|subrequest|upstream|host|referrer): "
_ENDED = r'"\.?\s*$'
_AN_ADDRESS = r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3} - "
_NARROWEST, _WIDEST = 60, 400
_MARK, _MOST, _NEARLY_ALL = r"(?m)^(?:> ?){1,6}", 0.5, 0.8
_A_MAIL, _A_WIDE_MAIL = 72, 100  # no mail wraps sooner (RFC 3676, 4.2; Gmail, Outlook, Thunderbird), hardly any later
_TWICE = 2


@dataclass(frozen=True, slots=True)
class Cut:
    """One way in which lines were cut."""

    told: str
    goes_on: Callable[[pl.Expr], pl.Expr]
    """Of a line: whether it is the rest of the one before."""
    joined: Callable[[pl.Expr], pl.Expr]
    """A record of such lines as it was."""

    def whole(self, lines: pl.Series) -> pl.Series:
        """Give the lines of a sample as they were."""
        rest = self.rest(lines)
        records = lines.to_frame().group_by((~rest).cum_sum().alias("_nth"), maintain_order=True).agg(
            pl.col(lines.name).str.join("\n")
        )  # fmt: skip
        return records.select(self.joined(pl.col(lines.name))).to_series()

    def rest(self, lines: pl.Series) -> pl.Series:
        """Say which lines of a sample are the rest of another."""
        return lines.to_frame().select(self.goes_on(pl.first())).to_series()


def cuts_of(lines: pl.Series) -> Iterator[Cut]:
    """Give the ways in which lines of any format may have been cut; that they were is still to be proven."""
    if width := _width_of(lines):
        yield Cut(
            said("lines that were cut after {width} characters are joined again", width=width),
            partial(_goes_on_at, width),
            partial(_joined_at, width),
        )
    if width := _wrapped_at(lines):
        yield Cut(
            said("lines that a mail wrapped between words are joined again"),
            partial(_goes_on_at_words, width),
            partial(_joined_at_words, width),
        )
    if lines.str.contains(_MARK).sum() >= _MOST * len(lines) and (width := _wrapped_at(lines.str.replace(_MARK, ""))):
        yield Cut(
            said("lines that a mail wrapped and another quoted are joined again"),
            lambda line: _goes_on_at_words(width, line.str.replace(_MARK, "")),
            lambda text: _joined_at_words(width, text.str.replace_all(_MARK, "")),
        )


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
            head=head, within=line.str.contains(rf"^\s*{_WITHIN}"),
        )
        .with_columns(
            nth=pl.int_range(pl.len()).over("record"),
            full=(pl.col("wide") == pl.col("wide").first().over("record")).cast(pl.Int8),
            named_since=(pl.col("within") | pl.col("head")).cast(pl.Int8).cum_min().over("record") == 1,
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
    at_a_width = pl.col("rest") & pl.col("record").is_in(proven.implode())
    between_words = pl.col("head").first().over("record") & pl.col("named_since")
    return told.select((at_a_width | between_words) & (pl.col("nth") > 0)).to_series()


def _of_nginx(line: pl.Expr) -> pl.Expr:
    return line.map_batches(_are_rest, return_dtype=pl.Boolean)


def _joined_of_nginx(text: pl.Expr) -> pl.Expr:
    cut = text.str.contains(_HEAD) & text.str.contains("\n", literal=True)
    words = text.str.replace_all(r"[ \t\r]*\n[ \t]*, ", ", ").str.replace_all(rf"[ \t\r]*\n[ \t]*({_WITHIN})", " ${1}")
    return pl.when(cut).then(words.str.replace_all("\n", "", literal=True)).otherwise(text)


def _width_of(lines: pl.Series) -> int | None:
    """The width at which lines may have been cut: none is wider, and several are as wide."""
    wide = lines.str.len_chars()
    width = wide.max()
    several = isinstance(width, int) and width >= _NARROWEST and int((wide == width).sum()) > 1
    return width if several and isinstance(width, int) and width <= _WIDEST else None


def _begins(line: pl.Expr) -> pl.Expr:
    return line.str.contains(f"{_HEAD}|{_BEGINS}|{_AN_ADDRESS}")


def _goes_on_at(width: int, line: pl.Expr) -> pl.Expr:
    full = (line.str.len_chars() == width).shift(1).fill_null(value=False)
    return full & ~_begins(line)


def _joined_at(width: int, text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(rf"(?m)^(.{{{width}}})\n", "${1}")


def _with_its_first_word(line: pl.Expr) -> pl.Expr:
    """How long the line before would be with the first word of this one."""
    return line.str.len_chars().shift(1).fill_null(0) + 1 + line.str.extract(r"^(\S+)", 1).str.len_chars()


def _goes_on_at_words(width: int, line: pl.Expr) -> pl.Expr:
    """The rest of a line that was wrapped: its first word had no room at the end of the line before."""
    return ((_with_its_first_word(line) > width) & ~_begins(line)).fill_null(value=False)


def _wrapped_at(lines: pl.Series) -> int | None:
    """The width that explains most ends of lines: all had room in it, and hardly one for a word more."""
    line = pl.col("line")
    told = lines.alias("line").to_frame().select(
        line, rest=_goes_on_at_words(_A_MAIL, line), longer=_with_its_first_word(line)
    )  # fmt: skip
    several_words = pl.col("rest").shift(-1, fill_value=False) & line.str.contains(" ", literal=True)
    width = told.filter(several_words).select(line.str.len_chars().max()).item() or 0
    ends = told.filter("rest")["longer"]
    explained = len(ends) >= _TWICE and width <= _A_WIDE_MAIL and int((ends > width).sum()) >= _NEARLY_ALL * len(ends)
    return max(width, _A_MAIL) if explained else None


def _joined_at_words(width: int, text: pl.Expr) -> pl.Expr:
    lines = text.str.split("\n")
    blank = pl.when(_goes_on_at_words(width, pl.element())).then(pl.lit(" ")).otherwise(pl.lit("\n"))
    return lines.list.eval(blank + pl.element()).list.join("").str.slice(1)


OF_NGINX = Cut(said("lines of nginx that were cut are joined again"), _of_nginx, _joined_of_nginx)
