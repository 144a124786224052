"""What copying does to a whole text: typographic quotes and blanks, and the headings that `tail` puts between files.

In: lines. Out: the lines as they were written, each named after the file that a heading says it is of. The hard thing
is that a log may hold such characters itself: they are undone only where its lines are read better without them.
"""

import polars as pl

from analyzer.frozen import dataclass
from analyzer.said import Template
from analyzer.schema import INNER, SERVICE

_TYPESET = (
    (r"[\x{201C}\x{201D}\x{201E}\x{201F}\x{2033}]", '"'),
    (r"[\x{2018}\x{2019}\x{201A}\x{201B}\x{2032}]", "'"),
    (r"[\x{00A0}\x{2007}\x{202F}]", " "),
    (r"[\x{200B}\x{2060}\x{FEFF}]", ""),
)
_ANY = "|".join(pattern for pattern, _ in _TYPESET)
_HEADING = r"^==> (\S.*) <==$"


@dataclass(frozen=True, slots=True)
class Typeset:
    """A chat or a word processor made its own quotes and blanks of a log's."""

    mark: bool
    title: Template = "a chat's quotes and blanks"
    certain: bool = False
    names: bool = False

    def opened(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Put the log's own back."""
        text = INNER.col
        for pattern, character in _TYPESET:
            text = text.str.replace_all(pattern, character)
        return lines.with_columns(text.alias(INNER.name))


@dataclass(frozen=True, slots=True)
class Headings:
    """`tail` of several files, or somebody who writes as it does: a heading, and below it the lines of one file."""

    title: Template = "tail's headings"
    certain: bool = True
    names: bool = True
    mark: bool = False

    def opened(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Name each line after its file; a heading is no line of it."""
        named = INNER.col.str.extract(_HEADING, 1)
        outer = lines[SERVICE.name] if SERVICE.name in lines.columns else pl.lit(None, pl.String)
        return lines.with_columns(
            pl.coalesce(named.forward_fill(), outer).alias(SERVICE.name),
            pl.when(named.is_not_null()).then(pl.lit("")).otherwise(INNER.col).alias(INNER.name),
        )


def typeset_of(lines: pl.Series) -> Typeset | None:
    """Whether any line of a sample holds what a log rarely does; where no quote is straight, all of them were."""
    if not lines.str.contains(_ANY).any():
        return None
    return Typeset(mark=not lines.str.contains('"', literal=True).any())


def has_headings(lines: pl.Series) -> bool:
    """Whether any line of a sample is such a heading."""
    return bool(lines.str.contains(_HEADING).any())
