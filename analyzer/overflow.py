"""How many requests of an incident were counted and not kept: a bound on memory must not be a bound on the figures."""

import polars as pl

from analyzer.schema import COUNT, KEPT, PATH_KEY, PLACES, SOURCE, STATUS


def uncounted(group: pl.DataFrame, families: pl.DataFrame) -> int:
    """Records beyond the kept ones in the families that these journeys belong to; the source that tells most counts."""
    overflowing = families.filter(COUNT.col > KEPT.col)
    if overflowing.is_empty():
        return 0
    sources = pl.concat(
        group.select(column.col.struct.field("source").alias(SOURCE.name), PATH_KEY.name, STATUS.name)
        for column in PLACES
    ).drop_nulls(SOURCE.name)
    same = overflowing.join(
        sources.unique(), on=[SOURCE.name, PATH_KEY.name, STATUS.name], how="semi", nulls_equal=True
    )
    beyond = same.group_by(SOURCE.name).agg((COUNT.col - KEPT.col).sum().alias(COUNT.name))
    return max(beyond[COUNT.name].to_list(), default=0)
