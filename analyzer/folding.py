"""Paths as families, a whole column at once: what comes again and again is looked at once.

In: texts that hold paths. Out: their path families, as `path_key` alone would fold each. The hard thing is that ids
make nearly every text a new one; but no id tells one digit from another, and with all digits alike few are left.
"""

from collections.abc import Callable

import polars as pl

from analyzer.line_feeds import cut_at_line_feeds
from analyzer.paths import path_key
from analyzer.schema import PATH_KEY

__all__ = ["each_alike", "each_once", "path_keys", "told_apart"]

TELLING = "telling"
"""How many characters a text has up to the end of the last segment of its path whose digits are part of a name."""

_DIGITS = "123456789"
_ZEROS = bytes.maketrans(_DIGITS.encode(), b"0" * len(_DIGITS))
_TEXT, _OF, _BEGINS = "text", "of", "begins"
_AT_ONCE = pl.lit(0)

Make = Callable[[pl.Series], pl.DataFrame]
"""Makes a row of each text."""


def path_keys(paths: pl.Series) -> pl.Series:
    """Fold a whole column.

    >>> path_keys(pl.Series(["/login", "/v2/call-4711", None, "/call-4712", "/v2/call-4711"])).to_list()
    ['/login', '/v2/{id}', None, '/{id}', '/v2/{id}']
    """
    return each_alike(paths, lambda alike: told_apart(alike.to_frame(), pl.first()))[PATH_KEY.name].alias(paths.name)


def told_apart(texts: pl.DataFrame, path: pl.Expr, begins: pl.Expr = _AT_ONCE) -> pl.DataFrame:
    """Give the PATH_KEY of each text's path, which begins after so many characters, and how many are TELLING.

    >>> told_apart(pl.DataFrame({"path": ["/v0/orders/0000", "/orders/0000"]}), pl.col("path")).rows()
    [('/v0/orders/{id}', 3), ('/orders/{id}', 0)]
    """
    keys = texts.select_seq(path_key(path).alias(PATH_KEY.name), path.alias(_OF), begins.alias(_BEGINS))
    named = PATH_KEY.col.str.extract("(?s)^(.*0)").str.count_matches("/", literal=True)
    upto = pl.col(_OF).str.split("/").list.head(named + 1).list.join("/").str.len_chars()
    telling = pl.when(named.is_null()).then(0).otherwise(pl.col(_BEGINS) + upto)
    return keys.select_seq(PATH_KEY.name, telling.alias(TELLING))


def each_alike(texts: pl.Series, make: Make) -> pl.DataFrame:
    """Make rows of texts, as `each_once` does, by a `make` to which one digit is as good as another.

    But for the PATH_KEY that it makes: digits among the first TELLING characters of a text are told apart.
    """
    alike = _with_zeros(texts)
    made = each_once(alike, make)
    telling = (made[TELLING] > 0).arg_true()
    if telling.is_empty():
        return made
    apart = pl.DataFrame(
        {_TEXT: texts.gather(telling), _OF: alike.gather(telling), TELLING: made[TELLING].gather(telling)}
    )
    named = apart.select(pl.col(_TEXT).str.head(TELLING) + pl.col(_OF).str.slice(TELLING)).to_series()
    keys = made[PATH_KEY.name].scatter(telling, each_once(named, make)[PATH_KEY.name])
    return made.with_columns(keys)


def _with_zeros(texts: pl.Series) -> pl.Series:
    """Give every digit as a zero: to all texts at once that takes half of what Polars needs for one after the other."""
    text = "".join(texts.fill_null("").str.join("\n")).encode() + b"\n"
    zeros = cut_at_line_feeds(text.translate(_ZEROS))
    if len(zeros) != len(texts) or b"\r" in text:
        return texts.str.replace_many([*_DIGITS], ["0"])
    return zeros if not texts.null_count() else pl.select(pl.when(texts.is_not_null()).then(zeros)).to_series()


def each_once(texts: pl.Series, make: Make) -> pl.DataFrame:
    """Make of each text the row that `make` makes of it, which is called with every different one once.

    >>> told = pl.Series(["b", "a", None, "b"])
    >>> each_once(told, lambda texts: texts.str.to_uppercase().to_frame()).to_series().to_list()
    ['B', 'A', None, 'B']
    """
    distinct = texts.unique().alias(_TEXT)
    made = make(distinct).with_columns(distinct.alias(_OF))
    return texts.alias(_OF).to_frame().join(made, on=_OF, how="left", nulls_equal=True, maintain_order="left").drop(_OF)
