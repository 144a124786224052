"""Caddy's lines on a terminal, as the objects that it writes everywhere else.

In come lines, out go those in columns as one JSON object each: `newDefaultProductionLogEncoder` in Caddy's logging.go
writes time (UTC), level, logger, words and the rest of the object, apart by tabs, of which a page makes blanks. The
hard thing is the words: they become a JSON string, whatever stands in them.
"""

import polars as pl

_COLOUR, _APART = r"(?:\x1b\[[0-9;]*m)?", r"(?:\t| {2,})"
_COLUMNS = (
    r"^(?P<day>[0-9]{4}/[0-9]{2}/[0-9]{2}) (?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3})"
    rf"{_APART}{_COLOUR}(?P<level>[A-Z]{{4,6}}){_COLOUR}{_APART}"
    rf"(?:(?P<logger>[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)*){_APART})?(?P<words>.*?)(?:{_APART}\{{(?P<rest>.*)\}})?\s*$"
)


def as_objects(raw: pl.Series) -> pl.Series:
    """Give lines in columns as objects; what is none stays as it is."""
    if not raw.str.contains(_COLUMNS).any():
        return raw
    found = raw.str.extract_groups(_COLUMNS).struct.unnest()
    words = pl.col("words").str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    told = pl.concat_str(
        pl.lit('{"level":"'), pl.col("level").str.to_lowercase(),
        pl.lit('","ts":"'), pl.col("day").str.replace_all("/", "-"), pl.lit("T"), pl.col("clock"),
        pl.lit('Z","logger":"'), pl.col("logger").fill_null(""),
        pl.lit('","msg":"'), words.str.replace_all("\t", " "),
        pl.lit('"'), pl.when(pl.col("rest").str.len_chars() > 0).then("," + pl.col("rest")).otherwise(pl.lit("")),
        pl.lit("}"),
    )  # fmt: skip
    return found.select(pl.coalesce(told, pl.lit(raw))).to_series()
