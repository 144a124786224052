"""On which port the backend says it listens, beside the one that nginx dials.

In: the judged journeys and the events. Out: the journeys with OTHER_PORT. The hard thing is to know whose word it is:
only where all backends' logs together name one single port is that the port.
"""

import polars as pl

from analyzer.rule import DIALLED
from analyzer.schema import HOP, KIND, OTHER_PORT, PORT, Hop, Kind


def with_other_port(journeys: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Fill OTHER_PORT."""
    told = kept.filter(HOP.col == Hop.BACKEND, KIND.col == Kind.LISTENING)[PORT.name].drop_nulls().unique().to_list()
    only = told[0] if len(told) == 1 else None
    dialled = DIALLED.str.extract(r":([0-9]+)$", 1).cast(pl.Int64)
    other = pl.lit(only, dtype=pl.Int64)
    return journeys.with_columns(pl.when(dialled != other).then(other).alias(OTHER_PORT.name))
