"""What a path gained on its way: a prefix, or a slash that came in double or went missing.

In: the joined journeys with their routes. Out: the same with ADDED, ROUTE_ADDED, SLASH and ROUTE_SLASH: once by what
arrived at the backend, once by what the config makes of it. What a path *loses* is told in `judging`.
"""

import polars as pl

from analyzer.paths import path_of
from analyzer.schema import ADDED, BACKEND_TARGET, PATH, ROUTE_ADDED, ROUTE_SLASH, ROUTE_TARGET, SLASH

_LAST = r"([^/]+)/*$"


def with_changes(journeys: pl.DataFrame) -> pl.DataFrame:
    """Fill ADDED, ROUTE_ADDED, SLASH and ROUTE_SLASH."""
    arrived, configured = pl.col("arrived"), pl.col("configured")
    paths = journeys.select(PATH.col, arrived=path_of(BACKEND_TARGET.col), configured=path_of(ROUTE_TARGET.col))
    changes = paths.select(
        _added(arrived).alias(ADDED.name),
        _added(configured).alias(ROUTE_ADDED.name),
        _slash(arrived).alias(SLASH.name),
        _slash(configured).alias(ROUTE_SLASH.name),
    )
    return journeys.with_columns(changes)


def _added(arrived: pl.Expr) -> pl.Expr:
    """What stands before the whole path that was asked for."""
    longer = arrived.str.ends_with(PATH.col) & (arrived != PATH.col) & (PATH.col.str.len_chars() > 1)
    return pl.when(longer & ~arrived.str.contains("//", literal=True)).then(arrived.str.strip_suffix(PATH.col))


def _slash(arrived: pl.Expr) -> pl.Expr:
    """`doubled` where two stand in a row that nobody asked for; `lost` where two names ran into one."""
    doubled = arrived.str.contains("//", literal=True) & ~PATH.col.str.contains("//", literal=True)
    asked, came = PATH.col.str.extract(_LAST, 1), arrived.str.extract(_LAST, 1)
    parent = arrived.str.replace(_LAST, "")
    ran_together = came.str.ends_with(asked) & (came != asked) & (parent != PATH.col.str.replace(_LAST, ""))
    fewer = (_letters(arrived) == _letters(PATH.col)) & (_slashes_inside(arrived) < _slashes_inside(PATH.col))
    lost = (ran_together | fewer) & ~PATH.col.str.contains("//", literal=True)
    return pl.when(doubled).then(pl.lit("doubled")).when(lost).then(pl.lit("lost"))


def _letters(path: pl.Expr) -> pl.Expr:
    return path.str.replace_all("/", "", literal=True)


def _slashes_inside(path: pl.Expr) -> pl.Expr:
    return path.str.strip_chars_end("/").str.count_matches("/", literal=True)
