"""Plain lines of nginx's `combined`, and of formats that begin as it does, in few columns: cut at quotes, not matched.

In come lines, out go time, method, path family and status of those that are as a browser's request leaves them. The
hard thing is to be sure: cutting sees no grammar, so each piece is held to a pattern that the grammar reads in one way
only. A backslash may escape the quote behind it, colours are taken out first, a long line is cut: such lines are not
plain, nor is whatever else would need a second look. A request, and what stands behind the answer, comes again and
again: each different one is looked at once.
"""

from collections.abc import Callable, Mapping

import polars as pl

from analyzer.folding import each_alike, keyed
from analyzer.formats.nginx_variables import local_time
from analyzer.frozen import dataclass
from analyzer.grammar import Grammar
from analyzer.records import MOST_BYTES, perhaps_coloured
from analyzer.schema import DURATION, KIND, METHOD, PATH_KEY, STATUS, TIME, TOLD, Column, Kind

_WHO = r'^[^ "(<\\\x1b\r\[][^ "\\\x1b\r\[]* - [^ "\\\x1b\r\[]+ $'
_STAMP = r"^\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\] $"
_STAMP_CHARACTERS = len("[21/Nov/2026:07:10:13 +0000] ")
_REQUEST = r"^[A-Z]+ /[!$-\[\]-~]* HTTP/[0-9.]+$"  # printable ASCII without `"`, `#` and a backslash
_ANSWER, _ANSWER_OF_ANY = r"^ [0-9]{3} [0-9]+ $", r"^ [0-9]{3} (?:[0-9]+|-) ?$"
_NAMELESS = r'^[^"]*" "[^"]*"[^=]*$'  # a name goes before `=`; what has none is nobody's
_BEFORE, _ASKED, _ANSWERED, _AFTER = _CUT = ("before", "asked", "answered", "after")
_, _BETWEEN, _, _BEHIND = _CUT_AFTER = ("referer", "between", "agent", "behind")
_, _TARGET, _ = _CUT_REQUEST = (METHOD.name, "target", "protocol")
_LINE, _STAMPED, _PLAIN, _PATH, _BEGINS = "line", "stamp", "plain", "path", "begins"

Fill = Mapping[Column, pl.Expr]


def skim_combined(raw: pl.Series) -> pl.DataFrame:
    """Read the plain lines of `combined`, and of the common format, which ends at the bytes."""
    pieces = _cut(raw)
    different = pieces[_AFTER].unique().to_frame()
    as_it_must_be = pl.first().str.contains(_NAMELESS) & _is_as_it_stands(pl.first())
    odd = different.filter(~as_it_must_be)[_AFTER]
    goes_on = pl.col(_ANSWERED).str.ends_with(" ")
    plain = pl.col(_AFTER).is_not_null() if odd.is_empty() else ~pl.col(_AFTER).is_in(odd.implode())
    whole = pl.when(goes_on).then(plain).otherwise(pl.col(_AFTER).is_null())
    return _skimmed(pieces, pl.col(_ANSWERED).str.contains(_ANSWER_OF_ANY) & whole)


@dataclass(frozen=True, slots=True)
class Skimming:
    """Reads the plain lines of a format that begins as `combined` does.

    `behind` gives the grammar of what stands behind the user agent, and which of its captures fills what, if anything
    stands there.
    """

    behind: Callable[[], tuple[Grammar, Fill] | None]

    def __call__(self, raw: pl.Series) -> pl.DataFrame:
        """Read the plain ones of these lines."""
        pieces = _cut(raw)
        pieces = pieces.hstack(_into(pieces[_AFTER], '"', _CUT_AFTER))
        whole = pl.col(_ANSWERED).str.contains(_ANSWER) & (pl.col(_BETWEEN) == " ") & _is_as_it_stands(pl.col(_AFTER))
        found = self.behind()
        if found is None:
            return _skimmed(pieces, whole & (pl.col(_BEHIND) == ""))
        grammar, fill = found
        behind = grammar.read(pieces[_BEHIND])
        more = behind.select_seq(
            value.cast(column.dtype, strict=False).alias(column.name)
            for column, value in fill.items()
            if column in _BESIDE
        )
        return _skimmed(pieces, whole & behind[grammar.required].is_not_null()).with_columns(more)


_READ = (KIND, TIME, METHOD, STATUS)
_BESIDE = frozenset((*TOLD, DURATION)) - frozenset(_READ)


def _cut(raw: pl.Series) -> pl.DataFrame:
    return _into(raw, '"', _CUT).hstack([raw.alias(_LINE)])


def _into(texts: pl.Series, mark: str, pieces: tuple[str, ...]) -> pl.DataFrame:
    """Cut texts at a mark; the last piece holds what is left."""
    cut = pl.first().str.splitn(mark, len(pieces)).struct.rename_fields([*pieces])
    return texts.to_frame().select_seq(cut).to_series().struct.unnest()


def _skimmed(pieces: pl.DataFrame, whole: pl.Expr) -> pl.DataFrame:
    """Give _READ and PATH_KEY of the lines that are plain; `whole`: what is behind the request is as it must be."""
    asked = each_alike(pieces[_ASKED], _requests)
    found = pieces.select_seq(
        pl.when(_is_plain() & whole & asked[_PLAIN]).then(pl.lit(Kind.REQUEST.value)).alias(KIND.name),
        pl.col(_ANSWERED).str.slice(1, 3).cast(STATUS.dtype, strict=False).alias(STATUS.name),
        pl.col(_BEFORE).str.tail(_STAMP_CHARACTERS).alias(_STAMPED),
    )
    stamped, time = _times(found.drop_in_place(_STAMPED))
    known = found.with_columns(time, asked[METHOD.name], asked[PATH_KEY.name])
    return known if stamped.all() else known.with_columns(pl.when(stamped).then(KIND.col).alias(KIND.name))


def _requests(asked: pl.Series) -> pl.DataFrame:
    """Take requests apart: METHOD, PATH_KEY, and whether each is plain: in a plain one the path follows the method."""
    told = _into(asked, " ", _CUT_REQUEST).select_seq(
        METHOD.name,
        pl.col(_TARGET).str.splitn("?", 2).struct.field("field_0").alias(_PATH),
        (pl.col(METHOD.name).str.len_chars() + 1).alias(_BEGINS),
        (pl.lit(asked).str.contains(_REQUEST) & ~perhaps_coloured(pl.lit(asked))).alias(_PLAIN),
    )
    return told.select(METHOD.name, _PLAIN).hstack(keyed(told[_PATH], told[_BEGINS]))


def _is_plain() -> pl.Expr:
    """Whether a line begins as it must, and is none that is cut."""
    who = pl.col(_BEFORE).str.head(-_STAMP_CHARACTERS).str.contains(_WHO)
    return who & (pl.col(_LINE).str.len_bytes() <= MOST_BYTES)


def _is_as_it_stands(text: pl.Expr) -> pl.Expr:
    """Whether nothing in it stands for something else."""
    return ~text.str.contains("\\", literal=True) & ~perhaps_coloured(text)


def _times(stamps: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Say which stamps are such, and give their times: lines of one second stand together, so each is read once."""
    runs = stamps.to_frame().select_seq(pl.first().rle().struct.field("value"))
    read = runs.select_seq(pl.first().str.contains(_STAMP).alias(_STAMPED), local_time(pl.first()).alias(TIME.name))
    each = read[stamps.rle_id()]
    return each[_STAMPED], each[TIME.name]
