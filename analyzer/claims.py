"""What one rule is asked about: the journeys with the signs of its cause, and the signs that belong to no request.

In: `Journeys` and a cause's slug. Out: a table (CLAIMABLE). The hard thing is that many a fault is told by a line that
names no request at all: such a line is a journey of its own, of which nothing is known but that line.
"""

import polars as pl

from analyzer.journeys import Journeys
from analyzer.journeys.attempts import place
from analyzer.journeys.settings import secret_told_twice
from analyzer.schema import (
    ALLOWED_ORIGINS,
    BACKEND_AT,
    BACKEND_SEEN,
    CAUSE,
    CLAIMABLE,
    CLIENT_AT,
    CLIENT_SEEN,
    ERROR_AT,
    HOP,
    JOURNEY,
    JOURNEYS,
    LB_AT,
    LB_SEEN,
    MESSAGE,
    NGINX_SEEN,
    ORIGIN,
    OUTCOME,
    SETTING_PAIRS,
    SIGN_AT,
    SIGN_SAYS,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
    schema_of,
)


def claimable(journeys: Journeys, slug: str) -> pl.DataFrame:
    """The journeys with SIGN_AT and SIGN_SAYS of this cause; each sign alone is a row as well."""
    signs = journeys.signs.filter(CAUSE.col == slug).with_columns(place(SIGN_AT), MESSAGE.col.alias(SIGN_SAYS.name))
    told = signs.unique(JOURNEY.name, keep="first", maintain_order=True)
    said = [column.col.alias(f"said {column.name}") for column in _SAID_BESIDE]
    words = told.select(JOURNEY.name, SIGN_AT.name, SIGN_SAYS.name, *said)
    joined = journeys.journeys.join(words, on=JOURNEY.name, how="left", maintain_order="left")
    filled = [pl.coalesce(column.col, f"said {column.name}").alias(column.name) for column in _SAID_BESIDE]
    beside = joined.with_columns(filled).drop(f"said {column.name}" for column in _SAID_BESIDE)
    rows = pl.concat([beside, _alone(told.filter(JOURNEY.col < 0), journeys).drop(_SETTINGS)], how="diagonal")
    return rows.join(secret_told_twice(journeys.settings), how="cross").select(schema_of(CLAIMABLE).names())


_SETTINGS = schema_of(SETTING_PAIRS).names()
_SAID_BESIDE = (ORIGIN, ALLOWED_ORIGINS)
"""What a refusal's words may tell that its request's own record does not."""

_PLACE_OF = {Hop.CLIENT: CLIENT_AT, Hop.LOAD_BALANCER: LB_AT, Hop.NGINX: ERROR_AT, Hop.BACKEND: BACKEND_AT}
_SEEN_OF = {Hop.CLIENT: CLIENT_SEEN, Hop.LOAD_BALANCER: LB_SEEN, Hop.NGINX: NGINX_SEEN, Hop.BACKEND: BACKEND_SEEN}


def _alone(signs: pl.DataFrame, journeys: Journeys) -> pl.DataFrame:
    """A sign that belongs to no request, as a journey of its own: what its record holds, and nothing else."""
    own = [column for column in JOURNEYS if column.name in signs.columns]
    wanted = Wanted.PASTE if journeys.short else Wanted.CONDITION
    at = [pl.when(HOP.col == hop).then(SIGN_AT.col).alias(column.name) for hop, column in _PLACE_OF.items()]
    seen = [
        pl.when(HOP.col == hop).then(pl.lit(Seen.SEEN.value)).otherwise(pl.lit(Seen.UNKNOWN.value)).alias(column.name)
        for hop, column in _SEEN_OF.items()
    ]
    rows = signs.select(
        *(column.col for column in own), SIGN_AT.name, SIGN_SAYS.name, *at, *seen,
        pl.lit(wanted.value).alias(WANTED.name), pl.lit(Outcome.FAILED.value).alias(OUTCOME.name),
    )  # fmt: skip
    missing = [column for column in CLAIMABLE if column.name not in rows.columns]
    shaped = rows.with_columns(pl.lit(None, dtype=column.dtype).alias(column.name) for column in missing)
    return shaped.select(schema_of(CLAIMABLE).names())
