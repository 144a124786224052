"""How many requests of an incident were counted and not kept: a bound on memory must not be a bound on the figures."""

import polars as pl

from analyzer.schema import COUNT, KEPT, PATH_KEY, PLACES, SOURCE, STATUS, Column


def beyond(families: pl.DataFrame, *alike: Column) -> pl.DataFrame:
    """How many records of each source were counted and not kept, by what makes them alike: (SOURCE, *alike, COUNT)."""
    more = families.filter(COUNT.col > KEPT.col).group_by(SOURCE.name, *(column.name for column in alike))
    return more.agg((COUNT.col - KEPT.col).sum().alias(COUNT.name))


def uncounted(group: pl.DataFrame, families: pl.DataFrame) -> int:
    """Records beyond the kept ones in the families that these journeys belong to; the source that tells most counts."""
    overflowing = beyond(families, PATH_KEY, STATUS)
    if overflowing.is_empty():
        return 0
    sources = pl.concat(
        group.select(column.col.struct.field("source").alias(SOURCE.name), PATH_KEY.name, STATUS.name)
        for column in PLACES
    ).drop_nulls(SOURCE.name)
    same = overflowing.join(
        sources.unique(), on=[SOURCE.name, PATH_KEY.name, STATUS.name], how="semi", nulls_equal=True
    )
    return max(same.group_by(SOURCE.name).agg(COUNT.col.sum())[COUNT.name].to_list(), default=0)
