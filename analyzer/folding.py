"""Paths as families, a whole column at once: what comes again and again is looked at once.

In: texts that hold paths. Out: their path families, as `path_key` alone would fold each. The hard thing is that ids
make nearly every text a new one; but no id tells one digit from another, and with all digits alike few are left.
"""

from collections.abc import Callable

import polars as pl

from analyzer.paths import path_key
from analyzer.schema import PATH_KEY

__all__ = ["each_alike", "keyed", "path_keys"]

_ZERO, _NINE = pl.lit(ord("0"), pl.UInt8), pl.lit(ord("9"), pl.UInt8)
_TEXT, _OF = "text", "of"
_BEGINS, _NAMED, _REST = _NAMES = "begins", "named", "rest"
"""Where a path begins in its text; how long it is up to the last digit that is part of a name, and the segment that
holds it; and what follows in its PATH_KEY."""

Make = Callable[[pl.Series], pl.DataFrame]
"""Makes a row of each text."""


def path_keys(paths: pl.Series) -> pl.Series:
    """Fold a whole column.

    >>> path_keys(pl.Series(["/login", "/v2/call-4711", None, "/call-4712", "/v2/call-4711"])).to_list()
    ['/login', '/v2/{id}', None, '/{id}', '/v2/{id}']
    """
    return each_alike(paths, keyed)[PATH_KEY.name].alias(paths.name)


def keyed(paths: pl.Series, begins: pl.Series | int = 0) -> pl.DataFrame:
    """Fold the paths of texts, each of which begins after so many characters: PATH_KEY, and what `each_alike` needs.

    >>> keyed(pl.Series(["/v0/orders/0000", "/orders/0000"])).rows()
    [('/v0/orders/{id}', 0, 3, '/orders/{id}'), ('/orders/{id}', 0, None, None)]
    """
    texts = paths.alias(_OF).to_frame()
    keys = texts.with_columns(pl.lit(begins).alias(_BEGINS), path_key(pl.col(_OF)).alias(PATH_KEY.name))
    left = pl.when(PATH_KEY.col.str.contains("0", literal=True))  # of most paths no digit is left
    named = left.then(PATH_KEY.col).str.extract("(?s)^(.*0[^/]*)")
    segments = left.then(pl.col(_OF)).str.split("/").list.head(named.str.count_matches("/", literal=True) + 1)
    return keys.select_seq(
        PATH_KEY.name,
        _BEGINS,
        segments.list.join("/").str.len_chars().alias(_NAMED),
        left.then(PATH_KEY.col).str.slice(named.str.len_chars()).alias(_REST),
    )


def each_alike(texts: pl.Series, make: Make) -> pl.DataFrame:
    """Make rows of texts, as `_each_once` does, by a `make` to which one digit is as good as another.

    But for the names in paths: `make` gives what `keyed` does, and more. A path is folded segment by segment, so up to
    its last name that holds a digit it is folded again.
    """
    made = _each_once(_with_zeros(texts), make)
    named = made[_NAMED].is_not_null().arg_true()
    if named.is_empty():
        return made
    few = made.select(_NAMES).hstack([texts.alias(_TEXT)])[named]
    heads = few.select(pl.col(_TEXT).str.slice(_BEGINS, _NAMED)).to_series()
    keys = _each_once(heads, lambda heads: heads.to_frame().select_seq(path_key(pl.first()))).to_series() + few[_REST]
    return made.with_columns(made[PATH_KEY.name].scatter(named, keys))


def _with_zeros(texts: pl.Series) -> pl.Series:
    """Give every digit as a zero: of the bytes of all texts in one go, where a search goes from text to text.

    >>> _with_zeros(pl.Series(["/v2/call-4711", None, "/café/09"])).to_list()
    ['/v0/call-0000', None, '/café/00']
    """
    letters = pl.first().cast(pl.Binary).cast(pl.List(pl.UInt8))
    zeros = letters.list.eval(pl.when(pl.element().is_between(_ZERO, _NINE)).then(_ZERO).otherwise(pl.element()))
    return texts.to_frame().select_seq(zeros.cast(pl.Binary).cast(pl.String)).to_series()


def _each_once(texts: pl.Series, make: Make) -> pl.DataFrame:
    """Make of each text the row that `make` makes of it, which is called with every different one once.

    >>> told = pl.Series(["b", "a", None, "b"])
    >>> _each_once(told, lambda texts: texts.str.to_uppercase().to_frame()).to_series().to_list()
    ['B', 'A', None, 'B']
    """
    distinct = texts.unique().alias(_TEXT)
    made = make(distinct).hstack([distinct.alias(_OF)])
    each = texts.alias(_OF).to_frame().join(made, on=_OF, how="left", nulls_equal=True, maintain_order="left")
    each.drop_in_place(_OF)
    return each
