"""The fastest bare Polars programs that give an access log's columns: what reading alone costs.

`python -m tests.benchmarks.bare split|match FILE`: `split` takes nginx's word that quotes are escaped and fields are
apart by blanks, `match` runs a regular expression. Neither copes with a line that is not as it should be.
"""

import sys

import polars as pl

_FIELDS = ("client", "ident", "user", "time", "zone", "request", "status", "bytes", "referrer", "agent")
_COMBINED = (
    r'^(?P<client>\S+) (?P<ident>\S+) (?P<user>\S+) \[(?P<time>[^ ]+) (?P<zone>[^\]]+)\] "(?P<request>[^"]*)"'
    r' (?P<status>\d{3}) (?P<bytes>\d+|-) "(?P<referrer>[^"]*)" "(?P<agent>[^"]*)"$'
)


def split(file: str) -> pl.LazyFrame:
    """Split at blanks outside quotes."""
    return pl.scan_csv(
        file, separator=" ", quote_char='"', has_header=False, new_columns=list(_FIELDS), infer_schema=False
    )


def match(file: str) -> pl.LazyFrame:
    """Match each line."""
    lines = pl.scan_lines(file, name="line")
    return lines.select(pl.col("line").str.extract_groups(_COMBINED).alias("fields")).unnest("fields")


def columns(fields: pl.LazyFrame) -> pl.LazyFrame:
    """Give the columns of a request: its time, method, target and protocol, its status and size as what they are."""
    request = pl.col("request").str.splitn(" ", 3).struct
    return fields.select(
        "client",
        pl.col("time").str.strip_prefix("[").str.to_datetime("%d/%b/%Y:%H:%M:%S", strict=False),
        request.field("field_0").alias("method"),
        request.field("field_1").alias("target"),
        request.field("field_2").alias("protocol"),
        pl.col("status").cast(pl.Int64, strict=False),
        pl.col("bytes").cast(pl.Int64, strict=False),
        "referrer",
        "agent",
    )


if __name__ == "__main__":
    read = {"split": split, "match": match}[sys.argv[1]]
    table = columns(read(sys.argv[2])).collect(engine="streaming")
    sys.stdout.write(f"{table.height} {table['status'].sum()}\n")
