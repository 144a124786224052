"""Reads pairs: `path=/ws/chat err="token is expired"`, as logfmt and the consoles of Go's loggers write them.

In comes a column of texts, out goes a column per fact that was asked for. The hard thing is that one fact has many
names, of which the first in the order of its list counts, wherever on the line it stands.
"""

from collections.abc import Mapping

import polars as pl

from analyzer.formats.facts import NAMES, Facts

_PAIR = r'(?:^|[ (])[A-Za-z_@][\w.@/-]*=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)'
_NAME, _VALUE = r"^[ (]?([^=]+)=", r"(?s)^[^=]*=(.*)$"
_LISTS = ("allowed_origins",)
_ORIGIN = (
    r"\b(?:https?|wss?)://[^\s'\",\]]+"  # `['https://a', 'https://b']`, `[https://a https://b]`, `https://a,https://b`
)


def read_pairs(texts: pl.Series, names: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Give a column of texts per fact of `names`, null where none of its names stands on the line."""
    facts = {name: fact for fact, each in names.items() for name in each}
    ranks = {name: rank for each in names.values() for rank, name in enumerate(each)}
    rows = pl.DataFrame({"text": texts}).with_row_index("row")
    pairs = (
        rows.select("row", pl.col("text").str.extract_all(_PAIR).alias("pair")).explode("pair", empty_as_null=True)
        .select("row", name=pl.col("pair").str.extract(_NAME, 1), value=pl.col("pair").str.extract(_VALUE, 1))
        .filter(pl.col("name").is_in(list(facts)))
        .with_columns(
            fact=pl.col("name").replace_strict(facts, return_dtype=pl.String),
            rank=pl.col("name").replace_strict(ranks, return_dtype=pl.Int64),
            value=unquoted(pl.col("value")),
        )
        .sort("row", "rank", maintain_order=True)
    )  # fmt: skip
    told = (pl.col("value").filter(pl.col("fact") == fact).first().alias(fact) for fact in names)
    return (
        rows.select("row")
        .join(pairs.group_by("row").agg(told), on="row", how="left", maintain_order="left")
        .drop("row")
    )


def unquoted(value: pl.Expr) -> pl.Expr:
    """Take a value out of its quotes."""
    quoted = value.str.starts_with('"')
    bare = (
        value.str.replace(r'^"', "")
        .str.replace(r'"$', "")
        .str.replace_all(r"\\n", "\n")
        .str.replace_all(r"\\(.)", "${1}")
    )
    return pl.when(quoted).then(bare).otherwise(value)


def facts_in_pairs(texts: pl.Series) -> pl.DataFrame:
    """Read the facts that pairs tell, in the columns of `facts.py`."""
    told = read_pairs(texts, NAMES)
    listed = (pl.col(name).str.extract_all(_ORIGIN).alias(name) for name in _LISTS)
    return told.with_columns(pl.when(each.list.len() > 0).then(each) for each in listed).select(
        pl.col(fact).cast(dtype, strict=False) for fact, dtype in Facts.schema().items()
    )
