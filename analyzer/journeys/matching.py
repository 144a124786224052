"""Joining two hops' attempts one to one: by keys, and then by time, or by order where a log has no time.

In: two tables, each with a row number, and an ordered list of ways to match. Out: pairs of row numbers. Every attempt
is matched once; what one way leaves over goes to the next.
"""

from collections.abc import Callable, Iterable

import polars as pl

from analyzer.schema import CLOCK_TOLERANCE, TIME, Column

ROW = "row"
LEFT = "left row"
RIGHT = "right row"

Match = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]
"""A way to match: two tables in, their pairs (LEFT, RIGHT) out, each row at most once."""

_PAIRS = pl.Schema({LEFT: pl.Int64(), RIGHT: pl.Int64()})
_NO_PAIRS = pl.DataFrame(schema=_PAIRS)


def numbered(table: pl.DataFrame) -> pl.DataFrame:
    """Give every row its number."""
    return table.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW))


def match(left: pl.DataFrame, right: pl.DataFrame, ways: Iterable[Match]) -> pl.DataFrame:
    """Try the ways in order, each on what the ones before left over."""
    found = [_NO_PAIRS]
    for way in ways:
        if left.is_empty() or right.is_empty():
            break
        pairs = way(left, right)
        if pairs.is_empty():
            continue
        found.append(pairs.cast(_PAIRS))
        left, right = _left_over(left, right, pairs)
    return pl.concat(found)


def _left_over(left: pl.DataFrame, right: pl.DataFrame, pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of both sides that no pair holds."""
    return (
        left.join(pairs, left_on=ROW, right_on=LEFT, how="anti"),
        right.join(pairs, left_on=ROW, right_on=RIGHT, how="anti"),
    )


def nearest(*keys: Column | str, within_seconds: int) -> Match:
    """Match rows of equal keys that are nearest in time; needs times on both sides.

    Where a clock was corrected (CLOCK_TOLERANCE), as much more is allowed as the correction may be off by.
    Equal times are matched in order first: a burst of reconnects stands within one second of both logs. What is nearest
    to one row may be nearest to several, so the rest is matched again until nothing more falls together.
    """
    names = _names(keys)
    once = _nearest_once(names, within_seconds)

    def way(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        return match(left, right, [in_order(*names, TIME), _again_and_again(once)])

    return way


_ROUNDS = 8


def _again_and_again(once: Match) -> Match:
    """Match what is left over as often as that matches anything, up to `_ROUNDS` times."""

    def way(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        found = [_NO_PAIRS]
        while len(found) <= _ROUNDS and not (pairs := match(left, right, [once])).is_empty():
            found.append(pairs)
            left, right = _left_over(left, right, pairs)
        return pl.concat(found)

    return way


def _nearest_once(names: list[str], within_seconds: int) -> Match:
    def way(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        ones = _timed(left, names, LEFT)
        others = _timed(right, names, RIGHT).with_columns(TIME.col.alias("other"))
        if ones.is_empty() or others.is_empty():
            return _NO_PAIRS
        doubt = sum(each.select(CLOCK_TOLERANCE.col.max().fill_null(0)).item() for each in (ones, others))
        near = ones.join_asof(
            others,
            on=TIME.name,
            by=names,
            strategy="nearest",
            tolerance=f"{within_seconds + doubt}s",
            check_sortedness=False,
        )
        apart = (TIME.col - pl.col("other")).abs()
        allowed = within_seconds + CLOCK_TOLERANCE.col + pl.col(f"{CLOCK_TOLERANCE.name}_right")
        close = near.filter(pl.col(RIGHT).is_not_null(), apart <= pl.duration(seconds=allowed))
        return close.sort(apart, LEFT).unique(RIGHT, keep="first", maintain_order=True).select(LEFT, RIGHT)

    return way


def _timed(table: pl.DataFrame, names: list[str], number: str) -> pl.DataFrame:
    doubt = CLOCK_TOLERANCE.col if CLOCK_TOLERANCE.name in table.columns else pl.lit(0, dtype=CLOCK_TOLERANCE.dtype)
    present = table.drop_nulls([TIME.name, *names])
    return present.select(
        pl.col(ROW).alias(number), TIME.name, *names, doubt.fill_null(0).alias(CLOCK_TOLERANCE.name)
    ).sort(TIME.name, number)


def in_order(*keys: Column | str) -> Match:
    """Match the first with the first, the second with the second, among rows of equal keys."""
    names = _names(keys)

    def way(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        ones, others = _ranked(left, names, LEFT), _ranked(right, names, RIGHT)
        if ones.is_empty() or others.is_empty():
            return _NO_PAIRS
        return ones.join(others, on=[*names, "rank"]).select(LEFT, RIGHT)

    return way


def as_many(*keys: Column | str) -> Match:
    """Match in order where both sides have as many rows of these keys: else it would be a guess who is who."""
    names = _names(keys)

    def way(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        counts = (side.drop_nulls(names).group_by(names).len("rows") for side in (left, right))
        same = next(counts).join(next(counts), on=[*names, "rows"])
        return in_order(*names)(left.join(same, on=names, how="semi"), right.join(same, on=names, how="semi"))

    return way


def only(condition: pl.Expr, way: Match) -> Match:
    """Match as this way does, and only those of the left for which the condition holds."""
    return lambda left, right: way(left.filter(condition), right)


def agreeing(way: Match, fact: Column | str, known: pl.Series) -> Match:
    """Match as this way does, and take back where the two sides tell this fact differently.

    Only what is `known` to both logs tells them apart: of two names that no log shares, one may be an alias.
    """
    (name,) = _names([fact])
    other = f"{name} of the other"

    def within(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        found = way(left, right)
        if found.is_empty():
            return found
        ones = left.select(pl.col(ROW).alias(LEFT), name)
        others = right.select(pl.col(ROW).alias(RIGHT), pl.col(name).alias(other))
        pairs = found.cast(_PAIRS).join(ones, on=LEFT).join(others, on=RIGHT)
        shared = pl.col(name).is_in(known.implode()) | pl.col(other).is_in(known.implode())
        apart = ((pl.col(name) != pl.col(other)) & shared).fill_null(value=False)
        return pairs.filter(~apart).select(LEFT, RIGHT)

    return within


def by_tail(path: Column, *keys: Column | str) -> Match:
    """Match in order where the right path is a strict tail of the left one, and nobody asked for it as it stands."""
    names = _names(keys)

    def way(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        asked, arrived = left[path.name].drop_nulls().unique(), right[path.name].drop_nulls().unique()
        whole = asked.sort().head(_MOST_PATHS).alias("whole").to_frame()
        tails = arrived.filter(~arrived.is_in(asked.implode()) & (arrived.str.len_chars() > 1)).sort().head(_MOST_PATHS)
        pairs = whole.join(tails.alias("tail").to_frame(), how="cross").filter(
            pl.col("whole").str.ends_with(pl.col("tail")), pl.col("tail").str.starts_with("/")
        )
        longest = pairs.sort(pl.col("tail").str.len_chars(), descending=True).unique("whole", keep="first")
        shortened = left.join(longest, left_on=path.name, right_on="whole").with_columns(
            pl.col("tail").alias(path.name)
        )
        return in_order(path, *names)(shortened, right)

    return way


_MOST_PATHS = 300
"""So many distinct paths on each side are compared; more are a scanner's."""


def _ranked(table: pl.DataFrame, names: list[str], number: str) -> pl.DataFrame:
    present = table.drop_nulls(names).sort(ROW)
    rank = pl.int_range(pl.len()).over(names).alias("rank")
    return present.select(pl.col(ROW).alias(number), *names, rank)


def _names(keys: Iterable[Column | str]) -> list[str]:
    return [key if isinstance(key, str) else key.name for key in keys]
