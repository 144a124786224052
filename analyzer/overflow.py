"""How many requests were counted and not kept: a bound on memory must not be a bound on the figures."""

import polars as pl

from analyzer.schema import COUNT, FIRST, KEPT, LAST, PATH_KEY, PLACES, SOURCE, STATUS, Column

WEIGHT = "weight"


def beyond(families: pl.DataFrame, *alike: Column) -> pl.DataFrame:
    """How many records of each source were counted and not kept, by what makes them alike: (SOURCE, *alike, COUNT)."""
    more = families.filter(COUNT.col > KEPT.col).group_by(SOURCE.name, *(column.name for column in alike))
    return more.agg((COUNT.col - KEPT.col).sum().alias(COUNT.name))


def not_kept(families: pl.DataFrame) -> int:
    """How many records were counted and not kept."""
    return int(beyond(families)[COUNT.name].sum())


def weighted(journeys: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Let the kept requests of a path and status stand for those that were counted and not kept: adds WEIGHT."""
    alike = [PATH_KEY.name, STATUS.name]
    told = beyond(families, PATH_KEY, STATUS).group_by(alike).agg(COUNT.col.max())  # by the source that tells most
    more = COUNT.col.fill_null(0) / pl.len().over(alike)
    return journeys.join(told, on=alike, how="left", nulls_equal=True).with_columns((1 + more).alias(WEIGHT))


def uncounted(group: pl.DataFrame, families: pl.DataFrame) -> int:
    """Records beyond the kept ones in the families that these journeys belong to; the source that tells most counts."""
    return int(overflowing(group, families)[COUNT.name].sum())


def overflowing(group: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """The families that these journeys belong to and that were not kept whole, of the source that tells most.

    (FIRST, LAST, COUNT): from when to when there were records of it, and how many were counted and not kept.
    """
    more = families.filter(COUNT.col > KEPT.col)
    if more.is_empty():
        return more.select(FIRST.name, LAST.name, COUNT.name)
    alike = [SOURCE.name, PATH_KEY.name, STATUS.name]
    places = (column.col.struct.field("source").alias(SOURCE.name) for column in PLACES)
    told = pl.concat(group.select(place, *alike[1:]) for place in places).drop_nulls(SOURCE.name).unique()
    same = more.join(told, on=alike, how="semi", nulls_equal=True).with_columns(COUNT.col - KEPT.col)
    by_source = same.group_by(SOURCE.name).agg(COUNT.col.sum()).sort(COUNT.name, SOURCE.name, descending=[True, False])
    return same.join(by_source.head(1), on=SOURCE.name, how="semi").select(FIRST.name, LAST.name, COUNT.name)
