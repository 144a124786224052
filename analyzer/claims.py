"""What one rule is asked about: the journeys with the signs of its cause, and the signs that belong to no request.

In: `Journeys`. Out: for each cause a table (CLAIMABLE). The hard thing is that many a fault is told by a line that
names no request at all: such a line is a journey of its own, of which nothing is known but that line.
"""

from collections.abc import Mapping

import polars as pl

from analyzer.frozen import dataclass
from analyzer.journeys import Journeys
from analyzer.journeys.attempts import place
from analyzer.journeys.settings import secret_told_twice
from analyzer.rule import DIALLED
from analyzer.schema import (
    ALLOWED_ORIGINS,
    BACKEND_ADDRESS,
    BACKEND_AT,
    CAUSE,
    CLAIMABLE,
    CLIENT_AT,
    ERROR_AT,
    HOP,
    JOURNEY,
    JOURNEYS,
    LB_AT,
    MESSAGE,
    ORIGIN,
    OUTCOME,
    ROUTE_ADDRESS,
    SEEN_BY,
    SIGN_AT,
    SIGN_SAYS,
    SIGN_WORDS,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
    schema_of,
)


@dataclass(frozen=True, slots=True)
class Claimables:
    """The tables that the rules are asked about: one for all whose cause no word tells of, else one of its own."""

    journeys: Journeys
    untold: pl.DataFrame
    told: Mapping[str, pl.DataFrame]

    @classmethod
    def of(cls, journeys: Journeys) -> "Claimables":
        """Lay the settings and empty signs beside the journeys, once."""
        beside = journeys.journeys.join(secret_told_twice(journeys.settings), how="cross")
        untold = _shaped(beside)
        told = journeys.signs.with_columns(place(SIGN_AT), MESSAGE.col.alias(SIGN_SAYS.name))
        of_one = [JOURNEY.name, CAUSE.name]
        told = told.with_columns(SIGN_SAYS.col.str.join("\n").over(of_one).alias(SIGN_WORDS.name))
        once = told.unique(of_one, keep="first", maintain_order=True).partition_by(CAUSE.name, as_dict=True)
        return cls(journeys, untold, {slug: signs for (slug,), signs in once.items()})

    def by(self, slug: str) -> pl.DataFrame:
        """The journeys with SIGN_AT and SIGN_SAYS of this cause; each sign alone is a row as well (CLAIMABLE)."""
        told = self.told.get(slug)
        if told is None:
            return self.untold
        said = [column.col.alias(f"said {column.name}") for column in _SAID_BESIDE]
        words = told.select(JOURNEY.name, *_SIGN, *said)
        bare = self.untold.drop(_SIGN)
        joined = bare.join(words, on=JOURNEY.name, how="left", maintain_order="left")
        filled = [pl.coalesce(column.col, f"said {column.name}").alias(column.name) for column in _SAID_BESIDE]
        alone = _alone(told.filter(JOURNEY.col < 0), short=self.journeys.short)
        settings = secret_told_twice(self.journeys.settings)
        return pl.concat([joined.with_columns(filled).select(_CLAIMABLE), _shaped(alone.join(settings, how="cross"))])


_CLAIMABLE = schema_of(CLAIMABLE).names()
_SIGN = [SIGN_AT.name, SIGN_SAYS.name, SIGN_WORDS.name]
_SAID_BESIDE = (ORIGIN, ALLOWED_ORIGINS)
"""What a refusal's words may tell that its request's own record does not."""

_PLACE_OF = {Hop.CLIENT: CLIENT_AT, Hop.LOAD_BALANCER: LB_AT, Hop.NGINX: ERROR_AT, Hop.BACKEND: BACKEND_AT}


def _alone(signs: pl.DataFrame, *, short: bool) -> pl.DataFrame:
    """A sign that belongs to no request, as a journey of its own: what its record holds, and nothing else."""
    own = [column for column in JOURNEYS if column.name in signs.columns]
    wanted = Wanted.PASTE if short else Wanted.CONDITION
    at = [pl.when(HOP.col == hop).then(SIGN_AT.col).alias(column.name) for hop, column in _PLACE_OF.items()]
    seen = [
        pl.when(HOP.col == hop).then(pl.lit(Seen.SEEN.value)).otherwise(pl.lit(Seen.UNKNOWN.value)).alias(column.name)
        for hop, column in SEEN_BY.items()
    ]
    return signs.select(
        *(column.col for column in own), *_SIGN, *at, *seen,
        pl.lit(wanted.value).alias(WANTED.name), pl.lit(Outcome.FAILED.value).alias(OUTCOME.name),
    )  # fmt: skip


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as CLAIMABLE: what they do not tell is null."""
    missing = [column for column in CLAIMABLE if column.name not in rows.columns]
    whole = rows.with_columns(pl.lit(None, dtype=c.dtype).alias(c.name) for c in missing)
    address = pl.coalesce(ROUTE_ADDRESS.col, DIALLED).alias(BACKEND_ADDRESS.name)
    return whole.with_columns(address).select(_CLAIMABLE)
