"""Puts what a format read in its place: whose eyes saw it, which signs it holds, when it began, what it asks for.

In: the columns that formats fill, and the log they are of. Out: EVENTS; or of skimmed records TOLD. The hard thing is
cost: a request-target is taken apart once, however often it comes.
"""

import polars as pl

from analyzer.folding import path_keys
from analyzer.formats.settings import MASK
from analyzer.paths import paths_of, query_of
from analyzer.perspective import seen_from, taken_for_a_backend, without_bystanders
from analyzer.schema import (
    DURATION,
    EVENTS,
    KIND,
    PATH,
    PATH_KEY,
    QUERY,
    RAW,
    SETTING,
    SOURCE,
    START,
    TARGET,
    TIME,
    TIME_MARKS,
    TOLD,
    Kind,
    schema_of,
)
from analyzer.signs import Signs, with_signs
from analyzer.sources import Log


def placed(events: pl.DataFrame, log: Log, signs: Signs) -> pl.DataFrame:
    """Fill what follows from other columns, and from where the records stand."""
    seen = taken_for_a_backend(seen_from(events, is_backend=log.is_backend, backends=log.backends))
    told = without_bystanders(with_signs(seen, signs))
    return (
        _quotable(told)
        .with_columns(pl.lit(log.file.name).alias(SOURCE.name), _began())
        .join(_paths(told[TARGET.name]), on=TARGET.name, how="left", nulls_equal=True, maintain_order="left")
        .select(schema_of(EVENTS).names())
    )


def placed_skimmed(skimmed: pl.DataFrame, log: Log) -> pl.DataFrame:
    """Fill the same for access lines that were skimmed: their time is their end, and no words could hold a sign."""
    known = {name: pl.col(name) for name in skimmed.columns} | {SOURCE.name: pl.lit(log.file.name)}
    if DURATION.name in known:
        known[START.name] = TIME.col - pl.duration(microseconds=DURATION.col)
    told = skimmed.select(known.get(column.name, pl.lit(None, column.dtype)).alias(column.name) for column in TOLD)
    return seen_from(told, is_backend=log.is_backend, backends=log.backends)


def _began() -> pl.Expr:
    """When it began: its time minus its duration, where the time marks the end."""
    ended = TIME_MARKS.col == "end"
    began = pl.when(ended & DURATION.col.is_not_null()).then(TIME.col - pl.duration(microseconds=DURATION.col))
    return pl.when(ended).then(began).otherwise(TIME.col).alias(START.name)


def _quotable(events: pl.DataFrame) -> pl.DataFrame:
    """A setting's text as a person would write it, without its value."""
    settings = KIND.col == Kind.SETTING
    if events.filter(settings).is_empty():
        return events
    told = pl.format("{} = {}", SETTING.col, pl.lit(MASK))
    return events.with_columns(pl.when(settings).then(told).otherwise(RAW.col).alias(RAW.name))


def _paths(targets: pl.Series) -> pl.DataFrame:
    """Path, query and path family of each distinct target: most logs ask for the same few again and again."""
    distinct = targets.unique()
    paths = paths_of(distinct)
    return pl.DataFrame(
        {
            TARGET.name: distinct,
            PATH.name: paths,
            QUERY.name: distinct.to_frame().select(query_of(pl.first())).to_series(),
            PATH_KEY.name: path_keys(paths),
        }
    )
