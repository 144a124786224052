"""Plain lines of nginx's `combined`, and of formats that begin as it does, in few columns: cut at quotes, not matched.

In come lines, out go time, method, request-target and status of those that are as a browser's request leaves them. The
hard thing is to be sure: cutting sees no grammar, so each piece is held to a pattern that the grammar reads in one way
only. A backslash may escape the quote behind it, colours are taken out first, a long line is cut: such lines are not
plain, nor is whatever else would need a second look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from analyzer.formats.nginx_variables import local_time
from analyzer.grammar import Grammar
from analyzer.records import MOST_BYTES, perhaps_coloured
from analyzer.schema import DURATION, KIND, METHOD, STATUS, TARGET, TIME, TOLD, Column, Kind

_WHO = r'^[^ "(<][^ "]* - [^ "]+ $'
_STAMP = r"^\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\] $"
_STAMP_CHARACTERS = len("[21/Nov/2026:07:10:13 +0000] ")
_REQUEST = r"^[A-Z]+ /[!$-\[\]-~]* HTTP/[0-9.]+$"  # printable ASCII without `"`, `#` and a backslash
_ANSWER, _ANSWER_OF_ANY = r"^ [0-9]{3} [0-9]+ $", r"^ [0-9]{3} (?:[0-9]+|-) ?$"
_PIECES = 7  # before, request, answer, referer, blank, user agent, and what stands behind it
_BEFORE, _ASKED, _ANSWERED, _REFERER, _BETWEEN, _AGENT, _BEHIND = (f"field_{nth}" for nth in range(_PIECES))
_LINE, _WORDS, _STAMPED = "line", "words", "stamp"
_NO_RUN = 2**32 - 1

Fill = Mapping[Column, pl.Expr]


def skim_combined(raw: pl.Series) -> pl.DataFrame:
    """Read the plain lines of `combined`, and of the common format, which ends at the bytes.

    What stands behind the user agent is nobody's without a name: a name goes before `=`.
    """
    goes_on = pl.col(_ANSWERED).str.ends_with(" ")
    nameless = (pl.col(_BEHIND) == "") | ~pl.col(_BEHIND).str.contains("=", literal=True)
    whole = pl.when(goes_on).then((pl.col(_BETWEEN) == " ") & nameless).otherwise(pl.col(_REFERER).is_null())
    return _skimmed(_cut(raw), pl.col(_ANSWERED).str.contains(_ANSWER_OF_ANY) & whole)


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
        whole = pl.col(_ANSWERED).str.contains(_ANSWER) & (pl.col(_BETWEEN) == " ")
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
        fits = behind[grammar.required].is_not_null().alias(_FITS)
        return _skimmed(pieces.with_columns(fits), whole & pl.col(_FITS)).with_columns(more)


_FITS = "fits"
_READ = (KIND, TIME, METHOD, TARGET, STATUS)
_BESIDE = frozenset((*TOLD, DURATION)) - frozenset(_READ)


def _cut(raw: pl.Series) -> pl.DataFrame:
    return raw.str.splitn('"', _PIECES).struct.unnest().with_columns(raw.alias(_LINE))


def _skimmed(pieces: pl.DataFrame, whole: pl.Expr) -> pl.DataFrame:
    """Give _READ of the lines that are plain; `whole`: what is behind the request is as it must be."""
    found = pieces.select_seq(
        pl.when(_is_plain() & whole).then(pl.lit(Kind.REQUEST.value)).alias(KIND.name),
        pl.col(_ANSWERED).str.slice(1, 3).cast(STATUS.dtype, strict=False).alias(STATUS.name),
        pl.col(_BEFORE).str.tail(_STAMP_CHARACTERS).alias(_STAMPED),
        pl.col(_ASKED).str.splitn(" ", 3).struct.rename_fields([METHOD.name, TARGET.name, "version"]).alias(_WORDS),
    ).unnest(_WORDS)
    stamped, time = _times(found[_STAMPED])
    known = found.drop(_STAMPED, "version").with_columns(time.alias(TIME.name))
    return known if stamped.all() else known.with_columns(pl.when(stamped).then(KIND.col).alias(KIND.name))


def _is_plain() -> pl.Expr:
    line = pl.col(_LINE)
    return (
        pl.col(_BEFORE).str.head(-_STAMP_CHARACTERS).str.contains(_WHO)
        & pl.col(_ASKED).str.contains(_REQUEST)
        & ~line.str.contains("\\", literal=True)
        & ~perhaps_coloured(line)
        & (line.str.len_bytes() <= MOST_BYTES)
    )


def _times(stamps: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Say which stamps are such, and give their times: lines of one second stand together, so each is read once."""
    run = stamps.rle_id()
    first = stamps.filter(run != run.shift(1, fill_value=_NO_RUN)).to_frame()
    read = first.select_seq(pl.first().str.contains(_STAMP).alias(_STAMPED), local_time(pl.first()).alias(TIME.name))
    return read[_STAMPED].gather(run), read[TIME.name].gather(run)
